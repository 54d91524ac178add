#include <fmt/format.h>

#include <chrono>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/journal_option.h"
#include "cli/keeping/size_words.h"
#include "cli/output.h"
#include "cli/time_text.h"
#include "engine/error.h"
#include "journal/journal.h"
#include "journal/keeping/clock_check.h"
#include "journal/keeping/pruning.h"
#include "journal/witness.h"

namespace hookjournal {

namespace {

constexpr std::chrono::milliseconds kLockPatience{30'000};
constexpr std::int64_t kDay = 86'400LL * 1'000'000'000;

constexpr const char* kExplanation =
    "Removes whole calls, oldest first, and what only they needed. Calls in flight "
    "stay,\n"
    "and those that ended in the last ten minutes. The journal notes which events went,\n"
    "and `hookjournal verify` checks the chain over them. Hooks may run meanwhile.\n"
    "\n"
    "When the clock went ahead by more than a week beyond what the host's boots account\n"
    "for, nothing is removed: --clock-is-right if that is because the host was off.\n"
    "\n"
    "example: what would go if failures were kept for a year, all else for a month\n"
    "  hookjournal prune --keep-days 30 --keep-failures 365 --dry-run\n";

struct Request {
  std::int64_t keep_days = -1, keep_failures = -1;
  std::string max_size;
  bool dry_run = false, clock_is_right = false;
};

PruneOrder order_of(const Request& request, std::int64_t now_ns) {
  PruneOrder order{.clock_confirmed = request.clock_is_right, .dry_run = request.dry_run};
  const auto reason = [&order](const std::string& words) {
    order.reason += (order.reason.empty() ? "" : ", ") + words;
  };
  if (request.keep_days >= 0) {
    order.before_ns = now_ns - request.keep_days * kDay;
    reason(fmt::format("older than {} days", request.keep_days));
  }
  if (request.keep_failures >= 0) {
    order.failures_before_ns = now_ns - request.keep_failures * kDay;
    reason(fmt::format("failures older than {} days", request.keep_failures));
  }
  if (!request.max_size.empty()) {
    const auto size = parse_size(request.max_size);
    if (!size || *size == 0)
      throw UsageError("--max-size '" + visible(request.max_size) +
                       "': sizes are written 512M, 1.5G or 1048576");
    order.max_bytes = *size;
    reason("larger than " + size_words(*size));
  }
  if (order.reason.empty())
    throw UsageError(
        "what may go? --keep-days N, --keep-failures N or --max-size S; "
        "nothing was removed");
  return order;
}

std::string text_of(const PruneReport& report, const Request& request) {
  if (report.calls == 0) return "no call may go\n";
  return fmt::format("{} {} calls with {} script runs, from {} to {}\n{} {} {} of {}\n",
                     request.dry_run ? "would remove" : "removed", report.calls,
                     report.runs, local_time_text(report.oldest_ns),
                     local_time_text(report.newest_ns), "the journal takes",
                     request.dry_run ? "then about" : "now",
                     size_words(report.bytes_after), size_words(report.bytes_before));
}

}  // namespace

int run_prune(int argc, char** argv) {
  CommandLine line("Remove old calls from a journal.", kExplanation);
  Request request;
  line.add_option("--keep-days", request.keep_days, "Calls older than so many days go")
      .takes("N")
      .range(0, 36'500);
  line.add_option("--keep-failures", request.keep_failures,
                  "Failed and abandoned ones after so many instead")
      .takes("N")
      .range(0, 36'500);
  line.add_option("--max-size", request.max_size,
                  "The oldest go until the journal takes no more")
      .takes("S");
  line.add_flag("--dry-run", request.dry_run, "Say what would go");
  line.add_flag("--clock-is-right", request.clock_is_right,
                "Believe the clock though it seems to have jumped");
  const JournalOption journal_option(line);
  if (const auto status = line.parse(argc, argv)) return *status;

  const Moment at = now();
  const PruneOrder order = order_of(request, at.wall_ns);
  const JournalReader opened(journal_option.file());  // explains what is no journal
  JournalWriter journal(journal_option.file(), kLockPatience);
  const auto jumped = clock_jumped(journal.database(), journal.blobs(), at, boot_id());
  if (jumped && !request.clock_is_right)
    throw Error("nothing is removed: " + *jumped +
                "; --clock-is-right if it shows the right time");
  const PruneReport report = prune(journal, order);
  write_output(Output::Paging::never,
               [&](Output& output) { output.text(text_of(report, request)); });
  return 0;
}

}  // namespace hookjournal
