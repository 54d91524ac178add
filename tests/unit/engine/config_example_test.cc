#include <fstream>
#include <iterator>

#include "engine/config.h"
#include "tests/places.h"
#include "tests/unit/catch.h"
#include "tests/unit/engine/scratch_dir.h"

using namespace hookjournal;

TEST_CASE("the example configuration is understood and says the defaults", "[engine]") {
  std::ifstream file(test::in_sources("cli/package/config.example.json"));
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
  CHECK(config.anchor_syslog == defaults.anchor_syslog);
  CHECK(config.keep_days == defaults.keep_days);
  CHECK(config.keep_failures_days == defaults.keep_failures_days);
  CHECK(config.keep_bytes == defaults.keep_bytes);
  for (const char* key :
       {"journal", "spool", "deadline_ms", "stream_cap", "journal_cap", "when_unrecorded",
        "watch", "anchor_syslog", "anchor_file", "anchor_command", "keep_days",
        "keep_failures_days", "keep_bytes"})
    CHECK(example.find('"' + std::string(key) + '"') != std::string::npos);
}
