#include "journal/asking/following.h"

#include <sys/stat.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/error.h"
#include "journal/database.h"

namespace hookjournal {

namespace {

// Between two scripts of a call libvirt takes milliseconds; after this the missing ones
// are not recorded.
constexpr std::int64_t kSettleNs = 500'000'000;

std::string uuid_of(JournalReader& journal) {
  auto row = journal.database().prepare(
      "select hex(value) from settings where key = 'journal_uuid'");
  return row.next() ? row.text(0) : "";
}

std::int64_t newest_event(JournalReader& journal) {
  return journal.database().number("select max(id) from events");
}

bool selects(JournalReader& journal, const Selection& selection, std::int64_t id) {
  const auto& ranges = selection.calls;
  if (!ranges.empty() &&
      std::ranges::none_of(ranges, [id](const Selection::Range& range) {
        return id >= range.first && id <= range.last;
      }))
    return false;
  Selection one = selection;
  one.calls = {{id, id}};
  return !journal.call_ids(one).empty();
}

}  // namespace

Following::Following(std::filesystem::path file, Selection selection,
                     std::int64_t running_after_ns)
    : file_(std::move(file)),
      selection_(std::move(selection)),
      last_(std::exchange(selection_.last, {})),
      running_after_ns_(running_after_ns) {
  place_ = place();
  journal_.emplace(file_);
  uuid_ = uuid_of(*journal_);
  seen_ = newest_event(*journal_);
  await_unfinished();
}

std::optional<Following::Place> Following::place() const {
  struct stat status {};
  if (::stat(file_.c_str(), &status) != 0) return {};
  return Place{status.st_dev, status.st_ino};
}

void Following::tell_last(const Visit& visit) {
  if (!last_) return;
  Selection newest = selection_;
  newest.last = last_;
  journal_->for_each_call(newest, [&](const CallRecord& call) {
    visit(call);
    // They may be newer than what was there at the start.
    for (const RunRecord& run : call.runs) seen_ = std::max(seen_, run.id);
    if (call.outcome == Outcome::running)
      awaited_[call.id].told = true;
    else
      awaited_.erase(call.id);
  });
}

void Following::look(std::int64_t now_ns, const Visit& visit) {
  open_if_replaced(now_ns);
  const bool time = due_ns_ && *due_ns_ <= now_ns;
  if (!changed() && !time) return;
  due_ns_.reset();
  await_new_calls();
  for (auto entry = awaited_.begin(); entry != awaited_.end();)
    entry = settle(entry->first, entry->second, now_ns, visit) ? awaited_.erase(entry)
                                                               : std::next(entry);
  looked_ns_ = now_ns;
}

void Following::open_if_replaced(std::int64_t now_ns) {
  const auto there = place();
  if (!there || there == place_) return;
  std::optional<JournalReader> fresh;
  try {
    fresh.emplace(file_);
  } catch (const Error&) {
    // It is being put there: what is read so far stays until it can be read.
    due(now_ns + kSettleNs);
    return;
  }
  journal_.reset();
  journal_.emplace(std::move(*fresh));
  place_ = there;
  version_ = -1;
  ++replaced_;
  const std::string uuid = uuid_of(*journal_);
  const bool same = uuid == uuid_ && newest_event(*journal_) >= seen_;
  uuid_ = uuid;
  if (same) return;  // a copy of it: go on where we were
  awaited_.clear();
  seen_ =
      journal_->database().number(("select max(id) from events where at_ns <= " +
                                   std::to_string(looked_ns_ != 0 ? looked_ns_ : now_ns))
                                      .c_str());
  await_unfinished();
}

bool Following::changed() {
  const std::int64_t version = journal_->database().number("pragma data_version");
  return std::exchange(version_, version) != version;
}

void Following::await_new_calls() {
  const std::int64_t newest = newest_event(*journal_);
  auto rows = journal_->database().prepare(
      "select call from script_runs where id > ? and id <= ?");
  rows.bind(1, seen_).bind(2, newest);
  while (rows.next()) awaited_.try_emplace(rows.int64(0));
  seen_ = newest;
}

void Following::await_unfinished() {
  auto rows =
      journal_->database().prepare("select call from script_runs where outcome = 2");
  while (rows.next()) awaited_.try_emplace(rows.int64(0));
}

bool Following::settle(std::int64_t id, Awaited& awaited, std::int64_t now_ns,
                       const Visit& visit) {
  const auto call = journal_->call(id);
  if (!call) return true;  // pruned
  if (call->outcome == Outcome::running) {
    awaited.whole_since_ns = 0;
    if (awaited.told) return false;
    if (now_ns < call->at_ns + running_after_ns_) {
      due(call->at_ns + running_after_ns_);
      return false;
    }
    awaited.told = true;
    if (selects(*journal_, selection_, id)) visit(*call);
    return false;
  }
  if (!call->unrecorded.empty() && call->outcome != Outcome::abandoned) {
    if (awaited.whole_since_ns == 0) awaited.whole_since_ns = now_ns;
    if (now_ns < awaited.whole_since_ns + kSettleNs) {
      due(awaited.whole_since_ns + kSettleNs);
      return false;
    }
  }
  if (selects(*journal_, selection_, id)) visit(*call);
  return true;
}

void Following::due(std::int64_t at_ns) {
  due_ns_ = std::min(due_ns_.value_or(at_ns), at_ns);
}

}  // namespace hookjournal
