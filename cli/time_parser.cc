#include <algorithm>
#include <charconv>
#include <cmath>
#include <ctime>
#include <limits>
#include <utility>

#include "cli/time_text.h"

namespace hookjournal {

const char kTimeForms[] =
    "2026-11-22, '2026-11-22 08:09:56', 2026-11-22T08:09:56Z, 08:09, today, yesterday, "
    "now, 7d, '2h ago'";

namespace {

constexpr std::int64_t kMicrosecond = 1'000, kMillisecond = 1'000'000,
                       kSecond = 1'000'000'000;
constexpr std::int64_t kMinute = 60 * kSecond, kHour = 60 * kMinute, kDay = 24 * kHour;

constexpr std::pair<std::string_view, std::int64_t> kUnits[] = {
    {"ns", 1},           {"us", kMicrosecond}, {"ms", kMillisecond}, {"s", kSecond},
    {"sec", kSecond},    {"second", kSecond},  {"m", kMinute},       {"min", kMinute},
    {"minute", kMinute}, {"h", kHour},         {"hour", kHour},      {"d", kDay},
    {"day", kDay},       {"w", 7 * kDay},      {"week", 7 * kDay},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

// Reads a text from its start, piece by piece.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  bool next_is_digit() const { return !rest_.empty() && is_digit(rest_.front()); }

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take_word(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  void skip_blanks() {
    while (take(' ')) {
    }
  }
  // Exactly so many digits; nothing, and nothing taken, otherwise.
  std::optional<int> digits(std::size_t count) {
    if (rest_.size() < count ||
        !std::all_of(rest_.begin(), rest_.begin() + count, is_digit))
      return {};
    int value = 0;
    std::from_chars(rest_.data(), rest_.data() + count, value);
    rest_.remove_prefix(count);
    return value;
  }
  // The digits after a point, as nanoseconds; more than nine are cut off.
  std::optional<std::int64_t> fraction() {
    if (!next_is_digit()) return {};
    std::int64_t value = 0, worth = kSecond / 10;
    for (; next_is_digit(); rest_.remove_prefix(1), worth /= 10)
      value += (rest_.front() - '0') * worth;
    return value;
  }
  std::string_view letters() {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_letter);
    const std::string_view word(rest_.data(),
                                static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(word.size());
    return word;
  }
  std::optional<double> number() {
    if (!next_is_digit()) return {};
    const auto end = std::find_if_not(rest_.begin(), rest_.end(),
                                      [](char c) { return is_digit(c) || c == '.'; });
    double value = 0;
    const auto [stop, error] =
        std::from_chars(rest_.data(), rest_.data() + (end - rest_.begin()), value,
                        std::chars_format::fixed);
    if (error != std::errc()) return {};
    rest_.remove_prefix(static_cast<std::size_t>(stop - rest_.data()));
    return value;
  }

 private:
  std::string_view rest_;
};

std::optional<std::int64_t> unit_named(std::string_view name) {
  for (const auto& [unit, worth] : kUnits)
    if (name == unit || (unit.size() > 2 && name == std::string(unit) + "s"))
      return worth;
  return {};
}

struct TimeOfDay {
  int hour = 0, minute = 0, second = 0;
  std::int64_t ns = 0;
};

// 08:09[:56[.5]]
std::optional<TimeOfDay> take_time_of_day(Scanner& from) {
  TimeOfDay time;
  const auto hour = from.digits(2);
  if (!hour || *hour > 23 || !from.take(':')) return {};
  const auto minute = from.digits(2);
  if (!minute || *minute > 59) return {};
  time.hour = *hour;
  time.minute = *minute;
  if (!from.take(':')) return time;
  const auto second = from.digits(2);
  if (!second || *second > 60) return {};  // a leap second counts as the next one
  time.second = *second;
  if (!from.take('.')) return time;
  const auto fraction = from.fraction();
  if (!fraction) return {};
  time.ns = *fraction;
  return time;
}

// Z, +01:00, -0530; in seconds. Nothing: no zone follows.
std::optional<long> take_zone(Scanner& from) {
  if (from.take('z')) return 0;
  const bool east = from.take('+');
  if (!east && !from.take('-')) return {};
  const auto hours = from.digits(2);
  from.take(':');
  const auto minutes = from.digits(2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return {};
  const long offset = *hours * 3600L + *minutes * 60L;
  return east ? offset : -offset;
}

std::optional<std::int64_t> in_ns(std::int64_t seconds, std::int64_t ns) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / kSecond - 1;
  if (seconds > kMost || seconds < -kMost) return {};
  return seconds * kSecond + ns;
}

std::optional<std::int64_t> local_moment(std::tm day, const TimeOfDay& time) {
  day.tm_hour = time.hour;
  day.tm_min = time.minute;
  day.tm_sec = time.second;
  day.tm_isdst = -1;
  return in_ns(std::mktime(&day), time.ns);
}

std::optional<std::tm> take_date(Scanner& from) {
  const auto year = from.digits(4);
  if (!year || !from.take('-')) return {};
  const auto month = from.digits(2);
  if (!month || !from.take('-')) return {};
  const auto day = from.digits(2);
  if (!day) return {};
  std::tm date{};
  date.tm_year = *year - 1900;
  date.tm_mon = *month - 1;
  date.tm_mday = *day;
  std::tm real = date;  // 30 February becomes another day
  if (::timegm(&real) == -1 || real.tm_mon != date.tm_mon || real.tm_mday != date.tm_mday)
    return {};
  return date;
}

std::optional<std::int64_t> parse_calendar_time(Scanner from) {
  auto date = take_date(from);
  if (!date) return {};
  if (from.at_end()) return local_moment(*date, {});
  if (!from.take('t') && !from.take(' ')) return {};
  const auto time = take_time_of_day(from);
  if (!time) return {};
  from.skip_blanks();
  if (from.at_end()) return local_moment(*date, *time);
  const auto offset = take_zone(from);
  if (!offset || !from.at_end()) return {};
  date->tm_hour = time->hour;
  date->tm_min = time->minute;
  date->tm_sec = time->second;
  return in_ns(::timegm(&*date) - *offset, time->ns);
}

// today, yesterday, a time of day, or the first two with the third.
std::optional<std::int64_t> parse_day_word(Scanner from, std::int64_t now_ns) {
  const std::time_t now = now_ns / kSecond;
  std::tm day{};
  ::localtime_r(&now, &day);
  TimeOfDay time;
  const bool yesterday = from.take_word("yesterday");
  const bool named = yesterday || from.take_word("today");
  if (yesterday) --day.tm_mday;
  from.skip_blanks();
  if (!from.at_end() || !named) {
    const auto given = take_time_of_day(from);
    if (!given || !from.at_end()) return {};
    time = *given;
  }
  return local_moment(day, time);
}

// The sum of number and unit pairs, up to the end or to "ago".
std::optional<std::int64_t> take_duration(Scanner& from) {
  double sum = 0;
  do {
    const auto number = from.number();
    if (!number) return {};
    from.skip_blanks();
    const auto unit = unit_named(from.letters());
    if (!unit) return {};
    sum += *number * static_cast<double>(*unit);
    from.skip_blanks();
  } while (from.next_is_digit());
  if (sum >= 9e18) return {};
  return std::llround(sum);
}

std::string lower_trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  std::string result(text.substr(first, text.find_last_not_of(' ') - first + 1));
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

}  // namespace

std::optional<std::int64_t> parse_time(std::string_view text, std::int64_t now_ns) {
  const std::string wanted = lower_trimmed(text);
  if (wanted == "now") return now_ns;
  if (const auto moment = parse_calendar_time(Scanner(wanted))) return moment;
  if (const auto moment = parse_day_word(Scanner(wanted), now_ns)) return moment;
  Scanner from(wanted);
  const auto age = take_duration(from);
  if (!age) return {};
  from.take_word("ago");
  if (!from.at_end()) return {};
  return now_ns - *age;
}

std::optional<std::int64_t> parse_duration(std::string_view text) {
  const std::string wanted = lower_trimmed(text);
  Scanner from(wanted);
  const auto duration = take_duration(from);
  return from.at_end() ? duration : std::nullopt;
}

}  // namespace hookjournal
