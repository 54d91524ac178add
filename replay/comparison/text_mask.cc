#include "replay/comparison/text_mask.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "replay/comparison/temporary_name.h"
#include "replay/comparison/time_mask.h"

namespace hookjournal {
namespace {

constexpr std::int64_t kDay = 86'400;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alnum(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::size_t digits(std::string_view text, std::size_t from) {
  std::size_t count = 0;
  while (from + count < text.size() && is_digit(text[from + count])) ++count;
  return count;
}

// "dnsmasq[1234]:", not the 2 of "disk[2]". Behind the digits; 0 when there are none.
std::size_t pid_in_brackets(std::string_view text, std::size_t begin) {
  const std::size_t count = digits(text, begin);
  const std::size_t close = begin + count;
  if (count == 0 || count > 7 || close >= text.size() || text[close] != ']') return 0;
  const char next = close + 1 < text.size() ? text[close + 1] : '\0';
  const bool tag = next == ':', word_end = next == '\0' || next == ' ';
  return tag || (word_end && count >= 3) ? close : 0;
}

// "pid 1234", "PID=1234", "pid: 1234"; `begin` at the digits.
bool named_pid(std::string_view text, std::size_t begin) {
  std::size_t at = begin;
  while (at > 0 && begin - at < 2 &&
         (text[at - 1] == ' ' || text[at - 1] == '=' || text[at - 1] == ':'))
    --at;
  if (at == begin || at < 3) return false;
  const std::string_view word = text.substr(at - 3, 3);
  if (word != "pid" && word != "PID" && word != "Pid") return false;
  return at == 3 || !is_alnum(text[at - 4]);
}

// Behind the digits of a process id that begin at `begin`; 0 when they are none.
std::size_t pid_at(std::string_view text, std::size_t begin) {
  if (begin == 0 || !is_digit(text[begin])) return 0;
  if (text[begin - 1] == '[' && begin > 1 &&
      (is_alnum(text[begin - 2]) || text[begin - 2] == '_' || text[begin - 2] == '-' ||
       text[begin - 2] == ')'))
    return pid_in_brackets(text, begin);
  const std::size_t end = begin + digits(text, begin);
  if (end - begin > 7 || (end < text.size() && is_alnum(text[end]))) return 0;
  constexpr std::string_view kProc = "/proc/";
  if (begin >= kProc.size() && text.substr(begin - kProc.size(), kProc.size()) == kProc)
    return end;
  return named_pid(text, begin) ? end : 0;
}

// Whether the digits at the end of `text` can be a process id.
bool ends_with_pid(std::string_view text, const MaskScale& scale) {
  constexpr std::size_t kMostDigits = 7;
  std::size_t count = 0;
  std::int64_t value = 0, unit = 1;
  for (; count < text.size() && is_digit(text[text.size() - 1 - count]); ++count) {
    if (count == kMostDigits) return false;
    value += unit * (text[text.size() - 1 - count] - '0');
    unit *= 10;
  }
  return count > 0 && value >= scale.pids.lowest && value <= scale.pids.highest;
}

class Masking {
 public:
  Masking(std::string_view text, const MaskScale& scale) : text_(text), scale_(scale) {}

  MaskedText result() {
    masked_.key.reserve(text_.size());
    std::size_t at = 0;
    while (at < text_.size()) at = step(at);
    return std::move(masked_);
  }

 private:
  std::size_t step(std::size_t at) {
    const auto part = temporary_part_at(text_, at);
    const bool named_by_pid = part && std::string_view(part->rule) == "pid";
    if (part && (!named_by_pid || ends_with_pid(text_.substr(0, part->end), scale_))) {
      // What sets it off stays: so it is one word, masked or not.
      if (!is_alnum(text_[at])) masked_.key += text_[at++];
      hide(part->shape, {.rule = part->rule,
                         .raw = raw(at, part->end),
                         .fixed = named_by_pid && scale_.pids_apart});
      return part->end;
    }
    const std::size_t end = pid_at(text_, at);
    if (end > 0 && ends_with_pid(text_.substr(0, end), scale_)) {
      hide("pid", {.rule = "pid", .raw = raw(at, end), .fixed = scale_.pids_apart});
      return end;
    }
    if (const auto time = time_at(text_, at, scale_.now)) {
      hide("time:" + time->shape, {.rule = "time",
                                   .raw = raw(at, time->end),
                                   .moment = time->moment,
                                   .at = time->at});
      return time->end;
    }
    masked_.key += text_[at];
    return at + 1;
  }
  std::string raw(std::size_t begin, std::size_t end) const {
    return std::string(text_.substr(begin, end - begin));
  }
  void hide(const std::string& kind, Hidden hidden) {
    masked_.key += kMaskBegin;
    masked_.key += kind;
    masked_.key += kMaskEnd;
    masked_.hidden.push_back(std::move(hidden));
  }

  std::string_view text_;
  const MaskScale& scale_;
  MaskedText masked_;
};

// The legs of a replay are minutes apart: what lies further apart was written so.
bool close(const Hidden& one, const Hidden& other) {
  if (one.fixed) return one.raw == other.raw;
  constexpr std::int64_t kDates = 2 * kDay, kClocks = 3L * 3600;
  const std::int64_t apart = std::llabs(one.at - other.at);
  if (one.moment == Hidden::Moment::dated) return apart <= kDates;
  if (one.moment == Hidden::Moment::clock)
    return std::min(apart, kDay - apart) <= kClocks;
  return true;
}

}  // namespace

MaskedText mask_text(std::string_view text, const MaskScale& scale) {
  return Masking(text, scale).result();
}

bool plausible(const std::vector<Hidden>& one, const std::vector<Hidden>& other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(), close);
}

bool is_pid_file(std::string_view path, std::string_view content,
                 const MaskScale& scale) {
  constexpr std::string_view kEnding = ".pid";
  if (path.size() <= kEnding.size() ||
      path.substr(path.size() - kEnding.size()) != kEnding)
    return false;
  const std::size_t count = digits(content, 0);
  const bool alone =
      count == content.size() || (content[count] == '\n' && count + 1 == content.size());
  return alone && ends_with_pid(content.substr(0, count), scale);
}

}  // namespace hookjournal
