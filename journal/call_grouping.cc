#include "journal/call_grouping.h"

#include <algorithm>

#include "engine/discovery.h"
#include "journal/context_codec.h"

namespace hookjournal {

namespace {

// Main file before the directory's scripts, these in byte order, as libvirt sorts them.
bool sorts_before(const std::string& one, const std::string& other) {
  const bool one_inside = one.find('/') != std::string::npos;
  const bool other_inside = other.find('/') != std::string::npos;
  if (one_inside != other_inside) return !one_inside;
  return one < other;
}

// Overlapping calls of one object and caller: more than these are not looked at.
constexpr std::int64_t kLookBack = 8;

// libvirt goes from one script to the next at once: after so long a pause a run is of
// another call like it, whose first runs are missing. Unless libvirt ran scripts between
// that are not recorded: nobody knows how long these took.
constexpr std::int64_t kPause = 60LL * 1'000'000'000;
constexpr std::int64_t kPauseOfOthers = 3600LL * 1'000'000'000;

bool follows_soon(const RunStarted& facts, const std::string& last, std::int64_t ended_at,
                  bool end_known) {
  const bool others = std::ranges::any_of(facts.planned, [&](const std::string& script) {
    return sorts_before(last, script) && sorts_before(script, facts.script);
  });
  return facts.at.wall_ns - ended_at <= (others || !end_known ? kPauseOfOthers : kPause);
}

}  // namespace

CallWords words_of(const RunStarted& facts) {
  const auto argument = [&facts](std::size_t i) {
    return i < facts.arguments.size() ? facts.arguments[i] : std::string("-");
  };
  return {place_of("/" + facts.script).driver, argument(0), argument(1), argument(2),
          argument(3)};
}

CallGrouping::CallGrouping(Database& db, BlobStore& blobs)
    : blobs_(blobs),
      run_by_uuid_(db, "select call from script_runs where uuid = ?"),
      calls_before_(
          db,
          "select id, context, operation, suboperation, extra from calls"
          " where object = ? and at_ns <= ? and driver = ? order by at_ns desc, id desc"
          " limit ?"),
      call_after_(
          db,
          "select id, context, operation, suboperation, extra from calls"
          " where object = ? and at_ns > ? and driver = ? order by at_ns, id limit ?"),
      last_run_(db,
                "select script, outcome, at_ns + elapsed_ns from script_runs"
                " where call = ? and at_ns <= ? and within is null"
                " order by at_ns desc, id desc limit 1"),
      next_run_(db,
                "select script from script_runs"
                " where call = ? and at_ns > ? and within is null"
                " order by at_ns, id limit 1"),
      first_run_(db,
                 "select script from script_runs"
                 " where call = ? and within is null order by at_ns, id limit 1") {}

bool CallGrouping::same_caller(std::int64_t one_context, std::int64_t other_context) {
  if (one_context == other_context) return true;
  const Context one = decode_context(blobs_.load(one_context));
  const Context other = decode_context(blobs_.load(other_context));
  return one.caller.process == other.caller.process && one.boot_id == other.boot_id &&
         one.machine_id == other.machine_id && one.host_name == other.host_name &&
         one.pid_namespace == other.pid_namespace;
}

std::int64_t CallGrouping::call_of(const RunStarted& facts, std::int64_t context) {
  if (!facts.within.empty()) {
    run_by_uuid_->bind_blob(1, facts.within);
    const std::int64_t call = run_by_uuid_->next() ? run_by_uuid_->int64(0) : 0;
    run_by_uuid_->reset();
    if (call != 0) return call;
  }
  const CallWords words = words_of(facts);
  // Nothing sorts before the main file.
  const bool main_file =
      facts.script.find('/') == std::string::npos && !is_scripts_directory(facts.script);
  if (const std::int64_t call = main_file ? 0 : before(facts, words, context))
    return call;
  // Only what was taken in late can find a later run of its call recorded already.
  return facts.spooled ? after(facts, words, context) : 0;
}

std::int64_t CallGrouping::before(const RunStarted& facts, const CallWords& words,
                                  std::int64_t context) {
  std::int64_t found = 0;
  calls_before_->bind(1, words.object).bind(2, facts.at.wall_ns).bind(3, words.driver);
  calls_before_->bind(4, kLookBack);
  while (calls_before_->next()) {
    if (!same_caller(calls_before_->int64(1), context)) continue;
    // Another call of that object between.
    if (calls_before_->text(2) != words.operation ||
        calls_before_->text(3) != words.suboperation ||
        calls_before_->text(4) != words.extra)
      break;
    const std::int64_t call = calls_before_->int64(0);
    last_run_->bind(1, call).bind(2, facts.at.wall_ns);
    const bool known = last_run_->next();
    const std::string last = known ? last_run_->text(0) : "";
    const bool ended = known && last_run_->int64(1) != 2;
    const bool end_known = known && last_run_->int64(1) != 3;  // else its start stands in
    const std::int64_t ended_at = known ? last_run_->int64(2) : 0;
    last_run_->reset();
    // A call still inside one of its scripts cannot begin the next: two calls overlap,
    // and this run belongs to the other.
    if (!ended || ended_at > facts.at.wall_ns) continue;
    if (sorts_before(last, facts.script) &&
        follows_soon(facts, last, ended_at, end_known) && sorts_before_next(facts, call))
      found = call;
    break;
  }
  calls_before_->reset();
  return found;
}

// What was taken in late may have its place between two runs.
bool CallGrouping::sorts_before_next(const RunStarted& facts, std::int64_t call) {
  if (!facts.spooled) return true;
  next_run_->bind(1, call).bind(2, facts.at.wall_ns);
  const bool fits = !next_run_->next() || sorts_before(facts.script, next_run_->text(0));
  next_run_->reset();
  return fits;
}

std::int64_t CallGrouping::after(const RunStarted& facts, const CallWords& words,
                                 std::int64_t context) {
  std::int64_t found = 0;
  call_after_->bind(1, words.object).bind(2, facts.at.wall_ns).bind(3, words.driver);
  call_after_->bind(4, kLookBack);
  while (call_after_->next()) {
    if (!same_caller(call_after_->int64(1), context)) continue;
    if (call_after_->text(2) != words.operation ||
        call_after_->text(3) != words.suboperation || call_after_->text(4) != words.extra)
      break;
    const std::int64_t call = call_after_->int64(0);
    first_run_->bind(1, call);
    if (first_run_->next() && sorts_before(facts.script, first_run_->text(0)))
      found = call;
    first_run_->reset();
    break;
  }
  call_after_->reset();
  return found;
}

}  // namespace hookjournal
