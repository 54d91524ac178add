#include "cli/progress.h"

#include <thread>

#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/pseudo_terminal.h"

namespace hookjournal {
namespace {

// Work that has taken long enough to be told of, half done.
void half_of_it(std::int64_t all) {
  Progress progress("replayed", all);
  std::this_thread::sleep_for(std::chrono::milliseconds(250));
  progress.at(all / 2);
}

TEST_CASE("progress on a terminal tells count, rate and time left, and goes away",
          "[cli]") {
  const PseudoTerminal terminal;
  {
    const Redirected err(2, terminal.open());
    half_of_it(1000);
  }
  const std::string line = terminal.written();
  CHECK_THAT(line, Catch::Matchers::StartsWith("\r\x1b[Kreplayed 500 of 1000, "));
  CHECK_THAT(line, ContainsSubstring(" a second, "));
  CHECK_THAT(line, Catch::Matchers::EndsWith(" to go\r\x1b[K"));
}

TEST_CASE("progress is silent in a file, and for one thing", "[cli]") {
  const ScratchDir folder;
  {
    const Redirected err(2, folder.path() / "err");
    half_of_it(1000);
  }
  CHECK(bytes_of(folder.path() / "err").empty());

  const PseudoTerminal terminal;
  {
    const Redirected err(2, terminal.open());
    half_of_it(1);
  }
  CHECK(terminal.written().empty());
}

}  // namespace
}  // namespace hookjournal
