#include <fstream>
#include <iterator>

#include "engine/config.h"
#include "tests/unit/catch.h"
#include "tests/unit/engine/scratch_dir.h"

using namespace hookjournal;

TEST_CASE("the example configuration is understood and says the defaults", "[engine]") {
  std::ifstream file(HOOKJOURNAL_SOURCE_DIR "/cli/package/config.example.json");
  const std::string example((std::istreambuf_iterator<char>(file)), {});
  REQUIRE_FALSE(example.empty());
  const ScratchDir hooks;
  hooks.write("hookjournal/config.json", example);

  const Config config = load_config(hooks.path());

  const Config defaults;
  CHECK(config.trouble.empty());
  CHECK(config.deadline == defaults.deadline);
  CHECK(config.stream_cap == defaults.stream_cap);
  CHECK(config.journal_cap == defaults.journal_cap);
  CHECK(config.refuse_when_unrecorded == defaults.refuse_when_unrecorded);
  CHECK(config.watch == defaults.watch);
  for (const char* key : {"journal", "spool", "deadline_ms", "stream_cap", "journal_cap",
                          "when_unrecorded", "watch"})
    CHECK(example.find('"' + std::string(key) + '"') != std::string::npos);
}
