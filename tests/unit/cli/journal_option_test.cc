#include "cli/journal_option.h"

#include <cstdlib>
#include <utility>

#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/read_words.h"
#include "tests/unit/engine/scratch_dir.h"

namespace hookjournal {
namespace {

using Words = std::vector<std::string>;

struct Choice {
  std::string file, repeated;
};

Choice chosen(Words words) {
  CommandLine line("");
  JournalOption option(line);
  read_words(line, std::move(words));
  return {option.file(), option.repeated()};
}

struct WithVariable {
  explicit WithVariable(const char* value) { ::setenv("HOOKJOURNAL_JOURNAL", value, 1); }
  ~WithVariable() { ::unsetenv("HOOKJOURNAL_JOURNAL"); }
};

TEST_CASE("the option names the journal before all else", "[cli]") {
  const WithVariable variable("/from/environment");
  const ScratchDir hooks;
  hooks.write("hookjournal/config.json", R"({"journal": "/from/config"})");

  const Choice choice =
      chosen({"--journal", "/from/the option", "--hooks-dir", hooks.path()});

  CHECK(choice.file == "/from/the option");
  CHECK(choice.repeated == " --journal '/from/the option'");
}

TEST_CASE("the environment names the journal before the configuration", "[cli]") {
  const WithVariable variable("/from/environment");
  const ScratchDir hooks;
  hooks.write("hookjournal/config.json", R"({"journal": "/from/config"})");

  CHECK(chosen({"--hooks-dir", hooks.path()}).file == "/from/environment");
}

TEST_CASE("an empty variable names no journal, so the configuration does", "[cli]") {
  const WithVariable variable("");
  const ScratchDir hooks;
  hooks.write("hookjournal/config.json", R"({"journal": "/from/config"})");

  const Choice choice = chosen({"--hooks-dir", hooks.path()});

  CHECK(choice.file == "/from/config");
  CHECK(choice.repeated == " --hooks-dir " + hooks.path().string());
}

TEST_CASE("--journal '' is no way to say nothing: another journal would be read",
          "[cli]") {
  const CommandResult result = run_command(
      [](int argc, char** argv) {
        CommandLine line("");
        const JournalOption option(line);
        return line.parse(argc, argv).value_or(0);
      },
      {"log", "--journal", ""});

  CHECK(result.status == 2);
  CHECK_THAT(result.err, ContainsSubstring("--journal: it is empty; give a value"));
}

}  // namespace
}  // namespace hookjournal
