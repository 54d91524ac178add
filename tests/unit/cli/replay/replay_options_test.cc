#include "cli/replay/replay_options.h"

#include <utility>

#include "tests/unit/catch.h"
#include "tests/unit/cli/read_words.h"
#include "tests/unit/cli/sample_journal.h"

namespace hookjournal {
namespace {

using Words = std::vector<std::string>;

// Options as one command line gives them.
class Given {
 public:
  explicit Given(Words words) : options(line_) {
    words.insert(words.begin(), {"--scripts", scripts.path().native()});
    read_words(line_, std::move(words));
  }

  const ScratchDir scripts;

 private:
  CommandLine line_{""};

 public:
  ReplayOptions options;
};

TEST_CASE("replay compares with what was recorded unless told otherwise", "[cli]") {
  const Given given({});
  const ReplayPlan plan = given.options.plan({});
  CHECK_FALSE(plan.baseline);
  CHECK_FALSE(plan.each_call_alone);
  CHECK_FALSE(plan.with_links);
  CHECK(plan.slower_ns == 100'000'000);
  CHECK(plan.maskers.ignore.empty());
  CHECK(given.options.sandbox().limits.time == std::chrono::seconds(30));
  CHECK_FALSE(given.options.without_sandbox());
  CHECK_FALSE(given.options.full_speed());
  CHECK(given.options.jobs() >= 1);
  CHECK(given.options.context(0).rule.fail_on == FailOn::changed);
}

TEST_CASE("each option of replay reaches the plan", "[cli]") {
  const ScratchDir baseline;
  const Given given({"--baseline",
                     baseline.path(),
                     "--each-call-alone",
                     "--links",
                     "--slower-by",
                     "2s",
                     "--ignore",
                     "files /var/log/*",
                     "--ignore",
                     "stderr ^debug",
                     "--timeout",
                     "5s",
                     "--jobs",
                     "3",
                     "--fail-on",
                     "consequence",
                     "--allow-inconclusive",
                     "--full-speed",
                     "--no-sandbox",
                     "--for-real"});
  Selection selection;
  selection.objects = {"win11"};

  const ReplayPlan plan = given.options.plan(selection);

  CHECK(plan.selection.objects == Words{"win11"});
  CHECK(plan.baseline.has_value());
  CHECK(plan.each_call_alone);
  CHECK(plan.with_links);
  CHECK(plan.slower_ns == 2 * kSecondNs);
  CHECK(plan.maskers.ignore == Words{"files /var/log/*", "stderr ^debug"});
  CHECK(given.options.sandbox().limits.time == std::chrono::seconds(5));
  CHECK(given.options.jobs() == 3);
  CHECK(given.options.full_speed());
  CHECK(given.options.without_sandbox());
  const ReportContext context = given.options.context(0);
  CHECK(context.rule.fail_on == FailOn::consequence);
  CHECK(context.rule.inconclusive_allowed);
}

TEST_CASE("a reproducing command repeats all that a result depends on", "[cli]") {
  const Given given({"--baseline", "old hooks", "--ignore", "files /x*", "--links",
                     "--timeout", "5s", "--journal", "j.db", "--jobs", "2", "--json"});
  const ReportContext context = given.options.context(0);
  CHECK(context.again == " --scripts " + given.scripts.path().native() +
                             " --baseline 'old hooks' --ignore 'files /x*' --timeout 5s "
                             "--links --journal j.db");
  CHECK(context.journal == " --journal j.db");
}

TEST_CASE("a kept reproduction works from another folder", "[cli]") {
  const Given given({"--baseline", "old", "--journal", "j.db", "--keep", "d"});
  const std::string here = std::filesystem::current_path();
  CHECK(given.options.kept_command(7) ==
        "hookjournal replay --call 7 --scripts \"$here\"/scripts --baseline " + here +
            "/old --journal " + here + "/j.db --show");
  CHECK(given.options.jobs() == 1);
}

}  // namespace
}  // namespace hookjournal
