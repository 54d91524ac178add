#include "cli/asking/stream_text.h"

#include <algorithm>
#include <vector>

#include "cli/call_words.h"
#include "cli/escape.h"

namespace hookjournal {

namespace {

// A line of more bytes is cut: nobody reads on, and a terminal would be flooded.
constexpr std::size_t kLongestLine = 1000;

std::vector<std::string_view> lines_of(std::string_view bytes) {
  std::vector<std::string_view> lines;
  while (!bytes.empty()) {
    const auto end = std::min(bytes.find('\n'), bytes.size());
    lines.push_back(bytes.substr(0, end));
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
  }
  return lines;
}

void write_line(Output& output, std::string_view line, const std::string& indent) {
  output.text(indent);
  output.text("| ", Style::faint);
  output.text(visible(line.substr(0, kLongestLine), Keep::lines));
  if (line.size() > kLongestLine)
    output.text(" ... " + byte_count(line.size() - kLongestLine) + " more", Style::faint);
  output.text("\n");
}

}  // namespace

std::string stream_words(const StoredStream& stream) {
  if (stream.length == 0) return stream.truncated ? "end not seen" : "nothing";
  std::string text = byte_count(stream.length);
  if (stream.kept == 0)
    text += ", none of them kept";
  else if (stream.kept < stream.length)
    text += ", of which the first " + byte_count(stream.kept) + " were kept";
  else if (stream.truncated)
    text += ", and the end was not seen";
  if (stream.redacted > 0)
    text += ", " + std::to_string(stream.redacted) +
            (stream.redacted == 1 ? " secret" : " secrets") + " replaced";
  return text;
}

void write_excerpt(Output& output, std::string_view bytes, const Excerpt& excerpt,
                   const std::string& indent, const std::string& rest) {
  const auto lines = lines_of(bytes);
  // Leaving out a line or two would save nothing.
  const bool all = lines.size() <= excerpt.first + excerpt.last + 2;
  const std::size_t first = all ? lines.size() : excerpt.first;
  const std::size_t last = all ? 0 : excerpt.last;
  for (std::size_t i = 0; i < first; ++i) write_line(output, lines[i], indent);
  if (all) return;
  const std::size_t left_out = lines.size() - first - last;
  output.text(indent);
  output.text("... " + std::to_string(left_out) + " more lines: " + rest + "\n",
              Style::faint);
  for (std::size_t i = lines.size() - last; i < lines.size(); ++i)
    write_line(output, lines[i], indent);
}

}  // namespace hookjournal
