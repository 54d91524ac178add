#include "cli/selection_options.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <string_view>

#include "cli/command_line.h"
#include "cli/escape.h"
#include "cli/time_text.h"
#include "engine/error.h"
#include "engine/xml/xml_path.h"

namespace hookjournal {

namespace {

using Words = std::vector<std::string>;

UsageError cannot_mean(const char* option, const std::string& value,
                       const std::string& reason) {
  return UsageError(std::string(option) + " '" + visible(value) + "': " + reason);
}

// "ok, failed, running, abandoned": all values of an enumeration from 0 on.
template <typename Value>
std::string names_up_to(Value last) {
  std::string names;
  for (int i = 0; i <= static_cast<int>(last); ++i)
    names.append(i == 0 ? "" : ", ").append(to_string(static_cast<Value>(i)));
  return names;
}

template <typename Value>
std::vector<Value> named_values(const char* option, const Words& words,
                                std::optional<Value> (*named)(std::string_view),
                                Value last) {
  std::vector<Value> values;
  for (const std::string& word : words) {
    const auto value = named(word);
    if (!value) throw cannot_mean(option, word, "it must be one of " + names_up_to(last));
    values.push_back(*value);
  }
  return values;
}

std::optional<std::int64_t> moment(const char* option, const std::string& text,
                                   std::int64_t now_ns) {
  if (text.empty()) return {};
  const auto at = parse_time(text, now_ns);
  if (!at)
    throw cannot_mean(option, text,
                      std::string("it is no time; times are written ") + kTimeForms);
  return at;
}

std::optional<std::int64_t> duration(const char* option, const std::string& text) {
  if (text.empty()) return {};
  const auto ns = parse_duration(text);
  if (!ns)
    throw cannot_mean(option, text,
                      "it is no duration; durations are written 500ms, 2s, 1m30s");
  return ns;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1) return {};
  return value;
}

// N, N..M, N.. or ..M
Selection::Range call_range(const std::string& text) {
  const auto dots = text.find("..");
  const auto first = whole_number(std::string_view(text).substr(0, dots));
  if (dots == std::string::npos && first) return {*first, *first};
  if (dots != std::string::npos) {
    const std::string_view after = std::string_view(text).substr(dots + 2);
    const bool from_start = dots == 0, to_end = after.empty();
    const auto last = whole_number(after);
    if ((from_start || first) && (to_end || last) && !(from_start && to_end)) {
      const Selection::Range range{
          first.value_or(1), last.value_or(std::numeric_limits<std::int64_t>::max())};
      if (range.first <= range.last) return range;
    }
  }
  throw cannot_mean("--call", text, "calls are written 4711, 4711..4720 or 4711..");
}

void check_uuid(const std::string& text) {
  const auto digits = std::ranges::count_if(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
  const auto dashes = std::ranges::count(text, '-');
  if (digits != 32 || static_cast<std::size_t>(digits + dashes) != text.size())
    throw cannot_mean(
        "--uuid", text,
        "a UUID has 32 hexadecimal digits; `virsh domuuid GUEST` tells one");
}

void check_text(const std::string& text) {
  if (text.empty())
    throw cannot_mean("--grep", text, "every call has that; give a text to look for");
}

void check_xpath(const std::string& expression) {
  try {
    XmlPath{expression};
  } catch (const UsageError& error) {
    throw UsageError("--xpath " + std::string(error.what()));
  }
}

}  // namespace

SelectionOptions::SelectionOptions(CommandLine& line) {
  const auto words = [&line](const char* name, Words& into, const std::string& help) {
    return line.add_option(name, into, help).one_at_a_time().group("Selection");
  };
  const auto list = [&words](const char* name, Words& into, const std::string& help) {
    return words(name, into, help).split_at(',');
  };
  const auto text = [&line](const char* name, std::string& into,
                            const std::string& help) {
    return line.add_option(name, into, help).group("Selection");
  };
  list("--driver", drivers_, "qemu, lxc, network, ...; may be repeated, as all lists")
      .takes("NAME,...");
  words("--object", objects_, "Of this guest or network").takes("NAME");
  words("--uuid", uuids_, "Of the guest or network with this UUID").takes("UUID");
  list("--operation", operations_, "prepare, start, release, ...").takes("NAME,...");
  list("--outcome", outcomes_, names_up_to(Outcome::abandoned)).takes("NAME,...");
  list("--consequence", consequences_,
       "none, start-refused, start-undone, guest-killed, guest-forgotten,\n"
       "migration-refused, restore-refused, network-start-refused,\n"
       "port-refused, update-reported, ignored, unknown")
      .takes("NAME,...");
  words("--script", scripts_, "In which this script ran, as in qemu.d/10-bridge")
      .takes("NAME");
  text("--since", since_,
       "From this time on: 2026-11-22, '2026-11-22 08:09:56',\n"
       "2026-11-22T08:09:56Z, 08:09, today, yesterday, 7d, '2h ago'")
      .takes("TIME");
  text("--until", until_, "Before this time: `--until today` ends with yesterday")
      .takes("TIME");
  text("--slower-than", slower_than_, "That took longer: 500ms, 2s").takes("DURATION");
  words("--grep", texts_,
        "With this text in an input, an output or errors, letter for letter; in\n"
        "capitals or not, unless TEXT has a capital. Long texts are found fastest")
      .takes("TEXT");
  words(
      "--xpath", xpaths_,
      "With an input that has this: //hostdev, \"//source/@bridge='br0'\",\n"
      "\"/domain/vcpu > 4\", \"//source[contains(@file, '/srv/')]\"; all of XPath 1.0.\n"
      "Every XML is read for it: --since, --object or --last make it faster")
      .takes("EXPR");
  list("--call", calls_, "By number: 4711, 4711..4720, 4711..").takes("N,N..M");
  words("--host", hosts_, "Of this host").takes("NAME");
  list("--origin", origins_, "Called by: " + names_up_to(Origin::other))
      .takes("NAME,...");
  text("--last", last_, "The newest N of these, or all").takes("N|all");
}

bool SelectionOptions::any() const {
  const auto given = [](const auto&... values) { return (!values.empty() || ...); };
  return given(drivers_, objects_, uuids_, operations_, outcomes_, consequences_,
               scripts_, calls_, hosts_, origins_, texts_, xpaths_, since_, until_,
               slower_than_, last_);
}

Selection SelectionOptions::selection(std::int64_t now_ns) const {
  Selection selection;
  selection.drivers = drivers_;
  selection.objects = objects_;
  std::ranges::for_each(uuids_, check_uuid);
  selection.uuids = uuids_;
  selection.operations = operations_;
  selection.scripts = scripts_;
  selection.hosts = hosts_;
  std::ranges::for_each(texts_, check_text);
  selection.texts = texts_;
  std::ranges::for_each(xpaths_, check_xpath);
  selection.xpaths = xpaths_;
  selection.outcomes =
      named_values("--outcome", outcomes_, outcome_named, Outcome::abandoned);
  selection.consequences = named_values("--consequence", consequences_, consequence_named,
                                        Consequence::unknown);
  selection.origins = named_values("--origin", origins_, origin_named, Origin::other);
  for (const std::string& text : calls_) selection.calls.push_back(call_range(text));
  selection.since_ns = moment("--since", since_, now_ns);
  selection.until_ns = moment("--until", until_, now_ns);
  if (selection.since_ns && selection.until_ns &&
      *selection.since_ns >= *selection.until_ns)
    throw cannot_mean("--until", until_,
                      "it is not after --since '" + visible(since_) + "'");
  selection.slower_than_ns = duration("--slower-than", slower_than_);
  if (!last_.empty() && last_ != "all") {
    selection.last = whole_number(last_);
    if (!selection.last)
      throw cannot_mean("--last", last_, "it must be a number from 1 on, or all");
  }
  return selection;
}

}  // namespace hookjournal
