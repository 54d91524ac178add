#include "cli/asking/verdict_text.h"

#include <algorithm>
#include <optional>
#include <variant>

#include "cli/escape.h"
#include "engine/libvirt_message.h"
#include "engine/xml/domain_schema.h"
#include "engine/xml/strict_xml.h"
#include "engine/xml/xml_difference.h"

namespace hookjournal {

namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

// A filter changes a few places; one that changes all is better read with `cat`.
constexpr std::size_t kMostTold = 40;
constexpr std::size_t kLongestValue = 200;

std::string shown(const std::string& value) {
  std::string text = visible(value.substr(0, kLongestValue));
  if (value.size() > kLongestValue) text += "...";
  return text;
}

std::string words_of(const XmlDifference& difference) {
  const std::string path = visible(difference.path);
  switch (difference.kind) {
    case XmlDifference::Kind::added:
      return path + ": " + shown(difference.after);
    case XmlDifference::Kind::removed:
      return path + ": " + shown(difference.before);
    case XmlDifference::Kind::moved:
      return path + ": was number " + difference.before;
    case XmlDifference::Kind::changed:
      break;
  }
  const auto quoted = [](const std::string& value) { return "'" + shown(value) + "'"; };
  return path + ": " + quoted(difference.before) + " -> " + quoted(difference.after);
}

// The names are given once for a run of lines of one kind.
void tell(Lines& lines, const std::string& name, const std::vector<std::string>& values) {
  for (std::size_t i = 0; i < std::min(values.size(), kMostTold); ++i)
    lines.emplace_back(i == 0 ? name : "", values[i]);
  if (values.size() > kMostTold)
    lines.emplace_back("", "... " + std::to_string(values.size() - kMostTold) + " more");
}

void tell_unknown(Lines& lines, const std::string& input, const std::string& output) {
  // What libvirt itself wrote it knows, whichever schemas there are.
  const auto written_by_libvirt = unknown_to_libvirt(input);
  std::vector<std::string> dropped;
  for (const std::string& path : unknown_to_libvirt(output))
    if (std::ranges::find(written_by_libvirt, path) == written_by_libvirt.end())
      dropped.push_back("libvirt does not know " + shown(path) + " and drops it");
  tell(lines, "warning", dropped);
}

void tell_changes(Lines& lines, const std::string& input, const std::string& output) {
  const auto differences = compare_xml(input, output);
  if (!differences) return;
  if (differences->empty()) {
    lines.emplace_back("changes", "nothing");
    return;
  }
  for (const auto kind : {XmlDifference::Kind::changed, XmlDifference::Kind::added,
                          XmlDifference::Kind::removed, XmlDifference::Kind::moved}) {
    std::vector<std::string> values;
    for (const XmlDifference& difference : *differences)
      if (difference.kind == kind) values.push_back(words_of(difference));
    tell(lines, std::string(to_string(kind)), values);
  }
}

}  // namespace

std::string verdict_words(const OutputJudgement& judgement) {
  const std::string word(to_string(judgement.verdict));
  return judgement.reason.empty() ? word : word + ": " + visible(judgement.reason);
}

std::vector<std::pair<std::string, std::string>> verdict_lines(JournalReader& journal,
                                                               const CallRecord& call) {
  const RunRecord* printer = call.printed_output();
  if (printer == nullptr) return {};
  Lines lines = {{"verdict", verdict_words(call.output_judgement)}};
  const auto& input = call.runs.front().input;
  if (printer->out.truncated || !input || input->truncated) return lines;
  const std::string before = as_c_string(journal.bytes(input->blob));
  const std::string after = as_c_string(journal.bytes(printer->out.blob));
  // Of what is not well-formed, a part would be compared.
  if (!std::holds_alternative<StrictElement>(parse_strictly(after))) return lines;
  if (call.output_judgement.verdict != OutputVerdict::invalid)
    tell_unknown(lines, before, after);
  tell_changes(lines, before, after);
  return lines;
}

}  // namespace hookjournal
