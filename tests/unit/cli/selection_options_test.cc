#include "cli/selection_options.h"

#include <algorithm>
#include <utility>

#include "engine/error.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/read_words.h"
#include "tests/unit/cli/sample_journal.h"

namespace hookjournal {
namespace {

using Words = std::vector<std::string>;
using Ids = std::vector<std::int64_t>;

Selection parsed(Words words) {
  CommandLine line("");
  SelectionOptions options(line);
  read_words(line, std::move(words));
  return options.selection(kSampleTime);
}

constexpr std::int64_t kMinuteNs = 60 * kSecondNs;

// Eight calls, a minute apart, the last at kSampleTime. They differ in one thing each.
class EightCalls {
 public:
  EightCalls() {
    add("qemu", {"win11", "prepare", "begin", "-"});
    add("qemu", {"win11", "start", "begin", "-"}, Exited{3});
    add("lxc", {"win11", "start", "begin", "-"});
    add("qemu", {"web", "release", "end", "shutdown"}, Signaled{9, false});
    slow();
    elsewhere();
    by_hand();
    running();
  }

  Ids selected(const Words& words) {
    Ids places;
    journal_.reader().for_each_call(parsed(words), [&](const CallRecord& call) {
      places.push_back(std::find(ids_.begin(), ids_.end(), call.id) - ids_.begin() + 1);
    });
    CHECK(journal_.reader().count_calls(parsed(words)) ==
          static_cast<std::int64_t>(places.size()));
    return places;
  }
  std::string id(std::size_t place) const { return std::to_string(ids_.at(place - 1)); }

 private:
  std::int64_t next_time() {
    return kSampleTime - (7 - static_cast<std::int64_t>(ids_.size())) * kMinuteNs;
  }
  void add(const std::string& script, Words arguments, const Ending& ending = Exited{0}) {
    ids_.push_back(journal_.add(script, std::move(arguments), ending, next_time()));
  }
  void slow() {
    const auto start =
        run_start("qemu.d/10-x", {"db", "prepare", "begin", "-"}, next_time());
    ids_.push_back(
        journal_.add(start, run_end(Exited{0}, next_time(), 3 * kSecondNs),
                     kept("<domain><uuid>1b4e28ba-2fa1-11d2-883f-0016d3cca427</uuid>"
                          "</domain>")));
  }
  void elsewhere() {
    auto start = run_start("network", {"default", "start", "begin", "-"}, next_time());
    start.context.host_name = "kvm8";
    ids_.push_back(journal_.add(start, run_end(Exited{0}, next_time())));
  }
  void by_hand() {
    auto start = run_start("qemu", {"db", "reconnect", "begin", "-"}, next_time());
    start.origin = Origin::other;
    ids_.push_back(journal_.add(start, run_end(Exited{1}, next_time())));
  }
  void running() {
    ids_.push_back(journal_.writer().start(
        run_start("qemu", {"db", "stopped", "end", "-"}, next_time()), {}));
  }

  SampleJournal journal_;
  Ids ids_;
};

TEST_CASE("each selection option selects its calls", "[cli]") {
  EightCalls calls;

  CHECK(calls.selected({}) == Ids{1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(calls.selected({"--driver", "lxc"}) == Ids{3});
  CHECK(calls.selected({"--driver", "lxc,network"}) == Ids{3, 6});
  CHECK(calls.selected({"--driver", "lxc", "--driver", "network"}) == Ids{3, 6});
  CHECK(calls.selected({"--object", "win11"}) == Ids{1, 2, 3});
  CHECK(calls.selected({"--object", "web", "--object=default"}) == Ids{4, 6});
  CHECK(calls.selected({"--uuid", "1b4e28ba-2fa1-11d2-883f-0016d3cca427"}) == Ids{5});
  CHECK(calls.selected({"--uuid", "1B4E28BA2FA111D2883F0016D3CCA427"}) == Ids{5});
  CHECK(calls.selected({"--operation", "start,release"}) == Ids{2, 3, 4, 6});
  CHECK(calls.selected({"--outcome", "failed"}) == Ids{2, 4, 7});
  CHECK(calls.selected({"--outcome", "running"}) == Ids{8});
  CHECK(calls.selected({"--consequence", "start-refused,guest-killed"}) == Ids{2, 7});
  CHECK(calls.selected({"--consequence", "ignored"}) == Ids{4});
  CHECK(calls.selected({"--script", "qemu.d/10-x"}) == Ids{5});
  CHECK(calls.selected({"--slower-than", "2s"}) == Ids{5});
  CHECK(calls.selected({"--host", "kvm8"}) == Ids{6});
  CHECK(calls.selected({"--origin", "other"}) == Ids{7});
  CHECK(calls.selected({"--grep", "1b4e28ba"}) == Ids{5});
  CHECK(calls.selected({"--grep", "no such", "--grep", "<Domain"}) == Ids{});
  CHECK(calls.selected({"--grep", "1B4E", "--grep", "<domain>"}) == Ids{5});
  CHECK(calls.selected({"--xpath", "/domain/uuid"}) == Ids{5});
  CHECK(calls.selected({"--xpath", "//hostdev"}) == Ids{});
  CHECK(calls.selected({"--xpath", "//hostdev", "--xpath", "//uuid"}) == Ids{5});
  CHECK(calls.selected({"--grep", "domain", "--last", "1"}) == Ids{5});
  CHECK(calls.selected({"--xpath", "//uuid", "--object", "db", "--last", "1"}) == Ids{5});
  CHECK(calls.selected({"--xpath", "//uuid", "--object", "web"}) == Ids{});
  CHECK(calls.selected({"--last", "2"}) == Ids{7, 8});
  CHECK(calls.selected({"--last", "all"}) == Ids{1, 2, 3, 4, 5, 6, 7, 8});
}

TEST_CASE("times select from one on and before the other", "[cli]") {
  EightCalls calls;

  CHECK(calls.selected({"--since", "2m ago"}) == Ids{6, 7, 8});
  CHECK(calls.selected({"--until", "2m ago"}) == Ids{1, 2, 3, 4, 5});
  CHECK(calls.selected({"--since", "2026-11-22T08:06:56Z", "--until",
                        "2026-11-22T08:08:56Z"}) == Ids{5, 6});
}

TEST_CASE("calls are selected by their numbers", "[cli]") {
  EightCalls calls;

  CHECK(calls.selected({"--call", calls.id(3)}) == Ids{3});
  CHECK(calls.selected({"--call", calls.id(1) + "," + calls.id(3) + ".." +
                                      calls.id(5)}) == Ids{1, 3, 4, 5});
  CHECK(calls.selected({"--call", calls.id(7) + ".."}) == Ids{7, 8});
  CHECK(calls.selected({"--call", ".." + calls.id(2)}) == Ids{1, 2});
}

TEST_CASE("options narrow each other down, and the last are the last of these", "[cli]") {
  EightCalls calls;

  CHECK(calls.selected({"--driver", "qemu", "--outcome", "failed"}) == Ids{2, 4, 7});
  CHECK(calls.selected({"--driver", "qemu", "--outcome", "failed", "--last", "1"}) ==
        Ids{7});
  CHECK(calls.selected({"--consequence", "start-refused", "--last", "5"}) == Ids{2});
  CHECK(calls.selected({"--host", "kvm7", "--last", "2"}) == Ids{7, 8});
  CHECK(calls.selected({"--object", "web", "--driver", "lxc"}).empty());
}

TEST_CASE("a value that cannot be meant is told with its option", "[cli]") {
  struct Row {
    const char *option, *value, *reason;
  };
  const Row rows[] = {
      {"--outcome", "fail", "it must be one of ok, failed, running, abandoned"},
      {"--consequence", "start", "none, start-refused, start-undone, guest-killed,"},
      {"--origin", "virsh", "it must be one of libvirt, run, simulate, other"},
      {"--since", "lately", "it is no time; times are written 2026-11-22,"},
      {"--until", "2026-02-30", "it is no time"},
      {"--slower-than", "2", "durations are written 500ms, 2s"},
      {"--call", "x", "calls are written 4711, 4711..4720"},
      {"--call", "5..4", "calls are written"},
      {"--call", "..", "calls are written"},
      {"--call", "0", "calls are written"},
      {"--last", "0", "a number from 1 on, or all"},
      {"--last", "many", "a number from 1 on, or all"},
      {"--uuid", "win11", "32 hexadecimal digits"},
      {"--grep", "", "every call has that"},
      {"--xpath", "//disk[", "it is no XPath: "},
  };
  for (const Row& row : rows) {
    CAPTURE(row.option, row.value);
    const std::string start = std::string(row.option) + " '" + row.value + "': ";
    CHECK_THROWS_WITH(parsed({row.option, row.value}),
                      ContainsSubstring(start) && ContainsSubstring(row.reason));
    CHECK_THROWS_AS(parsed({row.option, row.value}), UsageError);
  }
}

TEST_CASE("a span of time that ends before it starts is refused", "[cli]") {
  CHECK_THROWS_WITH(parsed({"--since", "1h ago", "--until", "2h ago"}),
                    "--until '2h ago': it is not after --since '1h ago'");
}

TEST_CASE("a value is never shown raw in an error", "[cli]") {
  CHECK_THROWS_WITH(parsed({"--outcome", "\x1b[31m"}), ContainsSubstring("'\\x1b[31m'"));
}

}  // namespace
}  // namespace hookjournal
