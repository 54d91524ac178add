#include "replay/comparison/time_mask.h"

#include <array>
#include <cstdlib>

namespace hookjournal {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kNear = 2 * kDay;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_alnum(char c) { return is_digit(c) || is_letter(c); }

// Howard Hinnant's days_from_civil, for the Gregorian calendar.
std::int64_t days_since_1970(std::int64_t year, unsigned month, unsigned day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = year / 400;
  const auto of_era = static_cast<unsigned>(year - era * 400);
  const unsigned of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const unsigned days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
  return era * 146'097 + static_cast<std::int64_t>(days) - 719'468;
}

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
constexpr std::string_view kZones[] = {
    "UTC", "GMT", "CEST", "CET", "EEST", "EET", "WEST", "WET", "BST",  "EST", "EDT",
    "CST", "CDT", "MST",  "MDT", "PST",  "PDT", "IST",  "JST", "AEST", "MSK"};

// Reads the elements of a written time, one after the other.
class TimeReader {
 public:
  TimeReader(std::string_view text, std::size_t begin, std::int64_t now)
      : text_(text), at_(begin), now_(now) {}

  std::optional<TimeText> read() {
    while (element() && separator()) {
    }
    if (!enough()) return std::nullopt;
    TimeText found;
    found.end = end_;
    found.shape = shape_;
    found.moment = has_date() ? Hidden::Moment::dated : Hidden::Moment::clock;
    // Without a year (syslog's form) it is this one: only distances count.
    if (has_date()) found.at = kDay * days_since_1970(year_.value_or(2024), month_, day_);
    found.at += clock_;
    return found;
  }

 private:
  bool has_date() const { return month_ != 0 && day_ != 0; }
  bool enough() const {
    return numeric_date_ || seconds_ || (has_date() && (has_clock_ || year_));
  }

  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  std::size_t digits(std::size_t from = 0) const {
    std::size_t count = 0;
    while (is_digit(peek(from + count))) ++count;
    return count;
  }
  unsigned number(std::size_t from, std::size_t length) const {
    unsigned value = 0;
    for (std::size_t i = 0; i < length; ++i)
      value = value * 10 + static_cast<unsigned>(peek(from + i) - '0');
    return value;
  }
  // Accepts `length` characters, written so.
  bool take(std::size_t length, std::string_view shape) {
    shape_ += pending_;
    shape_ += shape;
    pending_.clear();
    at_ += length;
    end_ = at_;
    return true;
  }

  bool element() {
    return iso_date() || other_date() || clock() || compact() || name() || day() ||
           year() || half() || zone();
  }

  bool separator() {
    if (peek() == ',' && peek(1) == ' ') return pend(2, ", ");
    if (peek() == ' ') return pend(peek(1) == ' ' ? 2 : 1, " ");
    if ((peek() == 'T' || peek() == '_' || peek() == '-') && numeric_date_ && !has_clock_)
      return pend(1, std::string_view(&text_[at_], 1));
    if (peek() == ':' && has_date() && !has_clock_) return pend(1, ":");
    // A zone may follow at once.
    return (peek() == 'Z' || peek() == '+' || peek() == '-') && has_clock_;
  }
  bool pend(std::size_t length, std::string_view shape) {
    pending_ = shape;
    at_ += length;
    return true;
  }

  bool date(std::int64_t year, unsigned month, unsigned day) {
    if (has_date() || month < 1 || month > 12 || day < 1 || day > 31) return false;
    year_ = year;
    month_ = month;
    day_ = day;
    return true;
  }

  bool iso_date() {
    const char dash = peek(4);
    if (digits() != 4 || (dash != '-' && dash != '/') || peek(7) != dash) return false;
    if (digits(5) != 2 || digits(8) != 2) return false;
    if (number(0, 4) < 1970 || number(0, 4) > 2199) return false;
    if (!date(number(0, 4), number(5, 2), number(8, 2))) return false;
    numeric_date_ = true;
    return take(10, dash == '-' ? "0000-00-00" : "0000/00/00");
  }

  // 22.11.2026, 11/22/2026, 22/Nov/2026, 22-Nov-2026
  bool other_date() {
    const char between = peek(2);
    if (digits() != 2) return false;
    if ((between == '.' || between == '/') && peek(5) == between && digits(3) == 2 &&
        digits(6) == 4) {
      const unsigned one = number(0, 2), two = number(3, 2);
      const bool month_first = between == '/' && one <= 12;
      if (!date(number(6, 4), month_first ? one : two, month_first ? two : one))
        return false;
      numeric_date_ = true;
      return take(10, between == '.' ? "00.00.0000" : "00/00/0000");
    }
    if ((between != '/' && between != '-') || peek(6) != between || digits(7) != 4)
      return false;
    const unsigned month = month_of(text_.substr(at_ + 3, 3));
    if (month == 0 || !date(number(7, 4), month, number(0, 2))) return false;
    numeric_date_ = true;
    return take(11, between == '/' ? "00/Mon/0000" : "00-Mon-0000");
  }

  bool clock() {
    const std::size_t hours = digits();
    if (has_clock_ || (hours != 2 && !(hours == 1 && has_date()))) return false;
    if (peek(hours) != ':' || digits(hours + 1) != 2) return false;
    if (number(0, hours) > 23 || number(hours + 1, 2) > 59) return false;
    const std::size_t behind_minutes = hours + 3;
    const bool with_seconds =
        peek(behind_minutes) == ':' && digits(behind_minutes + 1) == 2;
    if (!with_seconds && !has_date()) return false;
    const std::size_t length = with_seconds ? behind_minutes + 3 : behind_minutes;
    const char next = peek(length);
    if (next == ':' || (is_alnum(next) && next != 'Z')) return false;
    if (with_seconds && number(behind_minutes + 1, 2) > 60) return false;
    clock_ = number(0, hours) * 3600 + number(hours + 1, 2) * 60;
    if (with_seconds) clock_ += number(behind_minutes + 1, 2);
    has_clock_ = true;
    seconds_ = with_seconds;
    take(length, with_seconds ? "00:00:00" : "00:00");
    return fraction();
  }
  bool fraction() {
    if ((peek() != '.' && peek() != ',') || digits(1) == 0) return true;
    return take(1 + digits(1), peek() == '.' ? ".0" : ",0");
  }

  // 20261122, 20261122080956, and 080956 behind the first
  bool compact() {
    const std::size_t count = digits();
    if (is_letter(peek(count)) && peek(count) != 'T' && peek(count) != 'Z') return false;
    if (count == 6 && compact_ && !has_clock_) {
      compact_clock(0);
      return take(6, "000000");
    }
    if ((count != 8 && count != 14) || has_date()) return false;
    const unsigned year = number(0, 4), month = number(4, 2), day = number(6, 2);
    if (month < 1 || month > 12 || day < 1 || day > 31) return false;
    if (std::llabs(days_since_1970(year, month, day) * kDay - now_) > kNear) return false;
    date(year, month, day);
    numeric_date_ = compact_ = true;
    if (count == 14) compact_clock(8);
    return take(count, count == 8 ? "00000000" : "00000000000000");
  }
  void compact_clock(std::size_t from) {
    clock_ = number(from, 2) * 3600 + number(from + 2, 2) * 60 + number(from + 4, 2);
    has_clock_ = seconds_ = true;
  }

  // 3 letters or the whole name; 0 when it is none
  static unsigned month_of(std::string_view word) {
    for (unsigned i = 0; i < kMonths.size(); ++i)
      if (word == kMonths[i] || word == kMonths[i].substr(0, 3)) return i + 1;
    return 0;
  }
  static bool is_weekday(std::string_view word) {
    for (std::string_view weekday : kWeekdays)
      if (word == weekday || word == weekday.substr(0, 3)) return true;
    return false;
  }
  std::string_view word() const {
    std::size_t length = 0;
    while (is_letter(peek(length))) ++length;
    return is_digit(peek(length)) ? std::string_view() : text_.substr(at_, length);
  }
  bool name() {
    const std::string_view name = word();
    if (name.size() < 3) return false;
    if (!has_weekday_ && is_weekday(name)) {
      has_weekday_ = true;
      return take(name.size(), name.size() == 3 ? "Day" : "Weekday");
    }
    if (month_ != 0) return false;
    month_ = month_of(name);
    return month_ != 0 && take(name.size(), name.size() == 3 ? "Mon" : "Month");
  }
  // Only beside a month's name.
  bool day() {
    const std::size_t count = digits();
    if (day_ != 0 || count < 1 || count > 2 || is_alnum(peek(count))) return false;
    if (peek(count) == ':' || peek(count) == '.') return false;
    const unsigned value = number(0, count);
    if (value < 1 || value > 31 || (month_ == 0 && !month_follows(count))) return false;
    day_ = value;
    return take(count, "d");
  }
  bool month_follows(std::size_t behind) const {
    if (peek(behind) != ' ') return false;
    std::size_t length = 0;
    while (is_letter(peek(behind + 1 + length))) ++length;
    return length >= 3 && month_of(text_.substr(at_ + behind + 1, length)) != 0;
  }
  bool year() {
    if (year_ || month_ == 0 || day_ == 0 || digits() != 4 || is_alnum(peek(4)))
      return false;
    const unsigned value = number(0, 4);
    if (value < 1970 || value > 2199) return false;
    year_ = value;
    return take(4, "0000");
  }
  bool half() {
    const std::string_view half = word();
    if (!has_clock_ || has_half_ || (half != "AM" && half != "PM")) return false;
    has_half_ = true;
    return take(2, "AM");
  }
  // As it is written: a script that changes the zone has changed.
  bool zone() {
    if (!has_clock_ || has_zone_) return false;
    if (peek() == 'Z' && !is_alnum(peek(1))) return take_zone(1);
    if (peek() == '+' || peek() == '-') {
      const std::size_t count = digits(1);
      if (count == 4 && !is_alnum(peek(5))) return take_zone(5);
      if (count == 2 && peek(3) == ':' && digits(4) == 2) return take_zone(6);
      return false;
    }
    const std::string_view name = word();
    for (std::string_view zone : kZones)
      if (name == zone) return take_zone(zone.size());
    return false;
  }
  bool take_zone(std::size_t length) {
    has_zone_ = true;
    return take(length, text_.substr(at_, length));
  }

  std::string_view text_;
  std::size_t at_ = 0, end_ = 0;
  std::int64_t now_ = 0;
  std::string shape_, pending_;
  std::optional<std::int64_t> year_;
  unsigned month_ = 0, day_ = 0;
  std::int64_t clock_ = 0;
  bool numeric_date_ = false, compact_ = false, has_clock_ = false, seconds_ = false;
  bool has_weekday_ = false, has_half_ = false, has_zone_ = false;
};

std::size_t count_digits(std::string_view text, std::size_t from) {
  std::size_t count = 0;
  while (from + count < text.size() && is_digit(text[from + count])) ++count;
  return count;
}

// Seconds, thousandths, millionths or billionths since 1970; seconds also with a
// fraction.
std::optional<TimeText> epoch_at(std::string_view text, std::size_t begin,
                                 std::int64_t now) {
  const std::size_t count = count_digits(text, begin);
  if (count != 10 && count != 13 && count != 16 && count != 19) return std::nullopt;
  std::size_t end = begin + count;
  const std::int64_t at = std::atoll(std::string(text.substr(begin, 10)).c_str());
  if (std::llabs(at - now) > kNear) return std::nullopt;
  std::string shape = "epoch" + std::to_string(count);
  if (count == 10 && end < text.size() && (text[end] == '.' || text[end] == ',')) {
    const std::size_t fraction = count_digits(text, end + 1);
    if (fraction > 0) {
      end += 1 + fraction;
      shape += ".0";
    }
  }
  if (end < text.size() && is_alnum(text[end])) return std::nullopt;
  return TimeText{.end = end, .shape = shape, .moment = Hidden::Moment::dated, .at = at};
}

// "0m0.003s"
std::optional<TimeText> duration_at(std::string_view text, std::size_t begin) {
  std::size_t end = begin + count_digits(text, begin);
  if (end >= text.size() || text[end] != 'm') return std::nullopt;
  const std::size_t seconds = count_digits(text, ++end);
  end += seconds;
  if (seconds == 0 || end >= text.size() || text[end] != '.') return std::nullopt;
  const std::size_t fraction = count_digits(text, ++end);
  end += fraction;
  if (fraction == 0 || end >= text.size() || text[end] != 's') return std::nullopt;
  TimeText found;
  found.end = end + 1;
  found.shape = "0m0.0s";
  return found;
}

}  // namespace

std::optional<TimeText> time_at(std::string_view text, std::size_t begin,
                                std::int64_t now) {
  const char first = text[begin];
  const char before = begin > 0 ? text[begin - 1] : ' ';
  if (is_alnum(before) || before == ':') return std::nullopt;
  if (is_digit(first)) {
    // In the middle of a dotted or dashed number: an address, a version.
    const bool within =
        (before == '.' || before == '-') && begin > 1 && is_digit(text[begin - 2]);
    if (within) return std::nullopt;
    if (auto epoch = epoch_at(text, begin, now)) return epoch;
    if (auto duration = duration_at(text, begin)) return duration;
  } else if (first < 'A' || first > 'W') {
    return std::nullopt;
  }
  return TimeReader(text, begin, now).read();
}

}  // namespace hookjournal
