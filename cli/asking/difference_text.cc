#include "cli/asking/difference_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "cli/call_words.h"
#include "cli/escape.h"
#include "cli/time_text.h"

namespace hookjournal {

namespace {

constexpr std::size_t kLongestValue = 200;
constexpr std::size_t kMostPlaces = 200;
constexpr std::size_t kMostLines = 400;

std::string shown(const std::string& value) {
  std::string text = visible(value.substr(0, kLongestValue));
  if (value.size() > kLongestValue) text += "...";
  return text;
}

std::string quoted(const std::string& value) { return "'" + shown(value) + "'"; }

class Writer {
 public:
  explicit Writer(Output& output) : output_(output) {}

  // Writes nothing but notes the name when there is nothing.
  bool part(std::string_view name, bool any) {
    if (!any) {
      same_ += (same_.empty() ? "" : ", ") + std::string(name);
      return false;
    }
    output_.text("\n" + std::string(name) + "\n", Style::heading);
    return true;
  }

  void values(std::string_view name, const std::vector<ValueChange>& changes) {
    if (!part(name, !changes.empty())) return;
    for (const ValueChange& change : changes) line(value_words(change));
  }

  void files(const CallDifference& difference) {
    if (!difference.trees_known) {
      part("scripts tree", true);
      return line("of one of the calls it was not recorded, so nothing can be said");
    }
    if (!part("scripts tree", !difference.files.empty())) return;
    for (const ScriptChange& change : difference.files) {
      line(file_words(change));
      if (!change.why_no_text.empty()) line("  " + change.why_no_text);
      write_text_change(output_, change.text, "    ", kMostLines);
    }
  }

  void input(const CallDifference& difference) {
    const bool any = !difference.xml.empty() || difference.input.has_value() ||
                     !difference.input_unknown.empty();
    if (!part("input", any)) return;
    for (const XmlDifference& place : difference.xml) {
      if (&place == difference.xml.data() + kMostPlaces) {
        line(fmt::format("... {} more places", difference.xml.size() - kMostPlaces));
        break;
      }
      line(xml_words(place));
    }
    if (difference.input) text(*difference.input);
    if (!difference.input_unknown.empty()) line(difference.input_unknown);
  }

  void runs(const CallDifference& difference) {
    const bool any = std::ranges::any_of(
        difference.runs, [](const RunChange& run) { return !run.same(); });
    if (!part("what the scripts did", any)) return;
    for (const RunChange& run : difference.runs)
      if (!run.same()) one_run(run);
  }

  void times(const CallRecord& before, const CallRecord& after,
             const CallDifference& difference) {
    part("times", true);
    line(fmt::format("{:<24} {} -> {}", "the call", elapsed_words(before, now().wall_ns),
                     elapsed_words(after, now().wall_ns)));
    const auto took = [](const std::optional<RunRecord>& run) {
      return run && run->ending ? duration_text(run->elapsed_ns) : std::string("-");
    };
    for (const RunChange& run : difference.runs)
      line(fmt::format("{:<24} {} -> {}", visible(run.script), took(run.before),
                       took(run.after)));
  }

  void finish() {
    if (!same_.empty()) output_.text("\nno difference: " + same_ + "\n", Style::faint);
  }

 private:
  void line(const std::string& text) { output_.text("  " + text + "\n"); }

  void text(const TextChange& change) {
    if (!change.whole) line("not all of it was kept; of what was:");
    write_text_change(output_, change.text, "    ", kMostLines);
  }

  void one_run(const RunChange& run) {
    const auto ending = [](const std::optional<RunRecord>& record) {
      return record ? short_ending(*record) : std::string("did not run");
    };
    const std::string one = ending(run.before), other = ending(run.after);
    line(visible(run.script) + ": " + (one == other ? one : one + " -> " + other));
    if (run.out) line("  stdout");
    if (run.out) text(*run.out);
    if (run.err) line("  stderr");
    if (run.err) text(*run.err);
  }

  Output& output_;
  std::string same_;
};

void write_head(Output& output, const CallRecord& call, std::string_view sign) {
  output.text(
      fmt::format("{} call {}: {}, {} {} {}, {}\n", sign, call.id,
                  local_time_text(call.at_ns), visible(call.driver), visible(call.object),
                  operation_words(call), to_string(call.outcome)),
      Style::heading);
}

}  // namespace

std::string xml_words(const XmlDifference& difference) {
  const std::string path = visible(difference.path);
  switch (difference.kind) {
    case XmlDifference::Kind::added:
      return path + " added: " + shown(difference.after);
    case XmlDifference::Kind::removed:
      return path + " removed: " + shown(difference.before);
    case XmlDifference::Kind::moved:
      return path + ": was number " + difference.before;
    case XmlDifference::Kind::changed:
      break;
  }
  return path + ": " + quoted(difference.before) + " -> " + quoted(difference.after);
}

std::string value_words(const ValueChange& change) {
  const std::string name = visible(change.name);
  if (!change.before) return name + " added: " + quoted(*change.after);
  if (!change.after) return name + " removed, was " + quoted(*change.before);
  return name + ": " + quoted(*change.before) + " -> " + quoted(*change.after);
}

std::string file_words(const ScriptChange& change) {
  const std::string path = visible(change.path);
  if (!change.before)
    return fmt::format("added {} (mode {:04o})", path, change.after->mode);
  if (!change.after) return "removed " + path;
  std::string text = "changed " + path;
  if (change.before->mode != change.after->mode)
    text +=
        fmt::format(" (mode {:04o} -> {:04o})", change.before->mode, change.after->mode);
  return text;
}

void write_text_change(Output& output, const std::string& text, const std::string& indent,
                       std::size_t most) {
  std::string_view rest = text;
  for (std::size_t count = 0; !rest.empty(); ++count) {
    if (count == most) {
      output.text(indent + "... and more\n", Style::faint);
      return;
    }
    const auto end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const Style style = line.starts_with('+')   ? Style::warning
                        : line.starts_with('-') ? Style::bad
                        : line.starts_with('@') ? Style::faint
                                                : Style::plain;
    output.text(indent);
    output.text(visible(line, Keep::lines), style);
    output.text("\n");
  }
}

void write_difference(Output& output, const CallRecord& before, const CallRecord& after,
                      const CallDifference& difference) {
  write_head(output, before, "-");
  write_head(output, after, "+");
  Writer writer(output);
  writer.values("call", difference.words);
  writer.files(difference);
  writer.input(difference);
  writer.values("environment", difference.environment);
  writer.values("host and versions", difference.host);
  writer.runs(difference);
  writer.times(before, after, difference);
  writer.finish();
}

}  // namespace hookjournal
