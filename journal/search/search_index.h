#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/blob_store.h"
#include "journal/database.h"

namespace hookjournal {

// Helps to find texts in what scripts read and printed. Blobs of one guest, which are
// much alike, make a block; a row of `search_blocks` says which blobs are in it and
// (gram_filter.h) which texts cannot be. Blobs without a block are looked through when
// something is searched. A row that is not as it was written is not believed, so that the
// index never hides what is there. `compact` and `maintain` make it; hooks know nothing
// of it.
struct SearchBlock {
  std::int64_t id = 0;
  std::vector<std::int64_t> blobs;  // ascending
  std::string_view filter;          // until the next
};

// Visits the blocks that are whole; returns the ids of those that are not.
std::vector<std::int64_t> for_each_search_block(
    Database& db, const std::function<void(const SearchBlock&)>& visit);

// A stream kept in the journal, and whose it is: those of one owner are much alike.
struct OwnedBlob {
  std::string owner;
  std::int64_t blob;
};

// Makes blocks of those of `streams` (by owner, each blob once) that are in none, drops
// blocks of which little is left, in short transactions. Returns how many blobs it added.
// Nobody else may remove or change blobs meanwhile (keeping_lock.h).
std::int64_t extend_search_index(Database& db, BlobStore& blobs,
                                 const std::vector<OwnedBlob>& streams);

// Nothing is left of what the index knew of these blobs. In the transaction that gives
// them other content.
void forget_in_search_index(Database& db, std::vector<std::int64_t> blobs);

}  // namespace hookjournal
