#include "cli/replay/selection_words.h"

#include <limits>
#include <string_view>

#include "cli/escape.h"
#include "cli/replay/change_words.h"
#include "cli/time_text.h"

namespace hookjournal {

namespace {

class Words {
 public:
  void add(std::string_view option, const std::string& value) {
    text_ += (text_.empty() ? "" : " ") + std::string(option) + " " + visible(value);
  }
  void add(std::string_view option, const std::vector<std::string>& values) {
    for (const std::string& value : values) add(option, value);
  }
  template <typename Value>
  void add_named(std::string_view option, const std::vector<Value>& values) {
    for (const Value value : values) add(option, std::string(to_string(value)));
  }
  std::string text() && { return text_.empty() ? "every call" : std::move(text_); }

 private:
  std::string text_;
};

std::string range_words(const Selection::Range& range) {
  std::string first = std::to_string(range.first);
  if (range.first == range.last) return first;
  const bool open = range.last == std::numeric_limits<std::int64_t>::max();
  return first + ".." + (open ? "" : std::to_string(range.last));
}

}  // namespace

std::string selection_words(const Selection& selection) {
  Words words;
  for (const auto& range : selection.calls) words.add("--call", range_words(range));
  words.add("--driver", selection.drivers);
  words.add("--object", selection.objects);
  words.add("--uuid", selection.uuids);
  words.add("--operation", selection.operations);
  words.add("--script", selection.scripts);
  words.add("--host", selection.hosts);
  words.add("--grep", selection.texts);
  words.add("--xpath", selection.xpaths);
  words.add_named("--outcome", selection.outcomes);
  words.add_named("--consequence", selection.consequences);
  words.add_named("--origin", selection.origins);
  if (selection.since_ns) words.add("--since", local_time_text(*selection.since_ns));
  if (selection.until_ns) words.add("--until", local_time_text(*selection.until_ns));
  if (selection.slower_than_ns)
    words.add("--slower-than", duration_text(*selection.slower_than_ns));
  if (selection.last) words.add("--last", std::to_string(*selection.last));
  return std::move(words).text();
}

std::string journal_words(JournalReader& journal) {
  const auto figures = journal.figures();
  if (figures.calls == 0) return "no call at all";
  std::string text = counted(figures.calls, "call");
  if (figures.last_call_ns)
    text += ", the newest of " + local_time_text(*figures.last_call_ns);
  return text;
}

}  // namespace hookjournal
