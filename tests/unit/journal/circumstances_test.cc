#include <string>
#include <utility>
#include <vector>

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

}  // namespace
}  // namespace hookjournal
