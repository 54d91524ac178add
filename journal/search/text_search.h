#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "journal/blob_store.h"
#include "journal/database.h"
#include "journal/search/text_pattern.h"

namespace hookjournal {

// Tells which calls have an input, output or errors that hold one of some texts. Asks the
// index which blobs cannot, and looks at the others, each once.
class TextSearch {
 public:
  // How the calls will be asked about: a few; all, of which only the first hits may
  // matter; or all to the last.
  enum class Extent { few_calls, first_hits, all_hits };

  // `db` outlives the search, which is of the snapshot it is made in.
  TextSearch(Database& db, const std::vector<std::string>& texts, Extent extent);

  bool finds(std::int64_t call);

 private:
  enum class Known : std::uint8_t { nothing, wanted, absent, present };

  std::vector<std::int64_t> ask_index();
  void note_calls();
  void look_at_all(const std::vector<std::int64_t>& in_blocks);
  bool holds(std::int64_t blob);
  bool look_at(std::int64_t blob);

  Database& db_;
  BlobStore blobs_;
  std::vector<TextPattern> patterns_;
  std::vector<Known> known_;  // by blob
  bool calls_noted_ = false;
  std::vector<std::int64_t> calls_;  // ascending: those whose blobs are not all absent
  Statement runs_;
};

}  // namespace hookjournal
