#include "journal/records.h"

#include <iterator>

namespace hookjournal {

namespace {
constexpr std::string_view kOutcomes[] = {"ok", "failed", "running", "abandoned"};
}

std::string_view to_string(Outcome outcome) {
  return kOutcomes[static_cast<int>(outcome)];
}

std::optional<Outcome> outcome_named(std::string_view name) {
  for (int i = 0; i < static_cast<int>(std::size(kOutcomes)); ++i)
    if (kOutcomes[i] == name) return static_cast<Outcome>(i);
  return {};
}

std::optional<Ending> CallRecord::answer() const {
  if (outcome == Outcome::ok) return Exited{0};
  if (outcome != Outcome::failed) return {};
  for (auto run = runs.rbegin(); run != runs.rend(); ++run)
    if (!run->within && run->ending && !succeeded(*run->ending)) return run->ending;
  return {};
}

}  // namespace hookjournal
