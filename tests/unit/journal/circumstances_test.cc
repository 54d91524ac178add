#include <string>
#include <utility>
#include <vector>

#include "journal/keeping/pruning.h"
#include "tests/unit/catch.h"
#include "tests/unit/journal/fresh_journal.h"

namespace hookjournal {
namespace {

// One call of guest "a" after another, each recorded by the host it names first.
std::int64_t last_of(FreshJournal& fresh,
                     const std::vector<std::pair<std::string, std::string>>& calls) {
  auto journal = fresh.writer();
  RunMaker maker;
  std::int64_t last = 0;
  for (const auto& [host, operation] : calls) {
    RunStarted start = maker.start("qemu", {"a", operation, "begin", "-"});
    start.planned = {"qemu"};
    start.context.host_name = host;
    last = journal.start(start, {}, {});
    journal.end(last, maker.end(start, Exited{0}));
    maker.at_ms += 10;
  }
  return last;
}

std::optional<bool> incoming(
    const std::vector<std::pair<std::string, std::string>>& calls) {
  FreshJournal fresh;
  const std::int64_t last = last_of(fresh, calls);
  auto journal = fresh.reader();
  return journal.circumstances(*journal.call(last)).incoming;
}

TEST_CASE("a start right after migrate is an incoming migration's", "[journal]") {
  CHECK(incoming({{"h1", "migrate"}, {"h1", "prepare"}, {"h1", "start"}}) == true);
  CHECK(incoming(
            {{"h1", "migrate"}, {"h1", "release"}, {"h1", "prepare"}, {"h1", "start"}}) ==
        false);
}

TEST_CASE("calls of a guest of that name on another host do not stand between",
          "[journal]") {
  CHECK(incoming({{"h1", "migrate"},
                  {"h2", "started"},
                  {"h1", "prepare"},
                  {"h2", "stopped"},
                  {"h2", "release"},
                  {"h1", "start"}}) == true);
  CHECK(incoming({{"h2", "migrate"}, {"h1", "prepare"}, {"h1", "start"}}) == false);
}

TEST_CASE("where what was before a start is pruned nobody knows whether it was incoming",
          "[journal]") {
  FreshJournal fresh;
  const std::int64_t last =
      last_of(fresh, {{"h1", "release"}, {"h1", "migrate"}, {"h1", "prepare"}});
  const std::int64_t began = fresh.reader().call(last)->at_ns;
  const auto prune_before = [&fresh](std::int64_t at_ns) {
    auto journal = fresh.writer();
    prune(journal, {.before_ns = at_ns, .reason = "test"});
  };
  const auto incoming = [&] {
    auto journal = fresh.reader();
    return journal.circumstances(*journal.call(last)).incoming;
  };
  prune_before(began - 15'000'000);
  CHECK(incoming() == true);  // migrate is still there
  prune_before(began);
  CHECK_FALSE(incoming());
}

// What the journal knows of a port that appears on network "default" of host `h1`, after
// that network was heard of from `start` on where `started_on`.
std::optional<bool> port_is_new(const std::string& started_on) {
  FreshJournal fresh;
  auto journal = fresh.writer();
  RunMaker maker;
  RunStarted begun = maker.start("network", {"default", "started", "begin", "-"});
  begun.context.host_name = started_on;
  journal.whole(begun, {}, {}, maker.end(begun, Exited{0}));
  maker.at_ms += 10;

  RunStarted port = maker.start("network", {"default", "port-created", "begin", "-"});
  port.context.host_name = "h1";
  const std::string input =
      "<hookData><networkport><uuid>8c1f</uuid></networkport></hookData>";
  journal.whole(port, KeptStream{input, input.size()}, {}, maker.end(port, Exited{0}));
  auto reader = fresh.reader();
  std::int64_t last = 0;
  reader.for_each_call({}, [&](const CallRecord& call) { last = call.id; });
  return reader.circumstances(*reader.call(last)).port_is_new;
}

TEST_CASE("a port unheard of is new where its own host's network was seen to start",
          "[journal]") {
  CHECK(port_is_new("h1") == true);
  CHECK(port_is_new("h2") == std::nullopt);
}

}  // namespace
}  // namespace hookjournal
