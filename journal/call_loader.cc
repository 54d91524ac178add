#include "journal/call_loader.h"

#include <algorithm>

#include "engine/libvirt_message.h"
#include "journal/context_codec.h"
#include "journal/facts_codec.h"
#include "journal/tree_store.h"

namespace hookjournal {

CallLoader::CallLoader(Database& db, BlobStore& blobs)
    : blobs_(blobs),
      call_(db.prepare("select uuid, at_ns, driver, object, object_uuid, operation, "
                       "suboperation, extra,"
                       " outcome, origin, elapsed_ns, tree from calls where id = ?")),
      runs_(
          db.prepare("select r.id, r.outcome, r.within, s.at_ns, s.body, e.at_ns, e.body"
                     " from script_runs r join events s on s.id = r.id"
                     " left join events e on e.id = r.end_event where r.call = ? order "
                     "by r.at_ns, r.id")),
      neighbours_(db, blobs) {}

std::optional<CallRecord> CallLoader::load(std::int64_t id) {
  call_.bind(1, id);
  if (!call_.next()) return {};
  CallRecord call;
  call.id = id;
  call.uuid = uuid_text(call_.bytes(0));
  call.at_ns = call_.int64(1);
  call.driver = call_.text(2);
  call.object = call_.text(3);
  call.object_uuid = uuid_text(call_.bytes(4));
  call.operation = call_.text(5);
  call.suboperation = call_.text(6);
  call.extra = call_.text(7);
  call.outcome = outcome_in_column(call_.int64(8));
  call.origin = static_cast<Origin>(std::clamp<std::int64_t>(call_.int64(9), 0, 3));
  call.elapsed_ns = call_.int64(10);
  const std::int64_t tree = call_.int64(11);
  call_.reset();
  if (tree != 0) call.tree = to_hex(blobs_.digest_of(tree));
  load_runs(call, tree);
  name_unrecorded(call);
  judge(call);
  return call;
}

void CallLoader::load_runs(CallRecord& call, std::int64_t tree) {
  runs_.bind(1, call.id);
  while (runs_.next()) {
    RunRecord run = run_from_events(call, call.runs.empty());
    const auto& digests = digests_of(tree);
    if (const auto known = digests.find(run.script); known != digests.end())
      run.script_sha256 = known->second;
    call.runs.push_back(std::move(run));
  }
}

RunRecord CallLoader::run_from_events(CallRecord& call, bool first) {
  RunRecord run;
  run.id = runs_.int64(0);
  run.outcome = outcome_in_column(runs_.int64(1));
  if (!runs_.is_null(2)) run.within = runs_.int64(2);

  DecodedStart start = decode_start(runs_.text(4), runs_.int64(3), &blobs_);
  run.uuid = uuid_text(start.facts.uuid);
  run.script = start.facts.script;
  run.at_ns = start.facts.at.wall_ns;
  run.spooled = start.facts.spooled;
  if (start.input) run.input = stored(start.input_blob, *start.input);
  if (first) {
    call.arguments = start.facts.arguments;
    call.planned = start.facts.planned;
    call.context = std::move(start.facts.context);
    call.host = host_of(call.context);
  }
  if (runs_.is_null(6)) return run;

  DecodedEnd end = decode_end(runs_.text(6), runs_.int64(5));
  run.ending = end.facts.ending;
  run.elapsed_ns = end.facts.elapsed_ns;
  run.held_open_ns = end.facts.held_open_ns;
  run.cpu_ns = end.facts.cpu_ns;
  run.max_rss_kib = end.facts.max_rss_kib;
  run.out = stored(end.out_blob, end.facts.out);
  run.err = stored(end.err_blob, end.facts.err);
  run.holders = std::move(end.facts.holders);
  run.signals = std::move(end.facts.signals);
  run.spooled = run.spooled || end.facts.spooled;
  if (!run.input && end.input) run.input = stored(end.input_blob, *end.input);
  return run;
}

StoredStream CallLoader::stored(std::int64_t blob, const KeptStream& told) {
  StoredStream stream;
  stream.blob = blob;
  stream.kept = static_cast<std::uint64_t>(blobs_.size_of(blob));
  stream.length = told.length + stream.kept;  // told: beyond what was kept
  stream.truncated = told.truncated;
  stream.redacted = told.redacted;
  if (blob != 0) stream.sha256 = to_hex(blobs_.digest_of(blob));
  return stream;
}

const std::map<std::string, std::string>& CallLoader::digests_of(std::int64_t tree) {
  if (tree == tree_) return tree_digests_;
  tree_ = tree;
  tree_digests_.clear();
  if (tree == 0) return tree_digests_;
  for (TreeEntry& entry : parse_tree(blobs_.load(tree)))
    if (entry.kind == TreeEntry::Kind::file)
      tree_digests_[std::move(entry.path)] = std::move(entry.digest);
  return tree_digests_;
}

// What libvirt was going to run and is not here. While one runs, those after it are to
// come.
void CallLoader::name_unrecorded(CallRecord& call) const {
  const bool running = call.outcome == Outcome::running;
  std::size_t last_recorded = 0;
  for (std::size_t i = 0; i < call.planned.size(); ++i) {
    const bool recorded = std::ranges::any_of(call.runs, [&](const RunRecord& run) {
      return !run.within && run.script == call.planned[i];
    });
    if (recorded)
      last_recorded = i;
    else
      call.unrecorded.push_back(call.planned[i]);
  }
  if (!running) return;
  std::erase_if(call.unrecorded, [&](const std::string& script) {
    const auto place = std::ranges::find(call.planned, script) - call.planned.begin();
    return static_cast<std::size_t>(place) > last_recorded;
  });
}

void CallLoader::judge(CallRecord& call) {
  if (call.outcome == Outcome::running || call.outcome == Outcome::abandoned) {
    call.consequence = Consequence::unknown;
    return;
  }
  const HookCall words{call.driver, call.object, call.operation, call.suboperation,
                       call.extra};
  Circumstances facts;
  facts.failed = call.outcome == Outcome::failed;
  if (is_filter(words) && !facts.failed) call.output_run = output_run(call);
  facts.has_output = call.output_run.has_value();
  if (facts.has_output) {
    call.output_judgement = judge_output(call, blobs_);
    facts.output_valid = call.output_judgement.valid();
  }
  if (facts.failed) facts.incoming = neighbours_.incoming(call);
  if (facts.failed && call.operation == "port-created")
    facts.port_is_new = neighbours_.port_is_new(call);
  call.consequence = consequence_of(words, facts);
}

// The last output that is not blank wins. What a nested run prints reaches libvirt only
// through the run that started it, if at all.
std::optional<std::size_t> CallLoader::output_run(const CallRecord& call) {
  for (std::size_t i = call.runs.size(); i-- > 0;) {
    const RunRecord& run = call.runs[i];
    if (!run.within && run.out.blob != 0 && !is_blank(blobs_.load(run.out.blob)))
      return i;
  }
  return {};
}

}  // namespace hookjournal
