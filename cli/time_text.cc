#include "cli/time_text.h"

#include <fmt/format.h>

#include <ctime>
#include <utility>

namespace hookjournal {

namespace {

constexpr std::int64_t kMicrosecond = 1'000, kMillisecond = 1'000'000,
                       kSecond = 1'000'000'000;

std::int64_t seconds_of(std::int64_t at_ns) {
  return at_ns / kSecond - (at_ns % kSecond < 0 ? 1 : 0);
}

std::tm local_parts(std::int64_t at_ns) {
  const std::time_t seconds = seconds_of(at_ns);
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  return parts;
}

}  // namespace

std::string local_clock_text(std::int64_t at_ns, int digits) {
  const std::tm parts = local_parts(at_ns);
  char text[64];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
  if (digits == 0) return text;
  // Cut, not rounded: a moment is never shown as one that had not come.
  const std::int64_t ns = at_ns - seconds_of(at_ns) * kSecond;
  return text +
         ("." + fmt::format("{:09}", ns).substr(0, static_cast<std::size_t>(digits)));
}

std::string local_zone(std::int64_t at_ns) {
  const std::tm parts = local_parts(at_ns);
  char zone[64];
  std::strftime(zone, sizeof zone, "%Z", &parts);
  return zone;
}

std::string local_time_text(std::int64_t at_ns, int digits) {
  return local_clock_text(at_ns, digits) + " " + local_zone(at_ns);
}

std::string duration_text(std::int64_t ns) {
  if (ns < 0) return "-" + duration_text(-ns);
  if (ns < kMicrosecond) return fmt::format("{}ns", ns);
  // Two units from a minute on, and half a second below it is a minute already.
  const std::int64_t whole = (ns + kSecond / 2) / kSecond;
  if (whole >= 86400)
    return fmt::format("{}d{:02}h", whole / 86400, whole % 86400 / 3600);
  if (whole >= 3600) return fmt::format("{}h{:02}m", whole / 3600, whole % 3600 / 60);
  if (whole >= 60) return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  const auto [unit, name] = ns < kMillisecond ? std::pair(kMicrosecond, "us")
                            : ns < kSecond    ? std::pair(kMillisecond, "ms")
                                              : std::pair(kSecond, "s");
  const double value = static_cast<double>(ns) / static_cast<double>(unit);
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f}{}", value, decimals, name);
}

}  // namespace hookjournal
