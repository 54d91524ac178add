#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Times as people write (time_parser.cc) and read them (time_text.cc). All values are
// nanoseconds, moments UTC since 1970; "local" is the zone of this process (TZ,
// /etc/localtime).
namespace hookjournal {

// What parse_time() takes, for help and errors.
extern const char kTimeForms[];

// RFC 3339 with its zone; `2026-11-22`, `2026-11-22 08:09[:56[.5]]`, `08:09` (today) in
// local time; `today`, `yesterday` (midnight, or with a time of day), `now`; `7d`, `2h
// ago`, `1h30m ago`, `3 days ago`. Nothing when the text is none of these or no such time
// exists (30 February).
std::optional<std::int64_t> parse_time(std::string_view text, std::int64_t now_ns);

// `500ms`, `2s`, `1.5s`, `1m30s`, `2 hours`. A number without a unit is nothing.
std::optional<std::int64_t> parse_duration(std::string_view text);

// "2026-11-22 09:09:56", with as many digits of the second as asked for (0 to 9).
std::string local_clock_text(std::int64_t at_ns, int digits = 0);
// "CET": the zone that time is in; it changes with the season.
std::string local_zone(std::int64_t at_ns);
// Both.
std::string local_time_text(std::int64_t at_ns, int digits = 0);

// "18.2ms", "3.00s", "2m05s", "1h02m": three digits, or two units.
std::string duration_text(std::int64_t ns);

}  // namespace hookjournal
