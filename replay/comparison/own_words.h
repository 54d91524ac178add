#pragma once

#include <string>
#include <unordered_set>

#include "replay/comparison/difference.h"

namespace hookjournal {

// The numbers, addresses and ids that a call brings itself. A change in which only they
// are other ones is the same change in another guest; a change that brings new ones is
// another change: whoever accepts that port 2222 becomes 2223 has not accepted 22.
class OwnWords {
 public:
  OwnWords(const HookCall& call, const std::string& object_uuid);

  // What the old scripts made of the call is its own as well: an address that stands in a
  // script for one guest and is in a rule of it already.
  void add_old(const ObservedCall& call);
  void add_old(const Remains& remains);

  bool of_call(std::string_view token) const { return has(call_, token); }
  bool known(std::string_view token) const { return of_call(token) || has(old_, token); }

 private:
  using Words = std::unordered_set<std::string>;
  static bool has(const Words& words, std::string_view token) {
    return words.contains(std::string(token));
  }
  static void add(Words& words, const std::string& text);
  void add_files(const std::vector<FileChange>& files);
  void add_network(const std::vector<NetworkChange>& network);

  Words call_, old_;
};

}  // namespace hookjournal
