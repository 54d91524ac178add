#include "journal/asking/error_lines.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

namespace hookjournal {

// By hand, not with <regex>: a journal has thousands of failures, and that takes a
// hundred times as long.
namespace {

constexpr std::size_t kLongestLine = 400;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_word(char c) { return is_digit(c) || is_letter(c); }

// A place in a line, and what may be found there. Each finder gives how many bytes it
// takes, 0 when it finds nothing.
class Place {
 public:
  Place(std::string_view line, std::size_t at) : line_(line), at_(at) {}

  bool begins_word() const { return at_ == 0 || !is_word(line_[at_ - 1]); }

  std::size_t name(std::string_view wanted) const {
    if (wanted.size() < 2 || !begins_word() || !rest().starts_with(wanted)) return 0;
    return ends_word(wanted.size()) ? wanted.size() : 0;
  }

  std::size_t uuid() const {
    return begins_word() ? whole("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx") : 0;
  }

  // "2026-11-22 08:09:56.349+01:00", "08:09:56", "Nov 22 08:09:56", "Sun Nov 22 08:09:56
  // UTC 2026"
  std::size_t time() const {
    if (!begins_word()) return 0;
    if (const std::size_t weekday = one_of(kWeekdays))
      if (const std::size_t rest = after(weekday + 1).month_time())
        return weekday + 1 + rest;
    if (const std::size_t length = month_time()) return length;
    const std::size_t date = form("dddd-dd-dd");
    if (date == 0) return clock();
    const char between = char_at(date);
    if (between != 'T' && between != ' ') return ends_word(date) ? date : 0;
    const std::size_t time_of_day = after(date + 1).clock();
    return time_of_day == 0 ? date : date + 1 + time_of_day;
  }

  std::size_t mac() const { return begins_word() ? whole("xx:xx:xx:xx:xx:xx") : 0; }

  std::size_t pci() const {
    if (!begins_word()) return 0;
    const std::size_t whole_address = whole("xxxx:xx:xx.d");
    return whole_address != 0 ? whole_address : whole("xx:xx.d");
  }

  std::size_t ip() const {
    if (!begins_word()) return 0;
    const std::size_t four = ipv4();
    return four != 0 ? four : ipv6();
  }

  // What mktemp(1) and tempfile modules make: the name below /tmp, or "tmp.AbCdEf".
  std::size_t temp() const {
    constexpr std::string_view kFolder = "/tmp/", kPrefix = "tmp.";
    const bool below = at_ >= kFolder.size() &&
                       line_.substr(at_ - kFolder.size(), kFolder.size()) == kFolder;
    if (!below && !(begins_word() && rest().starts_with(kPrefix))) return 0;
    std::size_t length = below ? 0 : kPrefix.size();
    while (is_word(char_at(length)) || char_at(length) == '.' || char_at(length) == '_' ||
           char_at(length) == '-')
      ++length;
    while (length > 0 && char_at(length - 1) == '.') --length;  // a sentence's end
    return below || length > kPrefix.size() + 3 ? length : 0;
  }

  std::size_t hex() const {
    if (!begins_word()) return 0;
    const bool prefixed = rest().starts_with("0x");
    std::size_t length = prefixed ? 2 : 0, digits = 0;
    for (; is_hex(char_at(length)); ++length)
      if (is_digit(char_at(length))) ++digits;
    if (!ends_word(length)) return 0;
    // "deadbeef" is a word, "defaced" too: one without a digit is none of these.
    return prefixed ? (length > 2 ? length : 0)
                    : (length >= 8 && digits > 0 && digits < length ? length : 0);
  }

  std::size_t number() const {
    std::size_t length = 0;
    while (is_digit(char_at(length)) ||
           ((char_at(length) == '.' || char_at(length) == ',') && length > 0 &&
            is_digit(char_at(length + 1))))
      ++length;
    return length;
  }

 private:
  using Names = std::array<std::string_view, 12>;
  static constexpr Names kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  static constexpr Names kWeekdays = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

  std::string_view rest() const { return line_.substr(at_); }
  char char_at(std::size_t offset) const {
    return at_ + offset < line_.size() ? line_[at_ + offset] : '\0';
  }
  bool ends_word(std::size_t length) const { return !is_word(char_at(length)); }
  Place after(std::size_t length) const {
    return {line_, std::min(at_ + length, line_.size())};
  }

  // 'x' is a hexadecimal digit, 'd' a decimal one, everything else itself.
  std::size_t form(std::string_view pattern) const {
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      const char c = char_at(i);
      const bool fits = pattern[i] == 'x'   ? is_hex(c)
                        : pattern[i] == 'd' ? is_digit(c)
                                            : c == pattern[i];
      if (!fits) return 0;
    }
    return pattern.size();
  }
  std::size_t whole(std::string_view pattern) const {
    const std::size_t length = form(pattern);
    return length != 0 && ends_word(length) ? length : 0;
  }
  std::size_t one_of(const Names& names) const {
    const std::string_view word = rest().substr(0, 3);
    return word.size() == 3 && ends_word(3) &&
                   std::ranges::find(names, word) != names.end()
               ? 3
               : 0;
  }

  // "08:09:56", with a fraction and a zone
  std::size_t clock() const {
    std::size_t length = form("dd:dd:dd");
    if (length == 0) return 0;
    if ((char_at(length) == '.' || char_at(length) == ',') &&
        is_digit(char_at(length + 1)))
      for (++length; is_digit(char_at(length));) ++length;
    if (char_at(length) == 'Z') return length + 1;
    if (char_at(length) == '+' || char_at(length) == '-') {
      for (const std::string_view zone : {"dd:dd", "dddd"})
        if (after(length + 1).form(zone) != 0) return length + 1 + zone.size();
    }
    return length;
  }
  // "Nov 22 08:09:56", and "UTC 2026" behind it
  std::size_t month_time() const {
    std::size_t length = one_of(kMonths);
    if (length == 0) return 0;
    while (char_at(length) == ' ') ++length;
    while (is_digit(char_at(length))) ++length;
    if (char_at(length) != ' ') return 0;
    const std::size_t time_of_day = after(length + 1).clock();
    if (time_of_day == 0) return 0;
    length += 1 + time_of_day;
    std::size_t zone = length + 1;
    while (char_at(zone) >= 'A' && char_at(zone) <= 'Z') ++zone;
    if (char_at(length) == ' ' && char_at(zone) == ' ' &&
        after(zone + 1).form("dddd") != 0)
      return zone + 5;
    return length;
  }

  std::size_t ipv4() const {
    std::size_t length = 0;
    for (int part = 0; part < 4; ++part) {
      if (part > 0 && char_at(length++) != '.') return 0;
      std::size_t digits = 0;
      for (; is_digit(char_at(length)); ++length) ++digits;
      if (digits == 0 || digits > 3) return 0;
    }
    return ends_word(length) ? length : 0;
  }
  std::size_t ipv6() const {
    std::size_t length = 0;
    int colons = 0;
    bool twice = false;
    for (; is_hex(char_at(length)) || char_at(length) == ':'; ++length) {
      if (char_at(length) != ':') continue;
      ++colons;
      twice = twice || char_at(length + 1) == ':';
    }
    const bool enough = (twice && length > 4) || colons == 7;
    return colons >= 2 && enough && ends_word(length) ? length : 0;
  }

  std::string_view line_;
  std::size_t at_;
};

// The order of kMaskRules.
enum Rule : std::size_t {
  kTrace,
  kGuest,
  kUuid,
  kMac,
  kTime,
  kPci,
  kIp,
  kTemp,
  kHex,
  kNumber,
  kRules
};

struct Found {
  Rule rule;
  std::size_t length;
};

std::optional<Found> find_at(const Place& place, std::string_view object,
                             std::string_view object_uuid) {
  // The guest's own UUID is one among others: what matters is that it is one.
  const auto first = [](std::initializer_list<Found> found) -> std::optional<Found> {
    for (const Found& one : found)
      if (one.length > 0) return one;
    return {};
  };
  if (const auto found = first({{kGuest, object == "-" ? 0 : place.name(object)},
                                {kUuid, place.name(object_uuid)},
                                {kUuid, place.uuid()},
                                {kMac, place.mac()},
                                {kTime, place.time()},
                                {kPci, place.pci()}}))
    return found;
  return first({{kIp, place.ip()},
                {kTemp, place.temp()},
                {kHex, place.hex()},
                {kNumber, place.number()}});
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r\v\f") == std::string_view::npos;
}

// What `set -x` prints: "+ ip link show br0", "++ date".
bool is_trace(std::string_view line) {
  const auto plus = line.find_first_not_of('+');
  return plus != 0 && plus != std::string_view::npos && line[plus] == ' ';
}

// The last lines, in order. Traces only when there is nothing else.
std::vector<std::string_view> last_lines(std::string_view bytes, bool traces) {
  std::vector<std::string_view> lines;
  while (!bytes.empty() && lines.size() < kErrorLines) {
    if (bytes.back() == '\n') bytes.remove_suffix(1);
    const auto newline = bytes.rfind('\n');
    const std::size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
    std::string_view line = bytes.substr(begin);
    bytes = bytes.substr(0, begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!is_blank(line) && (traces || !is_trace(line))) lines.push_back(line);
  }
  std::ranges::reverse(lines);
  return lines;
}

void note(std::vector<std::string_view>* rules, std::string_view rule) {
  if (rules != nullptr && std::ranges::find(*rules, rule) == rules->end())
    rules->push_back(rule);
}

}  // namespace

const MaskRule kMaskRules[] = {
    {"trace", "", "lines that `set -x` prints, when there are others"},
    {"guest", "<guest>", "the name of the call's guest or network, also within a path"},
    {"uuid", "<uuid>", "UUIDs"},
    {"mac", "<mac>", "MAC addresses"},
    {"time", "<time>", "dates and times of day"},
    {"pci", "<pci>", "addresses of PCI devices"},
    {"ip", "<ip>", "IPv4 and IPv6 addresses"},
    {"temp", "<temp>", "names below /tmp, and those that mktemp makes"},
    {"hex", "<hex>", "hexadecimal numbers: 0x..., or eight digits and more"},
    {"number", "<n>", "all other numbers, also at the end of a word: vnet12"},
    {"", "", ""},
};
static_assert(std::size(kMaskRules) == kRules + 1);

std::string masked_line(std::string_view line, std::string_view object,
                        std::string_view object_uuid,
                        std::vector<std::string_view>* rules) {
  std::string text;
  for (std::size_t at = 0; at < line.size();) {
    const auto found = find_at(Place(line, at), object, object_uuid);
    if (!found) {
      text += line[at++];
      continue;
    }
    text += kMaskRules[found->rule].mask;
    note(rules, kMaskRules[found->rule].name);
    at += found->length;
  }
  return text;
}

ErrorLines last_error_lines(std::string_view stderr_bytes, std::string_view object,
                            std::string_view object_uuid) {
  ErrorLines found;
  std::vector<std::string_view> lines = last_lines(stderr_bytes, false);
  if (lines.empty())
    lines = last_lines(stderr_bytes, true);
  else if (lines != last_lines(stderr_bytes, true))
    found.rules.push_back(kMaskRules[kTrace].name);
  for (const std::string_view line : lines) {
    found.printed.emplace_back(line.substr(0, kLongestLine));
    found.masked.push_back(
        masked_line(found.printed.back(), object, object_uuid, &found.rules));
  }
  std::ranges::sort(found.rules, {}, [](std::string_view name) {
    return std::ranges::find(kMaskRules, name, &MaskRule::name) - std::begin(kMaskRules);
  });
  return found;
}

}  // namespace hookjournal
