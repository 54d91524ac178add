#include "cli/calling/sandbox_settings.h"

#include "engine/error.h"
#include "replay/sandbox/stand_ins/stand_in_rules.h"
#include "tests/unit/catch.h"
#include "tests/unit/engine/scratch_dir.h"

namespace hookjournal {
namespace {

using Names = std::vector<std::string>;
using namespace std::chrono_literals;

TEST_CASE("a time limit that cannot be meant is named", "[cli]") {
  CHECK(script_time_limit("1m30s") == 90s);
  CHECK_THROWS_WITH(script_time_limit("soon"), ContainsSubstring("--timeout 'soon'"));
  CHECK_THROWS_WITH(script_time_limit("0s"), ContainsSubstring("no time"));
}

TEST_CASE("a command the host lacks is provided when --stubs speaks of it", "[cli]") {
  const ScratchDir dir;
  const auto stubs = dir.write("stubs", "no-such-tool exit 4\n/opt/no/tool stdout x\n");
  SandboxSettings settings = sandbox_settings(1s, stubs);
  const Names missing = {"/opt/no/tool", "curl", "no-such-other", "no-such-tool"};

  settings.missing_commands = with_own_rule(missing, *settings.stand_ins);

  CHECK(settings.missing_commands == Names{"/opt/no/tool", "no-such-tool"});
  CHECK(not_provided(missing, settings) == Names{"curl", "no-such-other"});
}

TEST_CASE("what stands in on every host is not missing", "[cli]") {
  CHECK(not_provided({"no-such-tool", "systemctl"}, sandbox_settings(1s, "")) ==
        Names{"no-such-tool"});
}

}  // namespace
}  // namespace hookjournal
