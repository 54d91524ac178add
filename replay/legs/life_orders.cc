#include "replay/legs/life_orders.h"

#include <algorithm>
#include <set>

#include "engine/error.h"
#include "journal/database.h"

namespace hookjournal {

namespace {

constexpr std::size_t kTreesKept = 4;  // of 8 MiB at most
constexpr std::size_t kMissingNamed = 3;

void note_missing(std::vector<std::string>& notes,
                  const std::vector<std::string>& missing) {
  for (std::size_t i = 0; i < std::min(missing.size(), kMissingNamed); ++i)
    notes.push_back("its old scripts lack " + missing[i]);
  if (missing.size() > kMissingNamed)
    notes.push_back("its old scripts lack " +
                    std::to_string(missing.size() - kMissingNamed) + " further files");
}

void note_record(std::vector<std::string>& notes, const CallRecord& call) {
  const RunRecord* first = first_run(call);
  if (first != nullptr && first->input && first->input->redacted > 0)
    notes.push_back("its input was redacted: " + std::to_string(first->input->redacted) +
                    (first->input->redacted == 1 ? " secret was" : " secrets were") +
                    " replaced before it was recorded");
  if (call.outcome == Outcome::abandoned)
    notes.push_back("its recorder died: how it ended is not known");
  for (const std::string& script : call.unrecorded)
    notes.push_back("its script " + script + " was not recorded");
  if (call.driver != "daemon" && !is_file_name(call.object))
    notes.push_back("its object's name is no file name: it has no definition file");
}

void note_begin(std::vector<std::string>& notes, ChosenLife::Begin begin) {
  if (begin == ChosenLife::Begin::midway)
    notes.push_back(
        "its lifecycle began before it: what the calls before it left is not there");
  if (begin == ChosenLife::Begin::new_scripts)
    notes.push_back(
        "the recorded scripts changed before it: what the calls before it left is not "
        "there");
}

}  // namespace

std::optional<LoadedCall> OrderSource::load(const ChosenLife& life, std::int64_t call) {
  try {
    auto record = journal_.call(call);
    if (!record) {
      leave_out_("no longer in the journal");
      return {};
    }
    return load_call(journal_, std::move(*record), chosen_.trees[life.tree].watchers);
  } catch (const DatabaseError&) {
    throw;
  } catch (const Error&) {
    leave_out_("its input or output is no longer in the journal");
    return {};
  }
}

std::shared_ptr<const ScriptsTree> OrderSource::tree(std::size_t index) {
  const auto known =
      std::ranges::find(trees_, index, [](const auto& entry) { return entry.first; });
  if (known != trees_.end()) return known->second;
  auto loaded = std::make_shared<const ScriptsTree>(
      plan_.baseline
          ? *plan_.baseline
          : tree_of_journal(journal_, chosen_.trees[index].digest, plan_.elsewhere()));
  trees_.emplace_back(index, loaded);
  if (trees_.size() > kTreesKept) trees_.pop_front();
  return loaded;
}

std::shared_ptr<const LifeSetup> OrderSource::setup(const ChosenLife& life,
                                                    const LoadedCall& first) {
  auto setup = std::make_shared<LifeSetup>();
  setup->baseline = tree(life.tree);
  setup->hooks_dir = first.record.context.hooks_dir;
  setup->host_name = first.record.context.host_name;
  setup->files = plan_.host_files;
  if (auto file = definition_file(first.call)) setup->files.push_back(std::move(*file));
  if (plan_.with_links) setup->links = links_of(life);
  setup->whole = life.whole;
  return setup;
}

// Of all its calls: a tap has no name yet when `prepare` is called.
NamedLinks OrderSource::links_of(const ChosenLife& life) {
  NamedLinks links;
  std::set<std::int64_t> seen;
  for (const std::int64_t id : life.calls) {
    const auto record = journal_.call(id);
    const RunRecord* first = record ? first_run(*record) : nullptr;
    if (first == nullptr || !first->input || !seen.insert(first->input->blob).second)
      continue;
    add_links({.input = journal_.bytes(first->input->blob)}, links);
  }
  return links;
}

std::vector<std::string> OrderSource::notes(const ChosenLife& life,
                                            const LoadedCall& call) const {
  std::vector<std::string> notes;
  if (call.record.id == life.calls.front()) note_begin(notes, life.begin);
  note_record(notes, call.record);
  note_missing(notes, chosen_.trees[life.tree].missing);
  return notes;
}

std::optional<ReplayOrder> LifeOrders::next() {
  const ChosenLife& life = source_.life(life_);
  while (!at_end()) {
    ReplayOrder order{.life = life_};
    order.call = source_.load(life, life.calls[next_++]);
    order.last = at_end();
    if (order.call) {
      order.notes = source_.notes(life, *order.call);
      if (!begun_) order.begin = source_.setup(life, *order.call);
      begun_ = true;
      return order;
    }
    // Its sandboxes are to be closed all the same.
    if (order.last && begun_) return order;
  }
  return {};
}

}  // namespace hookjournal
