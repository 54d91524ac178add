#include "journal/explain/ranking.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

namespace hookjournal {

namespace {

using Kind = SeenChange::Kind;
using Standing = SeenChange::Standing;

constexpr double kByChance = 0.01;
// A place that differs between every fifth pair of successes is no news.
constexpr double kRestless = 0.2;
// Pairs of successes beyond these tell nothing more about it.
constexpr std::size_t kMostPairs = 200;

// One call's facts, looked up when needed.
class Facts {
 public:
  Facts(CallFacts& facts, const ComparableCall& call) : facts_(facts), call_(call) {}

  const Values* values(Kind kind) const {
    if (kind == Kind::script) return facts_.tree(call_);
    return kind == Kind::environment ? facts_.environment(call_) : facts_.host(call_);
  }
  const XmlPlaces* xml() {
    if (!read_) xml_ = facts_.xml(call_);
    read_ = true;
    return xml_.get();
  }

 private:
  CallFacts& facts_;
  const ComparableCall& call_;
  bool read_ = false;
  std::shared_ptr<const XmlPlaces> xml_;
};

const std::vector<std::string>& at(const XmlPlaces& places, const std::string& place) {
  static const std::vector<std::string> kNone;
  const auto found = places.find(place);
  return found == places.end() ? kNone : found->second;
}

// Asks any call whether it has what the failing one has where `change` is. Nothing: that
// is not recorded.
class Question {
 public:
  virtual ~Question() = default;
  virtual std::optional<bool> has(Facts& call) const = 0;
};

// A file, a variable, a version.
class HasValue : public Question {
 public:
  HasValue(Kind kind, std::string name, std::optional<std::string> value)
      : kind_(kind), name_(std::move(name)), value_(std::move(value)) {}

  std::optional<bool> has(Facts& call) const override {
    const Values* values = call.values(kind_);
    if (values == nullptr) return {};
    const auto found = values->find(name_);
    return found == values->end() ? !value_ : value_ == found->second;
  }

 private:
  Kind kind_;
  std::string name_;
  std::optional<std::string> value_;
};

// These values in the XML.
class HasPlaces : public Question {
 public:
  explicit HasPlaces(XmlPlaces places) : places_(std::move(places)) {}

  std::optional<bool> has(Facts& call) const override {
    const XmlPlaces* xml = call.xml();
    if (xml == nullptr) return {};
    return std::ranges::all_of(places_, [xml](const auto& place) {
      return std::ranges::includes(at(*xml, place.first), place.second);
    });
  }

 private:
  XmlPlaces places_;
};

// So many elements or attributes at a place of the XML.
class HasCount : public Question {
 public:
  HasCount(std::string place, std::size_t count, bool or_more)
      : place_(std::move(place)), count_(count), or_more_(or_more) {}

  std::optional<bool> has(Facts& call) const override {
    const XmlPlaces* xml = call.xml();
    if (xml == nullptr) return {};
    const std::size_t count = at(*xml, place_).size();
    return or_more_ ? count >= count_ : count == count_;
  }

 private:
  std::string place_;
  std::size_t count_;
  bool or_more_;
};

// The places of an element that was added, as they stand in the whole document.
XmlPlaces places_of_added(const XmlDifference& difference, const ComparableCall& call) {
  const std::string place = place_of_path(difference.path);
  const auto identity = [&call](std::string value) {
    return without_identity(std::move(value), call.object, call.object_uuid);
  };
  if (place.find("/@") != std::string::npos)
    return {{place, {identity(difference.after)}}};
  const auto fragment = places_of(difference.after);
  if (!fragment) return {{place, {}}};
  const std::string parent = place.substr(0, place.rfind('/'));
  XmlPlaces places;
  for (const auto& [below, values] : *fragment) {
    std::vector<std::string>& masked = places[parent + below];
    for (const std::string& value : values) masked.push_back(identity(value));
    std::ranges::sort(masked);
  }
  return places;
}

using Questions = std::vector<std::pair<std::unique_ptr<Question>, bool>>;

void ask_about_xml(Questions& questions, const XmlDifference& difference,
                   const ComparableCall& call, Facts& own) {
  const std::string place = place_of_path(difference.path);
  const std::size_t count = own.xml() == nullptr ? 0 : at(*own.xml(), place).size();
  switch (difference.kind) {
    case XmlDifference::Kind::changed:
      questions.emplace_back(
          std::make_unique<HasPlaces>(XmlPlaces{
              {place,
               {without_identity(difference.after, call.object, call.object_uuid)}}}),
          false);
      return;
    case XmlDifference::Kind::added:
      questions.emplace_back(
          std::make_unique<HasPlaces>(places_of_added(difference, call)), false);
      questions.emplace_back(std::make_unique<HasCount>(place, count, true), true);
      return;
    case XmlDifference::Kind::removed:
      questions.emplace_back(std::make_unique<HasCount>(place, count, false), true);
      return;
    case XmlDifference::Kind::moved:
      return;  // the order of elements is not counted
  }
}

// The second: whether it asks about presence only.
Questions questions_about(const SeenChange& change, const ComparableCall& call,
                          Facts& own) {
  Questions questions;
  if (change.xml) {
    ask_about_xml(questions, *change.xml, call, own);
    return questions;
  }
  std::optional<std::string> value;
  if (change.file && change.file->after) value = file_value(*change.file->after);
  // An unknown host value is an empty one, not a missing one.
  if (change.value)
    value = change.kind == Kind::environment ? change.value->after
                                             : change.value->after.value_or("");
  questions.emplace_back(
      std::make_unique<HasValue>(change.kind, name_of(change), std::move(value)), false);
  return questions;
}

// One way to count a change.
struct Counted {
  SeenChange* change;
  std::unique_ptr<Question> question;
  bool presence_only;
  Share failures, successes, own_successes;
};

void count(Share& share, const Question& question, Facts& call) {
  const auto has = question.has(call);
  if (!has) return;
  ++share.of;
  if (*has) ++share.with;
}

// How often places of the XML differ between calls that both succeeded: of one guest in a
// row where the failing call is compared with its own past, else of different ones.
class Unrest {
 public:
  Unrest(std::vector<SeenChange>& changes, bool same_guest) : same_guest_(same_guest) {
    for (SeenChange& change : changes)
      if (change.xml) watched_.emplace_back(&change, place_of_path(change.xml->path));
  }

  // Successes come newest first.
  void see(const ComparableCall& call, const XmlPlaces* xml) {
    if (xml == nullptr || watched_.empty() || pairs_ == kMostPairs) return;
    Seen now;
    for (const auto& [change, place] : watched_) now.push_back(at(*xml, place));
    const std::string key = same_guest_ ? call.object : "";
    const auto before = last_.find(key);
    if (before != last_.end() && (same_guest_ || before->second.first != call.object)) {
      ++pairs_;
      for (std::size_t i = 0; i < watched_.size(); ++i) {
        Share& unrest = watched_[i].first->unrest;
        ++unrest.of;
        if (before->second.second[i] != now[i]) ++unrest.with;
      }
    }
    last_.insert_or_assign(key, std::pair(call.object, std::move(now)));
  }

 private:
  using Seen = std::vector<std::vector<std::string>>;
  bool same_guest_;
  std::vector<std::pair<SeenChange*, std::string>> watched_;
  std::map<std::string, std::pair<std::string, Seen>> last_;
  std::size_t pairs_ = 0;
};

// That so many failures or more would have it, had they it as often as successes do.
double chance(const Share& failures, const Share& successes) {
  const double share =
      (static_cast<double>(successes.with) + 1) / (static_cast<double>(successes.of) + 2);
  const double n = static_cast<double>(failures.of);
  double sum = 0;
  for (std::size_t k = failures.with; k <= failures.of; ++k) {
    const double hits = static_cast<double>(k);
    sum +=
        std::exp(std::lgamma(n + 1) - std::lgamma(hits + 1) - std::lgamma(n - hits + 1) +
                 hits * std::log(share) + (n - hits) * std::log1p(-share));
  }
  return sum;
}

double separation(const Share& failures, const Share& successes, const Share& own) {
  const double of_all = failures.fraction() - successes.fraction();
  const double mean =
      own.of == 0 ? of_all : (of_all + failures.fraction() - own.fraction()) / 2;
  // A call that failed without it speaks against it more than one that succeeded with it:
  // guests differ in what they bear.
  return mean * failures.fraction() * failures.fraction();
}

// Weights that are as good as equal are: a call more or less in between is accident.
long steps(double weight) { return std::lround(weight * 100); }

bool beyond_chance(const SeenChange& change, std::size_t failing_guests) {
  if (change.failures.with == 0 || change.weight <= 0) return false;
  if (change.successes.with == 0) return true;
  if (chance(change.failures, change.successes) <= kByChance) return true;
  // Of one guest nothing would be learnt: what changed since its last success, none of
  // its successes has.
  return failing_guests > 1 && change.own_successes.of > 0 &&
         chance(change.failures, change.own_successes) <= kByChance;
}

void judge(SeenChange& change, std::size_t failing_guests) {
  // A value that all failures of several guests have is no accident, wherever it stands.
  const bool common = failing_guests > 1 && change.failures.with == change.failures.of;
  const double unrest = common ? 0 : change.unrest.fraction();
  change.weight =
      separation(change.failures, change.successes, change.own_successes) * (1 - unrest);
  if (unrest >= kRestless)
    change.standing = Standing::restless;
  else if (beyond_chance(change, failing_guests))
    change.standing = Standing::separates;
  else
    change.standing = Standing::shared;
}

void take_best(std::vector<Counted>& ways) {
  for (Counted& way : ways) {
    SeenChange& change = *way.change;
    const bool first = change.failures.of == 0;
    if (!first && separation(way.failures, way.successes, way.own_successes) <=
                      separation(change.failures, change.successes, change.own_successes))
      continue;
    change.failures = way.failures;
    change.successes = way.successes;
    change.own_successes = way.own_successes;
    change.presence_only = way.presence_only;
  }
}

}  // namespace

void rank(std::vector<SeenChange>& changes, const ComparableCalls& calls,
          CallFacts& facts, bool same_guest) {
  Facts own(facts, calls.call);
  std::vector<Counted> ways;
  for (SeenChange& change : changes)
    for (auto& [question, presence_only] : questions_about(change, calls.call, own))
      ways.push_back({&change, std::move(question), presence_only, {}, {}, {}});

  Unrest unrest(changes, same_guest);
  for (const ComparableCall& call : calls.failures) {
    Facts one(facts, call);
    for (Counted& way : ways) count(way.failures, *way.question, one);
  }
  const bool any_xml =
      std::ranges::any_of(changes, [](const SeenChange& change) { return !!change.xml; });
  for (const ComparableCall& call : calls.successes) {
    Facts one(facts, call);
    for (Counted& way : ways) {
      count(way.successes, *way.question, one);
      if (call.of_failing) count(way.own_successes, *way.question, one);
    }
    if (any_xml) unrest.see(call, one.xml());
  }
  take_best(ways);
  for (SeenChange& change : changes) judge(change, calls.failing_guests);
  std::ranges::stable_sort(changes, [](const SeenChange& one, const SeenChange& other) {
    return std::tuple(one.standing, -steps(one.weight), one.kind) <
           std::tuple(other.standing, -steps(other.weight), other.kind);
  });
}

}  // namespace hookjournal
