#include "replay/comparison/text_comparison.h"

namespace hookjournal {

Lines split_lines(const std::string& text) {
  Lines lines;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = text.find('\n', at);
    Line line;
    line.raw = text.substr(at, end == std::string::npos ? end : end - at);
    lines.push_back(std::move(line));
    if (end == std::string::npos) {
      Line mark;
      mark.raw = "(no newline at the end)";
      lines.push_back(std::move(mark));
      break;
    }
    at = end + 1;
  }
  return lines;
}

TextDifferences compare_text(const Spot& spot, const Legs<const std::string*>& texts,
                             bool traced, Findings& findings) {
  if (*texts.first == *texts.second && *texts.first == *texts.candidate) return {};
  Legs<Lines> lines{split_lines(*texts.first), split_lines(*texts.second),
                    split_lines(*texts.candidate)};
  // Of files and the network, rules name paths and objects.
  if (spot.field == Field::err || spot.field == Field::out)
    drop_ignored(spot.field, lines, findings);
  const SequenceDifferences found =
      compare_sequences(lines.first, lines.second, lines.candidate,
                        {.scale = findings.scale, .traced = traced}, findings.masks);
  return {differences_of(spot, found.changed), differences_of(spot, found.noise)};
}

}  // namespace hookjournal
