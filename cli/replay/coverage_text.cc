#include "cli/replay/coverage_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/escape.h"
#include "cli/replay/change_words.h"
#include "cli/time_text.h"

namespace hookjournal {

namespace {

constexpr std::size_t kCountsShown = 12;

void line(Output& output, std::string_view name, const std::string& value) {
  output.text(fmt::format("  {:<11} ", name), Style::faint);
  output.text(value + "\n");
}

// One line for each, the most frequent first; the name stands before the first only.
void counts(Output& output, std::string_view name, std::string_view unit,
            const std::map<std::string, std::int64_t>& of,
            const std::map<std::string, std::string>& examples = {}) {
  std::vector<std::pair<std::string, std::int64_t>> sorted(of.begin(), of.end());
  std::ranges::stable_sort(sorted, std::ranges::greater(),
                           &std::pair<std::string, std::int64_t>::second);
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (i == kCountsShown) {
      line(output, "", fmt::format("... and {} more", sorted.size() - i));
      return;
    }
    const auto example = examples.find(sorted[i].first);
    line(output, i == 0 ? name : "",
         fmt::format("{:>12}  {}{}", counted(sorted[i].second, unit),
                     visible(sorted[i].first),
                     example == examples.end() ? "" : ": " + visible(example->second)));
  }
}

std::string moment(std::int64_t at_ns, std::int64_t now_ns) {
  return local_time_text(at_ns) + " (" + duration_text(now_ns - at_ns) + " ago)";
}

std::string bytes_words(std::uint64_t bytes) {
  return std::to_string(bytes >> 20) + " MiB";
}

}  // namespace

std::string limit_words(const SandboxLimits& limits) {
  const std::chrono::nanoseconds time = limits.time;
  return duration_text(time.count()) + " a call, " + bytes_words(limits.memory) +
         " of memory a process, " + bytes_words(limits.all_memory) + " all together, " +
         grouped(static_cast<std::int64_t>(limits.processes)) + " processes at a time, " +
         bytes_words(limits.disk) + " written in a sandbox";
}

void write_coverage(Output& output, const ReplayCoverage& coverage,
                    const ReportContext& context) {
  const std::int64_t now_ns = context.now_ns;
  output.text("Covered\n", Style::heading);
  line(output, "replayed",
       counted(coverage.calls, "call") + " of " + object_count_words(coverage) + " in " +
           counted(coverage.lifecycles, "lifecycle") + ", with " +
           counted(coverage.distinct_inputs, "distinct input"));
  if (coverage.calls > 0) {
    line(output, "oldest", moment(coverage.oldest_ns, now_ns));
    line(output, "newest", moment(coverage.newest_ns, now_ns));
  }
  counts(output, "operations", "call", coverage.operations);
  counts(output, "left out", "call", coverage.left_out);
  counts(output, "really ran", "call", coverage.real);
  counts(output, "simulated", "call", coverage.simulated);
  counts(output, "blocked", "call", coverage.blocked);
  counts(output, "masked", "time", coverage.masks, coverage.masked);
  for (const std::string& tree : coverage.incomplete_trees)
    line(output, "incomplete", visible(tree));
  if (!context.sandbox) return;
  line(output, "limits", limit_words(context.sandbox->limits));
  const auto& mounts = context.sandbox->read_only;
  for (std::size_t i = 0; i < std::min(mounts.size(), kCountsShown); ++i)
    line(output, i == 0 ? "read-only" : "", visible(mounts[i]));
  if (mounts.size() > kCountsShown)
    line(output, "", fmt::format("... and {} more", mounts.size() - kCountsShown));
}

}  // namespace hookjournal
