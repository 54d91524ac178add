#include "journal/schema.h"

#include <sys/random.h>

#include <iterator>

#include "engine/sha256.h"
#include "journal/facts.h"

namespace hookjournal {

namespace {

// Append only: a shipped entry is never edited; user_version counts them. Each object
// costs every hook 5 us at opening, so there are few.
constexpr const char* kMigrations[] = {
    R"sql(
      -- The facts, in order of arrival. `body` holds fields (journal/facts_codec.cc); `digest`
      -- is the SHA-256 over the predecessor's digest and this event (journal/chain.h).
      create table events (
        id     integer primary key,
        kind   integer not null,   -- 1 run started, 2 run ended, 3 recorder died, 4 gap
        at_ns  integer not null,   -- UTC, since 1970: of the fact, not of its arrival
        body   blob not null,
        digest blob not null
      ) strict;

      -- Bytes kept once. `encoding`: 0 as they are, 1 zstd.
      create table blobs (
        id       integer primary key,
        sha256   blob not null unique,
        size     integer not null,  -- of the bytes, uncompressed
        encoding integer not null,
        data     blob not null
      ) strict;

      -- secret, journal_uuid, created_ns, oldest_writer
      create table settings (
        key   text primary key,
        value any not null
      ) strict, without rowid;

      -- From here on: projections, made again from the events by `compact --rebuild`.
      create table calls (
        id           integer primary key,  -- of its first event
        uuid         blob not null,        -- of its first run
        at_ns        integer not null,
        driver       text not null,
        object       text not null,
        object_uuid  blob,                 -- from the input
        operation    text not null,
        suboperation text not null,
        extra        text not null,
        outcome      integer not null,     -- 0 ok, 1 failed, 2 running, 3 abandoned
        origin       integer not null,     -- 0 libvirt, 1 run, 2 simulate, 3 other
        elapsed_ns   integer not null,
        context      integer not null,     -- blob
        tree         integer               -- blob
      ) strict;
      create index calls_by_object on calls (object, at_ns);
      create index calls_by_time on calls (at_ns);

      create table script_runs (
        id           integer primary key,  -- of its start event
        call         integer not null,
        uuid         blob not null,
        script       text not null,
        at_ns        integer not null,
        outcome      integer not null,     -- as calls.outcome
        ending       integer,              -- 0 exited, 1 signaled, 2 not started
        ending_value integer,              -- exit status, signal, errno
        elapsed_ns   integer not null,
        cpu_ns       integer not null,
        end_event    integer,
        within       integer,              -- the run that started this one
        stdin        integer,              -- blobs
        stdout       integer,
        stderr       integer
      ) strict;
      create index runs_by_call on script_runs (call);
      create unique index runs_by_uuid on script_runs (uuid);
      create index runs_unfinished on script_runs (id) where outcome = 2;

      -- Caches of the writer, not facts: which tree version a hooks directory had when its
      -- files looked like this, and which of its files change while scripts run.
      create table trees_seen (
        hooks_dir text primary key,
        signature blob not null,
        tree      integer not null
      ) strict, without rowid;
      create table volatile_files (
        path    text primary key,    -- absolute
        changes integer not null,    -- runs that saw it change
        last_ns integer not null
      ) strict, without rowid;

      create trigger events_stay before delete on events
        when not exists (select 1 from settings where key = 'retention')
        begin select raise(abort, 'events are never deleted'); end;
      create trigger events_never_change before update on events
        begin select raise(abort, 'events never change'); end;
      create trigger blobs_keep_their_content before update of id, sha256, size on blobs
        begin select raise(abort, 'a blob is what its digest says'); end;

      create view call_list as
        select c.id, strftime('%Y-%m-%dT%H:%M:%fZ', c.at_ns / 1e9, 'unixepoch') as at,
               c.driver, c.object, c.operation, c.suboperation, c.extra,
               case c.outcome when 0 then 'ok' when 1 then 'failed' when 2 then 'running'
                              else 'abandoned' end as outcome,
               case c.origin when 0 then 'libvirt' when 1 then 'run' when 2 then 'simulate'
                             else 'other' end as origin,
               c.elapsed_ns / 1e6 as elapsed_ms,
               lower(hex(c.object_uuid)) as object_uuid
          from calls c;
      create view run_list as
        select r.id, r.call, r.script,
               strftime('%Y-%m-%dT%H:%M:%fZ', r.at_ns / 1e9, 'unixepoch') as at,
               case r.outcome when 0 then 'ok' when 1 then 'failed' when 2 then 'running'
                              else 'abandoned' end as outcome,
               case r.ending when 0 then 'exited' when 1 then 'signaled'
                             when 2 then 'not started' end as ending,
               r.ending_value, r.elapsed_ns / 1e6 as elapsed_ms, r.cpu_ns / 1e6 as cpu_ms
          from script_runs r;
    )sql",

    R"sql(
      -- Which texts are not in the blobs of a block (journal/search/search_index.h).
      create table search_blocks (
        id     integer primary key,
        blobs  blob not null,  -- their ids
        filter blob not null,
        seal   blob not null   -- digest of both
      ) strict;
    )sql",

    R"sql(
      -- A row that `insert or replace` takes the place of fires no delete trigger.
      create trigger events_are_never_replaced before insert on events
        when exists (select 1 from events where id = new.id)
        begin select raise(abort, 'events are never replaced'); end;
    )sql",
};
constexpr std::int64_t kLatest = static_cast<std::int64_t>(std::size(kMigrations));

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  if (::getrandom(bytes.data(), count, 0) != static_cast<ssize_t>(count))
    throw Error("the system gives no random numbers");
  return bytes;
}

void first_settings(Database& db) {
  auto set = db.prepare("insert into settings (key, value) values (?, ?)");
  const std::string secret = random_bytes(32), uuid = random_bytes(16);
  set.bind(1, "secret").bind_blob(2, secret).run();
  set.bind(1, "journal_uuid").bind_blob(2, uuid).run();
  set.bind(1, "created_ns").bind(2, now().wall_ns).run();
  set.bind(1, "oldest_writer").bind(2, std::int64_t{1}).run();
  seal_settings(db);
}

}  // namespace

std::string settings_seal(Database& db) {
  Sha256 hash;
  auto rows = db.prepare(
      "select key, typeof(value), cast(value as blob) from settings"
      " where key not in ('seal', 'retention') order by key");
  while (rows.next())
    for (int column = 0; column < 3; ++column)
      hash.update(std::to_string(rows.bytes(column).size()) + ":")
          .update(rows.bytes(column));
  return std::string(as_bytes(hash.finish()));
}

void seal_settings(Database& db) {
  const std::string seal = settings_seal(db);
  auto set =
      db.prepare("insert or replace into settings (key, value) values ('seal', ?)");
  set.bind_blob(1, seal).run();
}

Fitness fitness_for_reading(Database& db) {
  const std::int64_t version = db.number("pragma user_version");
  if (db.number("pragma application_id") != kApplicationId || version == 0)
    return Fitness::foreign;
  if (version > kLatest) return Fitness::newer;
  return version < kLatest ? Fitness::older : Fitness::usable;
}

Fitness fitness_for_writing(Database& db) {
  const Fitness fitness = fitness_for_reading(db);
  if (fitness != Fitness::newer) return fitness;
  const auto oldest = db.number("select value from settings where key = 'oldest_writer'");
  return oldest != 0 && oldest <= kLatest ? Fitness::usable : Fitness::newer;
}

bool is_fresh(Database& db) {
  return db.number("pragma application_id") == 0 &&
         db.number("pragma user_version") == 0 &&
         db.number("select count(*) from sqlite_schema") == 0;
}

void migrate(Database& db) {
  const Fitness fitness = fitness_for_reading(db);
  if (fitness == Fitness::usable) return;  // the common case takes no lock
  if (fitness == Fitness::newer) throw Error(describe(fitness, db));
  if (fitness == Fitness::foreign && !is_fresh(db)) throw Error(describe(fitness, db));
  Transaction transaction(db, Transaction::Kind::immediate);
  // Read again under the lock: another process may have been first.
  std::int64_t version = db.number("pragma user_version");
  const bool created = version == 0;
  for (; version < kLatest; ++version) db.exec(kMigrations[version]);
  db.exec(("pragma user_version = " + std::to_string(kLatest)).c_str());
  db.exec(("pragma application_id = " + std::to_string(kApplicationId)).c_str());
  if (created) first_settings(db);
  transaction.commit();
}

std::string describe(Fitness fitness, const Database& db) {
  const std::string journal = "journal " + db.file().string();
  switch (fitness) {
    case Fitness::newer:
      return "cannot open " + journal +
             ": written by a newer version (this one knows schema " +
             std::to_string(kLatest) + "); upgrade hookjournal on this host";
    case Fitness::older:
      return "cannot open " + journal +
             ": written by an older version; `hookjournal maintain` migrates it";
    case Fitness::foreign:
      return "cannot open " + journal +
             ": it is not a hookjournal journal; give another file with --journal";
    case Fitness::usable:
      break;
  }
  return journal + " is usable";
}

}  // namespace hookjournal
