#include "engine/xml/xml_alignment.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace hookjournal {

namespace {

using Siblings = std::vector<const XmlTree*>;
using Places = std::vector<std::size_t>;

// Beyond this many comparisons, what is left is taken to be in order: no document of
// libvirt's comes near, and one that was made to should not keep a reader waiting.
constexpr std::size_t kMostComparisons = 4'000'000;

std::string attribute_of(const XmlTree& element, std::string_view name) {
  for (const auto& [key, value] : element.attributes)
    if (key == name) return value;
  return {};
}

std::string of_child(const XmlTree& element, std::string_view child,
                     std::string_view attribute) {
  for (const XmlTree& candidate : element.children)
    if (candidate.name == child) return attribute_of(candidate, attribute);
  return {};
}

std::string child_text(const XmlTree& element, std::string_view child) {
  for (const XmlTree& candidate : element.children)
    if (candidate.name == child) return candidate.text;
  return {};
}

// What tells one element from its siblings, the surest first; empty where it has none.
std::string alias(const XmlTree& e) { return of_child(e, "alias", "name"); }
std::string disk_name(const XmlTree& e) { return of_child(e, "target", "dev"); }
std::string mac(const XmlTree& e) { return of_child(e, "mac", "address"); }
std::string uuid(const XmlTree& e) { return child_text(e, "uuid"); }
std::string name(const XmlTree& e) { return attribute_of(e, "name"); }
std::string id(const XmlTree& e) { return attribute_of(e, "id"); }
std::string index(const XmlTree& e) {
  const std::string number = attribute_of(e, "index");
  return number.empty() ? "" : attribute_of(e, "type") + " " + number;
}
std::string channel(const XmlTree& e) { return of_child(e, "target", "name"); }
std::string folder(const XmlTree& e) { return of_child(e, "target", "dir"); }
std::string type(const XmlTree& e) { return attribute_of(e, "type"); }

using Key = std::string (*)(const XmlTree&);
constexpr Key kKeys[] = {alias, disk_name, mac, uuid, name, id, index, channel, folder};

class Aligner {
 public:
  Aligner(const Siblings& before, const Siblings& after)
      : before_(before), after_(after), partner_(before.size()), taken_(after.size()) {}

  XmlAlignment align() {
    for (const Key key : kKeys) by_key(key);
    equal_ones();
    by_key(type);
    similar_ones();
    return partner_;
  }

 private:
  void match(std::size_t one, std::size_t other) {
    partner_[one] = other;
    taken_[other] = true;
  }
  Places left_before() const {
    Places places;
    for (std::size_t i = 0; i < before_.size(); ++i)
      if (!partner_[i]) places.push_back(i);
    return places;
  }
  Places left_after() const {
    Places places;
    for (std::size_t i = 0; i < after_.size(); ++i)
      if (!taken_[i]) places.push_back(i);
    return places;
  }

  void by_key(Key key);
  void equal_ones();
  void similar_ones();
  template <typename Score>
  void in_order(const Places& ones, const Places& others, std::size_t comparisons,
                Score score);

  const Siblings& before_;
  const Siblings& after_;
  XmlAlignment partner_;
  std::vector<bool> taken_;
};

// A key that several have tells nothing.
void Aligner::by_key(Key key) {
  const Places ones = left_before(), others = left_after();
  if (ones.empty() || others.empty()) return;
  struct Holders {
    std::size_t ones = 0, others = 0, one = 0, other = 0;
  };
  std::map<std::string, Holders> holders;
  for (const std::size_t i : ones) {
    Holders& found = holders[key(*before_[i])];
    ++found.ones;
    found.one = i;
  }
  for (const std::size_t i : others) {
    Holders& found = holders[key(*after_[i])];
    ++found.others;
    found.other = i;
  }
  for (const auto& [value, found] : holders)
    if (!value.empty() && found.ones == 1 && found.others == 1)
      match(found.one, found.other);
}

// Pairs so that the sum of scores is greatest and no two pairs cross. 0: no pair.
template <typename Score>
void Aligner::in_order(const Places& ones, const Places& others, std::size_t comparisons,
                       Score score) {
  const std::size_t rows = ones.size(), columns = others.size();
  if (comparisons > kMostComparisons) {
    for (std::size_t i = 0; i < std::min(rows, columns); ++i)
      if (score(ones[i], others[i]) > 0) match(ones[i], others[i]);
    return;
  }
  // best[i][j]: of what begins at row i and column j.
  std::vector<std::vector<std::size_t>> best(rows + 1,
                                             std::vector<std::size_t>(columns + 1));
  std::vector<std::vector<std::size_t>> scores(rows, std::vector<std::size_t>(columns));
  for (std::size_t i = rows; i-- > 0;)
    for (std::size_t j = columns; j-- > 0;) {
      scores[i][j] = score(ones[i], others[j]);
      best[i][j] = std::max(best[i + 1][j], best[i][j + 1]);
      if (scores[i][j] > 0)
        best[i][j] = std::max(best[i][j], scores[i][j] + best[i + 1][j + 1]);
    }
  for (std::size_t i = 0, j = 0; i < rows && j < columns;) {
    if (scores[i][j] > 0 && best[i][j] == scores[i][j] + best[i + 1][j + 1])
      match(ones[i++], others[j++]);
    else if (best[i][j] == best[i + 1][j])
      ++i;
    else
      ++j;
  }
}

void Aligner::equal_ones() {
  Places ones = left_before(), others = left_after();
  const auto equal = [this](std::size_t one, std::size_t other) {
    return before_[one]->digest == after_[other]->digest;
  };
  // What both begin and end with, so that long lists with one change are not many pairs.
  std::size_t first = 0;
  while (first < std::min(ones.size(), others.size()) &&
         equal(ones[first], others[first])) {
    match(ones[first], others[first]);
    ++first;
  }
  ones.erase(ones.begin(), ones.begin() + static_cast<std::ptrdiff_t>(first));
  others.erase(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(first));
  while (!ones.empty() && !others.empty() && equal(ones.back(), others.back())) {
    match(ones.back(), others.back());
    ones.pop_back();
    others.pop_back();
  }
  in_order(ones, others, ones.size() * others.size(),
           [&equal](std::size_t one, std::size_t other) {
             return equal(one, other) ? std::size_t{1} : 0;
           });
}

std::size_t in_common(const XmlTree& one, const XmlTree& other) {
  std::size_t common = one.text == other.text && !one.text.empty() ? 1 : 0;
  for (const auto& attribute : one.attributes)
    if (std::ranges::find(other.attributes, attribute) != other.attributes.end())
      ++common;
  for (const XmlTree& child : one.children)
    if (std::ranges::find(other.children, child.digest, &XmlTree::digest) !=
        other.children.end())
      common += 2;
  return common;
}

bool named_differently(const XmlTree& one, const XmlTree& other) {
  return std::ranges::any_of(kKeys, [&](Key key) {
    const std::string first = key(one), second = key(other);
    return !first.empty() && !second.empty() && first != second;
  });
}

void Aligner::similar_ones() {
  const Places ones = left_before(), others = left_after();
  const auto parts = [](const Siblings& siblings, const Places& places) {
    std::size_t sum = 0;
    for (const std::size_t i : places)
      sum += 1 + siblings[i]->attributes.size() + siblings[i]->children.size();
    return sum;
  };
  // As many as before: taken to be the same ones, changed, though nothing in them agrees.
  const bool as_many = ones.size() == others.size();
  in_order(ones, others, parts(before_, ones) * parts(after_, others),
           [&](std::size_t one, std::size_t other) {
             const XmlTree &first = *before_[one], &second = *after_[other];
             const bool alike = as_many && !named_differently(first, second);
             return in_common(first, second) + (alike ? 1 : 0);
           });
}

}  // namespace

XmlAlignment align_siblings(const Siblings& before, const Siblings& after) {
  return Aligner(before, after).align();
}

}  // namespace hookjournal
