#include <vector>

#include "replay/comparison/own_words.h"
#include "tests/unit/catch.h"
#include "tests/unit/replay/comparison/comparison_fixture.h"

using namespace hookjournal;

namespace {

HookCall call_of(const std::string& guest, const std::string& tap = "vnet0",
                 const std::string& more = "") {
  return {"qemu",
          guest,
          "prepare",
          "begin",
          "-",
          "<domain>\n  <name>" + guest + "</name>\n  <target dev='" + tap + "'/>" + more +
              "</domain>"};
}

std::string print(const HookCall& call, const std::string& before,
                  const std::string& after, Field field = Field::commands,
                  const std::string& place = "iptables") {
  return fingerprint_of(call, "", OwnWords(call, ""),
                        {{field, "qemu", place, before, after}}, Consequence::none,
                        Consequence::none);
}

// Of a command that only the candidate executes, where the old scripts executed another.
std::string print_of_added(const std::string& old, const std::string& added) {
  const HookCall call = call_of("g1");
  ObservedCall baseline;
  baseline.runs.resize(1);
  baseline.runs[0].effects.commands.push_back({.program = "/sbin/x", .arguments = {old}});
  OwnWords own(call, "");
  own.add_old(baseline);
  return fingerprint_of(call, "", own, {{Field::commands, "qemu", "ip", "", added}},
                        Consequence::none, Consequence::none);
}

}  // namespace

TEST_CASE("the same change in another guest has the same fingerprint", "[replay]") {
  struct Row {
    const char *before, *after, *other_before, *other_after;
    const char *own = "", *other_own = "";  // of their XML
  };
  constexpr Row kRows[] = {
      {"ip link set g1-tap up", "", "ip link set web-02-tap up", ""},
      {"iptables --dport 80 -d 10.0.0.5", "iptables --dport 81 -d 10.0.0.5",
       "iptables --dport 443 -d 10.0.0.9", "iptables --dport 81 -d 10.0.0.9"},
      {"iptables --dport 80", "iptables --dport 5901", "iptables --dport 80",
       "iptables --dport 5902", "<graphics port='5901'/>", "<graphics port='5902'/>"},
      {"", "logger 52:54:00:00:00:01", "", "logger 52:54:00:aa:bb:cc",
       "<mac address='52:54:00:00:00:01'/>", "<mac address='52:54:00:aa:bb:cc'/>"},
      {"", "rm /run/5a0e8400-e29b-41d4-a716-446655440000", "",
       "rm /run/6a0e8400-e29b-41d4-a716-446655440000",
       "<uuid>5a0e8400-e29b-41d4-a716-446655440000</uuid>",
       "<uuid>6a0e8400-e29b-41d4-a716-446655440000</uuid>"},
      {"", "brctl addif br0 my-tap1", "", "brctl addif br0 other7"},
      {"", "log 2026-11-22 08:00:00", "", "log 2026-11-25 18:30:21"},
      {"", "cat /tmp/tmp.AbCdEf1234", "", "cat /tmp/tmp.Zz9YxW2345"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.before, row.after);
    CHECK(print(call_of("g1", "my-tap1", row.own), row.before, row.after) ==
          print(call_of("web-02", "other7", row.other_own), row.other_before,
                row.other_after));
  }
}

TEST_CASE("changes of another kind have other fingerprints", "[replay]") {
  const HookCall call = call_of("g1");
  const std::string old = "iptables --dport 80 --to 10.0.0.5:80";
  const std::vector<std::string> prints = {
      print(call, old, "iptables --dport 81 --to 10.0.0.5:80"),
      print(call, old, "iptables --dport 22 --to 10.0.0.5:80"),
      print(call, old, "iptables --dport 80 --to 10.0.0.6:80"),
      print(call, old, "iptables --dport 80 --to 10.0.0.5:81"),
      print(call, old, "iptables --sport 80 --to 10.0.0.5:80"),
      print(call, old, ""),
      print(call, "", old),
      print(call, old, old + "  [exit status 1]"),
      print(call, old, "iptables --dport 81 --to 10.0.0.5:80", Field::err, ""),
      print(call, old, "iptables --dport 81 --to 10.0.0.5:80", Field::commands, "nft"),
  };
  for (std::size_t i = 0; i < prints.size(); ++i)
    for (std::size_t j = i + 1; j < prints.size(); ++j) {
      CAPTURE(i, j);
      CHECK(prints[i] != prints[j]);
    }
}

TEST_CASE("who accepts one port has not accepted another", "[replay]") {
  CHECK(print_of_added("nft 2222", "ip x 2223") != print_of_added("nft 2222", "ip x 22"));
  // Each guest's own, from a table in the scripts.
  CHECK(print_of_added("nft 2222 10.0.0.5", "ip x 10.0.0.5") ==
        print_of_added("nft 2300 10.0.0.9", "ip x 10.0.0.9"));
  const HookCall call = call_of("g1");
  const auto made = [&](const char* path) {
    return print(call, "", "file, mode 644", Field::files, path);
  };
  CHECK(made("/run/forward-2223") != made("/run/forward-22"));
  CHECK(print(call, "AllowedCPUs=0-1", "AllowedCPUs=0-2") !=
        print(call, "AllowedCPUs=0-1", "AllowedCPUs=0-4"));
}

TEST_CASE("a fingerprint is twelve digits that differ with the consequence", "[replay]") {
  const std::vector<Difference> one = {{Field::ending, "qemu", "", "exit status 0", ""}};
  const auto with = [&](const HookCall& call, Consequence after) {
    return fingerprint_of(call, "", OwnWords(call, ""), one, Consequence::none, after);
  };
  const HookCall prepare = call_of("g1");
  HookCall start = prepare;
  start.operation = "start";
  CHECK(with(prepare, Consequence::none).size() == 12);
  CHECK(with(prepare, Consequence::none).find_first_not_of("0123456789abcdef") ==
        std::string::npos);
  CHECK(with(prepare, Consequence::none) != with(prepare, Consequence::start_refused));
  CHECK(with(prepare, Consequence::none) == with(start, Consequence::none));
  CHECK(with(prepare, Consequence::start_refused) !=
        with(start, Consequence::start_refused));
}

TEST_CASE("how often a script does the same does not make another change", "[replay]") {
  const Difference one{Field::commands, "qemu", "ip", "", "ip link add vnet0"};
  const Difference two{Field::commands, "qemu", "ip", "", "ip link add vnet1"};
  const auto print_of = [](const std::vector<Difference>& differences) {
    return fingerprint_of(call_of("g1"), "", OwnWords(call_of("g1"), ""), differences,
                          Consequence::none, Consequence::none);
  };
  CHECK(print_of({one}) == print_of({two, one}));
}

TEST_CASE("how much slower is no part of a fingerprint", "[replay]") {
  const HookCall call = call_of("g1");
  CHECK(print(call, "10 ms", "900 ms", Field::time, "") ==
        print(call, "12 ms", "1100 ms", Field::time, ""));
}

TEST_CASE("harm orders from a killed guest down to effects alone", "[replay]") {
  using C = Consequence;
  const int falling[] = {
      harm_of(C::none, C::guest_killed),           harm_of(C::none, C::start_undone),
      harm_of(C::none, C::start_refused),          harm_of(C::none, C::restore_refused),
      harm_of(C::none, C::port_refused),           harm_of(C::start_refused, C::none),
      harm_of(C::start_refused, C::start_refused), harm_of(C::none, C::none)};
  for (std::size_t i = 1; i < std::size(falling); ++i) {
    CAPTURE(i);
    CHECK(falling[i - 1] > falling[i]);
  }
  CHECK(harm_of(C::ignored, C::none) == harm_of(C::none, C::none));
}
