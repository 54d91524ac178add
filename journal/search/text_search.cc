#include "journal/search/text_search.h"

#include <algorithm>

#include "journal/search/gram_filter.h"
#include "journal/search/search_index.h"

namespace hookjournal {

namespace {

constexpr int kStreams = 3;
// A journal that claims more blobs is damaged; those beyond are looked at each time.
constexpr std::int64_t kMostBlobs = std::int64_t{1} << 30;

}  // namespace

TextSearch::TextSearch(Database& db, const std::vector<std::string>& texts, Extent extent)
    : db_(db),
      blobs_(db),
      patterns_(texts.begin(), texts.end()),
      known_(static_cast<std::size_t>(std::clamp(db.number("select max(id) from blobs"),
                                                 std::int64_t{0}, kMostBlobs)) +
             1),
      runs_(db.prepare("select stdin, stdout, stderr from script_runs where call = ?")) {
  const std::vector<std::int64_t> possible = ask_index();
  if (extent == Extent::few_calls) return;
  note_calls();
  if (extent == Extent::all_hits) look_at_all(possible);
}

// Returns the blobs in blocks that may match, block by block.
std::vector<std::int64_t> TextSearch::ask_index() {
  std::vector<std::int64_t> possible;
  for_each_search_block(db_, [&](const SearchBlock& block) {
    if (std::ranges::any_of(patterns_, [&block](const TextPattern& pattern) {
          return may_hold(block.filter, pattern.text());
        })) {
      possible.insert(possible.end(), block.blobs.begin(), block.blobs.end());
      return;
    }
    for (const std::int64_t blob : block.blobs)
      if (static_cast<std::size_t>(blob) < known_.size())
        known_[static_cast<std::size_t>(blob)] = Known::absent;
  });
  return possible;
}

// One pass over the runs as they lie on the disk is much faster than one look for the
// runs of each call.
void TextSearch::note_calls() {
  calls_noted_ = true;
  auto runs = db_.prepare("select call, stdin, stdout, stderr from script_runs");
  while (runs.next()) {
    bool possible = false;
    for (int column = 1; column <= kStreams; ++column) {
      if (runs.is_null(column)) continue;
      const auto blob = static_cast<std::size_t>(runs.int64(column));
      if (blob < known_.size() && known_[blob] == Known::absent) continue;
      if (blob < known_.size()) known_[blob] = Known::wanted;
      possible = true;
    }
    if (possible) calls_.push_back(runs.int64(0));
  }
  std::ranges::sort(calls_);
}

// Guest by guest, as blocks are, blobs unpack faster than call by call. Of those in a
// block some may be gone.
void TextSearch::look_at_all(const std::vector<std::int64_t>& in_blocks) {
  for (const std::int64_t blob : in_blocks)
    if (static_cast<std::size_t>(blob) < known_.size() &&
        known_[static_cast<std::size_t>(blob)] == Known::wanted)
      holds(blob);
}

bool TextSearch::finds(std::int64_t call) {
  if (calls_noted_ && !std::ranges::binary_search(calls_, call)) return false;
  bool found = false;
  runs_.bind(1, call);
  while (runs_.next())
    for (int stream = 0; stream < kStreams; ++stream)
      found = found || (!runs_.is_null(stream) && holds(runs_.int64(stream)));
  return found;
}

bool TextSearch::holds(std::int64_t blob) {
  const auto place = static_cast<std::size_t>(blob);
  if (place >= known_.size()) return look_at(blob);
  Known& known = known_[place];
  if (known == Known::nothing || known == Known::wanted)
    known = look_at(blob) ? Known::present : Known::absent;
  return known == Known::present;
}

bool TextSearch::look_at(std::int64_t blob) {
  const std::string bytes = blobs_.load(blob);
  return std::ranges::any_of(
      patterns_, [&bytes](const TextPattern& pattern) { return pattern.in(bytes); });
}

}  // namespace hookjournal
