#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace hookjournal {

// A place of a journal that is not as it should be.
struct Damage {
  enum class Place { file, schema, settings, event, blob, call, anchor, search };
  Place place = Place::file;
  std::int64_t id = 0;  // of the event, blob, call or row of the search index; else 0
  std::string what;     // a sentence without its full stop
};
constexpr const char* to_string(Damage::Place place) {
  constexpr const char* kNames[] = {"file", "schema", "settings", "event",
                                    "blob", "call",   "anchor",   "search"};
  return kNames[static_cast<int>(place)];
}

// The first places, and how many there are: a file of noise is not listed byte by byte.
class DamageList {
 public:
  static constexpr std::size_t kMostListed = 20;

  void add(Damage damage) {
    ++count_;
    if (listed_.size() < kMostListed) listed_.push_back(std::move(damage));
  }
  void add_all(const DamageList& other) {
    for (const Damage& damage : other.listed_) add(damage);
    count_ += other.count_ - other.listed_.size();
  }
  // So many that nobody looked at one by one.
  void add_unlisted(std::size_t count) { count_ += count; }
  const std::vector<Damage>& listed() const { return listed_; }
  std::size_t count() const { return count_; }

 private:
  std::vector<Damage> listed_;
  std::size_t count_ = 0;
};

}  // namespace hookjournal
