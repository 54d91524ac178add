// What equal changes in calls of different guests have in common.
#include <algorithm>
#include <set>
#include <utility>

#include "engine/sha256.h"
#include "replay/comparison/maskers.h"
#include "replay/comparison/noise_pattern.h"
#include "replay/comparison/own_words.h"
#include "replay/comparison/text_mask.h"

namespace hookjournal {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_alnum(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// What a name begins with that libvirt has made up: vnet3, macvtap0. Else empty.
std::string_view made_name(std::string_view name) {
  constexpr std::string_view kMade[] = {"vnet", "tap", "vif", "macvtap"};
  std::string_view begin = name;
  while (!begin.empty() && is_digit(begin.back())) begin.remove_suffix(1);
  const bool made =
      begin.size() < name.size() &&
      std::find(std::begin(kMade), std::end(kMade), begin) != std::end(kMade);
  return made ? begin : std::string_view();
}

// A token without what is the guest's own.
std::string kind_of(std::string_view token) {
  const char first = token.front();
  if (first == kMaskBegin || token.size() == 1)
    return is_digit(first) ? "<n>" : std::string(token);
  if (token.find(':') != std::string_view::npos ||
      std::count(token.begin(), token.end(), '.') == 3)
    return "<address>";
  if (token.find('-') != std::string_view::npos) return "<uuid>";
  const bool number = std::all_of(token.begin(), token.end(),
                                  [](char c) { return is_digit(c) || c == '.'; });
  if (number) return "<n>";
  if (first == '0' && (token[1] == 'x' || token[1] == 'X')) return "<n>";
  const bool id = token.size() >= 8 && std::all_of(token.begin(), token.end(), is_hex) &&
                  std::any_of(token.begin(), token.end(), is_digit);
  if (id) return "<id>";
  const std::string_view made = made_name(token);
  return made.empty() ? std::string(token) : std::string(made) + "<n>";
}

// Words that name the guest and its things, with what stands for them.
class Names {
 public:
  Names(const HookCall& call, const std::string& object_uuid) {
    add(call.object, "<object>");
    add(object_uuid, "<uuid>");
    if (call.input) of_input(*call.input);
    std::stable_sort(names_.begin(), names_.end(),
                     [](const auto& one, const auto& other) {
                       return one.first.size() > other.first.size();
                     });
  }

  std::string replaced_in(std::string text) const {
    for (const auto& [name, stand_in] : names_) {
      std::size_t at = 0;
      while ((at = text.find(name, at)) != std::string::npos) {
        const std::size_t end = at + name.size();
        const bool whole = (at == 0 || !is_alnum(text[at - 1])) &&
                           (end == text.size() || !is_alnum(text[end]));
        if (whole) text.replace(at, name.size(), stand_in);
        at += whole ? stand_in.size() : name.size();
      }
    }
    return text;
  }

 private:
  void add(const std::string& name, const std::string& stand_in) {
    if (name.empty() || name == "-") return;
    names_.emplace_back(name, stand_in);
  }

  // By libvirt's own way of writing XML: an input that is written otherwise only makes
  // more groups.
  void of_input(const std::string& xml) {
    each(xml, "<name>", '<', "<object>");
    each(xml, "<source file=", 0, "<source>");
    each(xml, "<source dev=", 0, "<source>");
    each(xml, "<target dev=", 0, "<target>");
    each(xml, "<alias name=", 0, "<alias>");
  }
  // What stands between `begin` and `end`, or the quotes that follow.
  void each(const std::string& xml, std::string_view begin, char end,
            const std::string& stand_in) {
    constexpr std::size_t kMostNames = 200;
    std::size_t at = 0;
    while (names_.size() < kMostNames &&
           (at = xml.find(begin, at)) != std::string::npos) {
      at += begin.size();
      if (at >= xml.size()) return;
      const char close = end != 0 ? end : xml[at++];
      const std::size_t stop = xml.find(close, at);
      if (stop == std::string::npos) return;
      // What goes by its kind anyway has one stand-in only.
      const std::string name = xml.substr(at, stop - at);
      if (made_name(name).empty()) add(name, stand_in);
      at = stop;
    }
  }

  std::vector<std::pair<std::string, std::string>> names_;
};

using Tokens = std::vector<std::string_view>;

// Of what is the same but for numbers it matters which of them have changed: a port is
// not an address.
std::string kinds_of(const Tokens& tokens, const Tokens& others) {
  std::string text;
  const bool comparable = tokens.size() == others.size();
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    text += kind_of(tokens[i]);
    if (comparable && tokens[i] != others[i]) text += '!';
  }
  return text;
}

// Of what the candidate has come to: what it brings itself stands as it is.
std::string news_of(const Tokens& tokens, const Tokens& before, const OwnWords& own) {
  std::string text;
  const bool comparable = tokens.size() == before.size();
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const bool changed = comparable && tokens[i] != before[i];
    const bool is_own = !made_name(tokens[i]).empty() ||
                        (changed ? own.of_call(tokens[i]) : own.known(tokens[i]));
    const bool unchanged = comparable && !changed;
    text += unchanged || is_own ? kind_of(tokens[i]) : std::string(tokens[i]);
    if (changed) text += '!';
  }
  return text;
}

std::string told(const Difference& difference, const Names& names, const OwnWords& own) {
  const auto key = [&](const std::string& text) {
    return mask_text(names.replaced_in(text), {}).key;
  };
  std::string text;
  text += to_string(difference.field);
  text += '\n' + difference.script + '\n';
  const std::string place = key(difference.place);
  // An XML's places count elements; other places are names.
  text += difference.field == Field::output ? kinds_of(tokens_of(place), {})
                                            : news_of(tokens_of(place), {}, own);
  // How much slower is chance.
  if (difference.field == Field::time) return text;
  const std::string before = key(difference.before), after = key(difference.after);
  const auto was = tokens_of(before), is = tokens_of(after);
  text += '\n' + kinds_of(was, is) + '\n' + news_of(is, was, own);
  return text;
}

}  // namespace

std::string fingerprint_of(const HookCall& call, const std::string& object_uuid,
                           const OwnWords& own,
                           const std::vector<Difference>& differences, Consequence before,
                           Consequence after) {
  constexpr std::size_t kDigits = 12;
  const Names names(call, object_uuid);
  // A set: a script that does the same for each of a guest's disks changes alike in a
  // guest that has more of them.
  std::set<std::string> parts;
  for (const Difference& difference : differences)
    parts.insert(told(difference, names, own));
  Sha256 digest;
  for (const std::string& part : parts) digest.update(part).update(std::string(1, '\0'));
  digest.update(to_string(before)).update(" ").update(to_string(after));
  // Who accepts that a start is refused has not accepted that a migration is.
  if (before != after) digest.update(" " + call.operation + " " + call.suboperation);
  return to_hex(digest.finish()).substr(0, kDigits);
}

}  // namespace hookjournal
