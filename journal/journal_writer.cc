#include "journal/journal_writer.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "engine/error.h"
#include "journal/chain.h"
#include "journal/schema.h"

namespace hookjournal {

namespace {

// A connection's first look at the log costs 1.35 us a frame.
constexpr std::int64_t kLongLog = 64L * (4096 + 24);

Database& checked(Database& db) {
  const Fitness fitness = fitness_for_writing(db);
  if (fitness != Fitness::usable) throw Error(describe(fitness, db));
  // Commits do not flush: make_durable() does, once, when it matters.
  db.exec("pragma synchronous = normal; pragma wal_autocheckpoint = 0");
  return db;
}

Digest as_digest(std::string_view bytes) {
  Digest digest{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), digest.size()), digest.begin());
  return digest;
}

std::filesystem::path log_of(const std::filesystem::path& file) {
  return file.string() + "-wal";
}

// By its birth, which writing does not move; true where the file system does not tell.
bool younger_than_a_minute(int file) {
  struct statx status {};
  if (::statx(file, "", AT_EMPTY_PATH, STATX_BTIME, &status) != 0 ||
      (status.stx_mask & STATX_BTIME) == 0)
    return true;
  return now().wall_ns / 1'000'000'000 - status.stx_btime.tv_sec < 60;
}

// A new directory entry needs a flush of its own.
void flush_directory(const std::filesystem::path& file) {
  const UniqueFd directory(
      ::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory) ::fsync(directory.get());
}

// A transaction after whose failure nothing is believed that was written in it.
class Change {
 public:
  Change(Database& db, BlobStore& blobs)
      : blobs_(blobs), transaction_(db, Transaction::Kind::immediate) {}
  ~Change() {
    if (!committed_) blobs_.forget();
  }
  Change(const Change&) = delete;

  void commit() {
    transaction_.commit();
    committed_ = true;
  }

 private:
  BlobStore& blobs_;
  Transaction transaction_;
  bool committed_ = false;
};

}  // namespace

JournalWriter::JournalWriter(const std::filesystem::path& file,
                             std::chrono::milliseconds patience)
    : db_(file, Database::Mode::write, patience),
      blobs_(checked(db_)),
      trees_(db_, blobs_),
      projection_(db_, blobs_),
      last_event_(db_, "select id, digest from events order by id desc limit 1"),
      append_(
          db_,
          "insert into events (id, kind, at_ns, body, digest) values (?, ?, ?, ?, ?)") {}

std::int64_t JournalWriter::append(std::int64_t kind, std::int64_t at_ns,
                                   const std::string& body) {
  EventHead head{1, kind, at_ns};
  Digest predecessor{};
  if (last_event_->next()) {
    head.id = last_event_->int64(0) + 1;
    predecessor = as_digest(last_event_->bytes(1));
  }
  last_event_->reset();
  const Digest digest =
      chained_digest(predecessor, head, body,
                     [this](std::int64_t blob) { return blobs_.digest_of(blob); });
  append_->bind(1, head.id).bind(2, kind).bind(3, at_ns).bind_blob(4, body);
  append_->bind_blob(5, as_bytes(digest)).run();
  return head.id;
}

Anchor JournalWriter::head() {
  Anchor head;
  auto uuid = db_.prepare("select value from settings where key = 'journal_uuid'");
  if (uuid.next()) head.journal = to_hex(uuid.bytes(0));
  if (last_event_->next()) {
    head.event = last_event_->int64(0);
    head.head = as_digest(last_event_->bytes(1));
  }
  last_event_->reset();
  return head;
}

std::int64_t JournalWriter::start(const RunStarted& facts,
                                  const std::optional<KeptStream>& input,
                                  const std::optional<ScannedTree>& tree) {
  Change change(db_, blobs_);
  // Under the lock: it may have been taken in from the spool a moment ago.
  if (const auto known = find_run(facts.uuid)) return known->id;
  const std::int64_t run = append_start(facts, input, tree);
  change.commit();
  return run;
}

void JournalWriter::end(std::int64_t run, const RunEnded& facts,
                        const std::optional<KeptStream>& input) {
  Change change(db_, blobs_);
  // Under the lock: what a slow writer brings may have come from the spool a moment ago.
  auto ended = db_.prepare("select 1 from script_runs where id = ? and end_event > 0");
  if (ended.bind(1, run).next()) return;
  append_end(run, facts, input);
  change.commit();
}

std::int64_t JournalWriter::whole(const RunStarted& start,
                                  const std::optional<KeptStream>& input,
                                  const std::optional<ScannedTree>& tree,
                                  const RunEnded& end) {
  Change change(db_, blobs_);
  // Under the lock: its start may have been written a moment ago, before it had read all
  // of its input.
  if (const auto known = find_run(start.uuid)) {
    if (!known->ended)
      append_end(known->id, end, known->has_input ? std::nullopt : input);
    change.commit();
    return known->id;
  }
  const Appended first = append_start_event(start, input, tree);
  const Appended last = append_end_event(first.id, end, {});
  projection_.whole(first.id, decode_start(first.body, start.at.wall_ns, &blobs_),
                    last.id, decode_end(last.body, end.at.wall_ns));
  change.commit();
  return first.id;
}

JournalWriter::Appended JournalWriter::append_start_event(
    const RunStarted& facts, const std::optional<KeptStream>& input,
    const std::optional<ScannedTree>& tree) {
  const std::int64_t tree_blob = tree ? trees_.keep(*tree) : 0;
  std::string body = encode_start(facts, input, tree_blob, &blobs_);
  const std::int64_t id = append(kRunStarted, facts.at.wall_ns, body);
  return {id, std::move(body)};
}

JournalWriter::Appended JournalWriter::append_end_event(
    std::int64_t run, const RunEnded& facts, const std::optional<KeptStream>& input) {
  std::string body = encode_end(facts, input, run, &blobs_);
  const std::int64_t id = append(kRunEnded, facts.at.wall_ns, body);
  return {id, std::move(body)};
}

std::int64_t JournalWriter::append_start(const RunStarted& facts,
                                         const std::optional<KeptStream>& input,
                                         const std::optional<ScannedTree>& tree) {
  const Appended event = append_start_event(facts, input, tree);
  projection_.started(event.id, decode_start(event.body, facts.at.wall_ns, &blobs_));
  return event.id;
}

void JournalWriter::append_end(std::int64_t run, const RunEnded& facts,
                               const std::optional<KeptStream>& input) {
  const Appended event = append_end_event(run, facts, input);
  projection_.ended(event.id, decode_end(event.body, facts.at.wall_ns));
}

void JournalWriter::died(const RecorderDied& facts) {
  Change change(db_, blobs_);
  // Under the lock: another process may have found out too, or the end have come after
  // all.
  auto unfinished = db_.prepare("select 1 from script_runs where id = ? and outcome = 2");
  if (!unfinished.bind(1, facts.run).next()) return;
  unfinished.reset();
  append(kRecorderDied, facts.at.wall_ns, encode_died(facts));
  projection_.died(facts);
  change.commit();
}

void JournalWriter::gap(const Gap& gap) {
  Change change(db_, blobs_);
  append(kGap, gap.at.wall_ns, encode_gap(gap));
  change.commit();
}

void JournalWriter::acceptance(const AcceptanceFact& fact) {
  Change change(db_, blobs_);
  const std::int64_t event =
      append(kDifferenceAccepted, fact.difference.at_ns, encode_acceptance(fact));
  project_acceptance(db_, event, fact);
  change.commit();
}

void JournalWriter::make_durable() {
  // WAL with synchronous=NORMAL and a flush of our own: SQLite's FULL would also flush
  // the directory at each connection's first commit.
  if (!log_) {
    const std::filesystem::path log = log_of(db_.file());
    log_ = UniqueFd(::open(log.c_str(), O_RDONLY | O_CLOEXEC));
    if (!log_) throw Error(with_errno("cannot open " + log.string(), errno));
    // Young: some other program removed the log at its end, and SQLite made it anew.
    if (younger_than_a_minute(log_.get())) flush_directory(log);
  }
  if (::fdatasync(log_.get()) != 0)
    throw Error(with_errno("cannot flush journal " + db_.file().string(), errno));
}

std::optional<JournalWriter::KnownRun> JournalWriter::find_run(const std::string& uuid) {
  auto find = db_.prepare("select id, end_event, stdin from script_runs where uuid = ?");
  if (!find.bind_blob(1, uuid).next()) return {};
  return KnownRun{find.int64(0), !find.is_null(1), !find.is_null(2)};
}

void JournalWriter::checkpoint_if_long() {
  struct stat status {};
  if (::stat(log_of(db_.file()).c_str(), &status) != 0 || status.st_size < kLongLog)
    return;
  // To its end, or the log would never begin anew with one short transaction a process.
  // Somebody else in the way is no error: the next hook tries again.
  db_.empty_log();
}

void JournalWriter::rebuild() {
  Change change(db_, blobs_);
  Projection::clear(db_);
  db_.exec("delete from search_blocks");  // `compact` makes it
  projection_.replay_all();
  // Apart from the calls, which `verify` holds against their events by replay_all().
  clear_acceptances(db_);
  auto accepted =
      db_.prepare("select id, at_ns, body from events where kind = ? order by id");
  accepted.bind(1, std::int64_t{kDifferenceAccepted});
  while (accepted.next())
    project_acceptance(db_, accepted.int64(0),
                       decode_acceptance(accepted.text(2), accepted.int64(1)));
  change.commit();
}

std::int64_t first_broken_link(Database& db) {
  BlobStore blobs(db);
  Digest predecessor{};
  auto events =
      db.prepare("select id, kind, at_ns, body, digest from events order by id");
  while (events.next()) {
    const EventHead head{events.int64(0), events.int64(1), events.int64(2)};
    try {
      const Digest expected =
          chained_digest(predecessor, head, events.bytes(3),
                         [&blobs](std::int64_t blob) { return blobs.digest_of(blob); });
      if (as_bytes(expected) != events.bytes(4)) return head.id;
      predecessor = expected;
    } catch (const Error&) {
      return head.id;  // its fields are damaged, or a blob is gone
    }
  }
  return 0;
}

}  // namespace hookjournal
