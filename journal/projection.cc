#include "journal/projection.h"

#include "journal/event_kind.h"

namespace hookjournal {

namespace {

constexpr std::int64_t kOk = 0, kFailed = 1;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// A blob or a run: none is 0.
void bind_or_null(Statement& statement, int index, std::int64_t id) {
  if (id == 0)
    statement.bind_null(index);
  else
    statement.bind(index, id);
}

void bind_or_null(Statement& statement, int index,
                  const std::optional<std::int64_t>& value) {
  if (value)
    statement.bind(index, *value);
  else
    statement.bind_null(index);
}

}  // namespace

std::string object_uuid(std::string_view xml) {
  constexpr std::string_view kTag = "<uuid>";
  const auto tag = xml.find(kTag);
  if (tag == std::string_view::npos) return {};
  std::string_view text = xml.substr(tag + kTag.size());
  text = text.substr(0, text.find('<'));
  std::string uuid;
  int high = -1;
  for (const char c : text) {
    if (c == '-' || c == ' ' || c == '\n' || c == '\t') continue;
    const int value = hex_value(c);
    if (value < 0) return {};
    if (high < 0) {
      high = value;
    } else {
      uuid += static_cast<char>(high * 16 + value);
      high = -1;
    }
  }
  return uuid.size() == 16 && high < 0 ? uuid : std::string();
}

Projection::Projection(Database& db, BlobStore& blobs)
    : db_(db),
      blobs_(blobs),
      grouping_(db, blobs),
      new_call_(db,
                "insert into calls (id, uuid, at_ns, driver, object, operation,"
                " suboperation, extra, outcome, origin, elapsed_ns, context, tree,"
                " object_uuid) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      new_run_(db,
               "insert into script_runs (id, call, uuid, script, at_ns, outcome,"
               " ending, ending_value, elapsed_ns, cpu_ns, end_event, within, stdin,"
               " stdout, stderr) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      run_by_uuid_(db, "select id from script_runs where uuid = ?"),
      end_run_(
          db,
          "update script_runs set outcome = ?, ending = ?, ending_value = ?, elapsed_ns "
          "= ?,"
          " cpu_ns = ?, end_event = ?, stdout = ?, stderr = ?, stdin = coalesce(stdin, ?)"
          " where id = ?"),
      die_(db,
           "update script_runs set outcome = 3, elapsed_ns = 0"
           " where id = ? and end_event is null"),
      call_of_run_(db, "select call from script_runs where id = ?"),
      refresh_(db,
               "update calls set (at_ns, elapsed_ns, outcome) ="
               " (select min(at_ns), max(at_ns + elapsed_ns) - min(at_ns),"
               "   case when max(outcome = 2) then 2 when max(outcome = 1) then 1"
               "        when max(outcome = 3) then 3 else 0 end"
               "  from script_runs where call = calls.id and within is null)"
               " where id = ?"),
      set_uuid_(db,
                "update calls set object_uuid = ?"
                " where id = ? and object_uuid is null") {}

Projection::End Projection::end_columns(std::int64_t event, const DecodedEnd& end) {
  const RunEnded& facts = end.facts;
  End columns{.outcome = succeeded(facts.ending) ? kOk : kFailed,
              .elapsed_ns = facts.elapsed_ns,
              .cpu_ns = facts.cpu_ns,
              .event = event,
              .out_blob = end.out_blob,
              .err_blob = end.err_blob,
              .input_blob = end.input_blob};
  if (const auto* exited = std::get_if<Exited>(&facts.ending)) {
    columns.kind = 0;
    columns.value = exited->code;
  } else if (const auto* signaled = std::get_if<Signaled>(&facts.ending)) {
    columns.kind = 1;
    columns.value = signaled->signal;
  } else {
    columns.kind = 2;
    columns.value = std::get<NotStarted>(facts.ending).error;
  }
  return columns;
}

void Projection::started(std::int64_t event, const DecodedStart& start) {
  add_run(event, start, {});
}

void Projection::whole(std::int64_t start_event, const DecodedStart& start,
                       std::int64_t end_event, const DecodedEnd& end) {
  add_run(start_event, start, end_columns(end_event, end));
}

void Projection::add_run(std::int64_t event, const DecodedStart& start, const End& end) {
  const RunStarted& facts = start.facts;
  std::int64_t call = grouping_.call_of(facts, start.context_blob);
  const std::int64_t within = facts.within.empty() ? 0 : run_with(facts.within);
  const bool first = call == 0;
  if (first) {
    call = event;
    add_call(event, start, end);
  }
  new_run_->bind(1, event).bind(2, call).bind_blob(3, facts.uuid).bind(4, facts.script);
  new_run_->bind(5, facts.at.wall_ns).bind(6, end.outcome);
  bind_or_null(*new_run_, 7, end.kind);
  bind_or_null(*new_run_, 8, end.value);
  new_run_->bind(9, end.elapsed_ns).bind(10, end.cpu_ns);
  bind_or_null(*new_run_, 11, end.event);
  bind_or_null(*new_run_, 12, within);
  bind_or_null(*new_run_, 13, start.input_blob != 0 ? start.input_blob : end.input_blob);
  bind_or_null(*new_run_, 14, end.out_blob);
  bind_or_null(*new_run_, 15, end.err_blob);
  new_run_->run();
  if (first) return;
  note_uuid(call, start.input_blob);
  note_uuid(call, end.input_blob);
  refresh(call);
}

void Projection::add_call(std::int64_t event, const DecodedStart& start, const End& end) {
  const RunStarted& facts = start.facts;
  const CallWords words = words_of(facts);
  new_call_->bind(1, event).bind_blob(2, facts.uuid).bind(3, facts.at.wall_ns);
  new_call_->bind(4, words.driver).bind(5, words.object).bind(6, words.operation);
  new_call_->bind(7, words.suboperation).bind(8, words.extra);
  new_call_->bind(9, end.outcome).bind(10, static_cast<std::int64_t>(facts.origin));
  new_call_->bind(11, end.elapsed_ns).bind(12, start.context_blob);
  bind_or_null(*new_call_, 13, start.tree_blob);
  std::string uuid = uuid_in(start.input_blob);
  if (uuid.empty()) uuid = uuid_in(end.input_blob);
  if (uuid.empty())
    new_call_->bind_null(14);
  else
    new_call_->bind_blob(14, uuid);
  new_call_->run();
}

void Projection::ended(std::int64_t event, const DecodedEnd& end) {
  const End columns = end_columns(event, end);
  end_run_->bind(1, columns.outcome).bind(2, *columns.kind).bind(3, *columns.value);
  end_run_->bind(4, columns.elapsed_ns).bind(5, columns.cpu_ns).bind(6, event);
  bind_or_null(*end_run_, 7, end.out_blob);
  bind_or_null(*end_run_, 8, end.err_blob);
  bind_or_null(*end_run_, 9, end.input_blob);
  end_run_->bind(10, end.run).run();

  call_of_run_->bind(1, end.run);
  const std::int64_t call = call_of_run_->next() ? call_of_run_->int64(0) : 0;
  call_of_run_->reset();
  note_uuid(call, end.input_blob);
  refresh(call);
}

void Projection::died(const RecorderDied& died) {
  die_->bind(1, died.run).run();
  call_of_run_->bind(1, died.run);
  const std::int64_t call = call_of_run_->next() ? call_of_run_->int64(0) : 0;
  call_of_run_->reset();
  refresh(call);
}

std::string Projection::uuid_in(std::int64_t input_blob) {
  return input_blob == 0 ? std::string() : object_uuid(blobs_.load(input_blob));
}

void Projection::note_uuid(std::int64_t call, std::int64_t input_blob) {
  const std::string uuid = uuid_in(input_blob);
  if (!uuid.empty()) set_uuid_->bind_blob(1, uuid).bind(2, call).run();
}

std::int64_t Projection::run_with(std::string_view uuid) {
  run_by_uuid_->bind_blob(1, uuid);
  const std::int64_t run = run_by_uuid_->next() ? run_by_uuid_->int64(0) : 0;
  run_by_uuid_->reset();
  return run;
}

void Projection::refresh(std::int64_t call) { refresh_->bind(1, call).run(); }

void Projection::replay_all() {
  auto events = db_.prepare("select id, kind, at_ns, body from events order by id");
  while (events.next()) {
    const std::int64_t id = events.int64(0), at_ns = events.int64(2);
    const std::string body = events.text(3);
    if (events.int64(1) == kRunStarted)
      started(id, decode_start(body, at_ns, &blobs_));
    else if (events.int64(1) == kRunEnded)
      ended(id, decode_end(body, at_ns));
    else if (events.int64(1) == kRecorderDied)
      died(decode_died(body, at_ns));
  }
}

void Projection::clear(Database& db) {
  db.exec("delete from script_runs; delete from calls");
}

}  // namespace hookjournal
