#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hookjournal {

// Which runs of four bytes stand in some texts, in little room: a text that is looked for
// stands in none of them when one of its own runs does not. Letters of ASCII count in
// either case as one.
//
// As it is kept: a bit for each run, at its hash modulo the number of bits, a power of
// two. Few enough bits are set that a run which is in none of the texts is mostly told
// so.
class GramFilter {
 public:
  GramFilter();

  void add(std::string_view text);
  std::size_t grams() const { return grams_; }  // different ones, nearly

  // Leaves this empty.
  std::string take();

 private:
  std::vector<std::uint64_t> bits_;
  std::size_t grams_ = 0;
};

// False: none of the texts that went into `filter` holds `text`. A text shorter than a
// run may be anywhere.
bool may_hold(std::string_view filter, std::string_view text);

}  // namespace hookjournal
