#include "journal/database.h"

#include <sqlite3.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace hookjournal {

using std::chrono::microseconds;
using std::chrono::steady_clock;

bool DatabaseError::busy() const {
  return code_ == SQLITE_BUSY || code_ == SQLITE_LOCKED;
}
bool DatabaseError::absent() const { return code_ == SQLITE_CANTOPEN; }

Database::Database(const std::filesystem::path& file, Mode mode,
                   std::chrono::milliseconds patience)
    : file_(file), patience_(patience) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (mode == Mode::read) flags |= SQLITE_OPEN_READONLY;
  if (mode != Mode::read) flags |= SQLITE_OPEN_READWRITE;
  if (mode == Mode::create) flags |= SQLITE_OPEN_CREATE;
  const int code = ::sqlite3_open_v2(file.c_str(), &db_, flags, nullptr);
  if (code != SQLITE_OK) {
    const std::string why = db_ == nullptr ? "out of memory" : ::sqlite3_errmsg(db_);
    ::sqlite3_close_v2(db_);
    throw DatabaseError("cannot open journal " + file.string() + ": " + why, code & 0xff);
  }
  ::sqlite3_busy_handler(db_, &Database::wait_for_lock, this);
  // The last connection to close would otherwise checkpoint, with libvirt waiting for it.
  ::sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  ::sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
}

Database::~Database() { ::sqlite3_close_v2(db_); }

// SQLite's own busy_timeout sleeps up to 100 ms between tries: with 64 hooks at once some
// then wait for a second while the lock is free most of the time.
int Database::wait_for_lock(void* self, int tries) {
  auto& db = *static_cast<Database*>(self);
  if (tries == 0) db.waiting_since_ = steady_clock::now();
  if (steady_clock::now() - db.waiting_since_ > db.patience_) return 0;
  // Different processes must not keep step.
  const auto spread =
      microseconds(steady_clock::now().time_since_epoch().count() / 100 % 300);
  std::this_thread::sleep_for(
      std::min(microseconds(200) * (tries + 1), microseconds(700)) + spread);
  return 1;
}

void Database::only_read(std::string hidden) {
  hidden_ = std::move(hidden);
  ::sqlite3_set_authorizer(db_, &Database::authorize, this);
}

int Database::authorize(void* self, int action, const char* one, const char* other,
                        const char*, const char*) {
  const auto& db = *static_cast<const Database*>(self);
  const std::string_view name = one == nullptr ? "" : one;
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_READ:
      return name == db.hidden_ ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_FUNCTION:
      return other != nullptr && std::string_view(other) == "load_extension" ? SQLITE_DENY
                                                                             : SQLITE_OK;
    case SQLITE_PRAGMA:
      return name.starts_with("table_") ? SQLITE_OK : SQLITE_DENY;
    default:
      return SQLITE_DENY;
  }
}

void Database::fail(const std::string& doing, int code) const {
  throw DatabaseError(
      "cannot " + doing + " journal " + file_.string() + ": " + ::sqlite3_errmsg(db_),
      code & 0xff);
}

void Database::exec(const char* sql) {
  const int code = ::sqlite3_exec(db_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail("work on", code);
}

Statement Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = ::sqlite3_prepare_v2(db_, sql.data(), static_cast<int>(sql.size()),
                                        &statement, nullptr);
  if (code != SQLITE_OK) fail("read", code);
  return {*this, statement};
}

Statement Database::prepare_one(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  const int code = ::sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, &rest);
  if (code != SQLITE_OK) fail("ask", code);
  Statement first(*this, statement);
  if (statement == nullptr) throw DatabaseError("the query is empty", SQLITE_MISUSE);
  // What follows may only be blanks and comments.
  sqlite3_stmt* second = nullptr;
  const int code_of_rest = ::sqlite3_prepare_v2(db_, rest, -1, &second, nullptr);
  ::sqlite3_finalize(second);
  if (code_of_rest != SQLITE_OK || second != nullptr)
    throw DatabaseError("a query is one statement", SQLITE_MISUSE);
  // VACUUM asks no authorizer.
  if (::sqlite3_stmt_readonly(statement) == 0)
    throw DatabaseError("a query may only read", SQLITE_READONLY);
  return first;
}

std::int64_t Database::number(const char* sql) {
  Statement statement = prepare(sql);
  return statement.next() ? statement.int64(0) : 0;
}

// TRUNCATE takes the write lock, and with a busy handler keeps it while it waits for
// readers: one that lists calls in a pager would keep all hooks out. So without, and when
// most of the work has been done by PASSIVE, beside which others write.
bool Database::try_to_empty_log() {
  int frames = 0, copied = 0;
  int code = ::sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_PASSIVE, &frames,
                                         &copied);
  if (code == SQLITE_OK && copied < frames) return false;  // a reader needs the rest
  if (code == SQLITE_OK) {
    ::sqlite3_busy_handler(db_, nullptr, nullptr);
    code = ::sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr,
                                       nullptr);
    ::sqlite3_busy_handler(db_, &Database::wait_for_lock, this);
  }
  if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY)
    fail("empty the write-ahead log of", code);
  return code == SQLITE_OK;
}

bool Database::empty_log(std::chrono::milliseconds patience) {
  const auto until = steady_clock::now() + patience;
  while (!try_to_empty_log()) {
    if (steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

void Database::copy_to(Database& other) {
  sqlite3_backup* copy = ::sqlite3_backup_init(other.db_, "main", db_, "main");
  if (copy == nullptr) other.fail("write a copy to", ::sqlite3_errcode(other.db_));
  // In one step, for a step between which others write begins anew.
  ::sqlite3_backup_step(copy, -1);
  const int code = ::sqlite3_backup_finish(copy);
  if (code != SQLITE_OK) other.fail("write a copy to", code);
}

std::int64_t Database::last_insert_id() const { return ::sqlite3_last_insert_rowid(db_); }
std::int64_t Database::changes() const { return ::sqlite3_changes64(db_); }
bool Database::in_transaction() const { return ::sqlite3_get_autocommit(db_) == 0; }

Statement::Statement(Statement&& other) noexcept
    : db_(other.db_), statement_(std::exchange(other.statement_, nullptr)) {}

Statement::~Statement() { ::sqlite3_finalize(statement_); }

Statement& Statement::bind(int index, std::int64_t value) {
  ::sqlite3_bind_int64(statement_, index, value);
  return *this;
}

// The caller keeps what is bound until the statement has run: nothing is copied.
Statement& Statement::bind(int index, std::string_view text) {
  ::sqlite3_bind_text64(statement_, index, text.data() == nullptr ? "" : text.data(),
                        text.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_blob(int index, std::string_view bytes) {
  ::sqlite3_bind_blob64(statement_, index, bytes.data() == nullptr ? "" : bytes.data(),
                        bytes.size(), SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind_null(int index) {
  ::sqlite3_bind_null(statement_, index);
  return *this;
}

bool Statement::next() {
  const int code = ::sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  ::sqlite3_reset(statement_);
  if (code != SQLITE_DONE) db_->fail("work on", code);
  return false;
}

void Statement::run() {
  while (next()) {
  }
}

void Statement::reset() { ::sqlite3_reset(statement_); }

int Statement::columns() const { return ::sqlite3_column_count(statement_); }

std::string Statement::column_name(int column) const {
  const char* name = ::sqlite3_column_name(statement_, column);
  return name == nullptr ? "" : name;
}

Statement::Type Statement::type(int column) const {
  switch (::sqlite3_column_type(statement_, column)) {
    case SQLITE_INTEGER:
      return Type::integer;
    case SQLITE_FLOAT:
      return Type::real;
    case SQLITE_TEXT:
      return Type::text;
    case SQLITE_BLOB:
      return Type::blob;
    default:
      return Type::null;
  }
}

double Statement::real(int column) const {
  return ::sqlite3_column_double(statement_, column);
}

bool Statement::is_null(int column) const {
  return ::sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Statement::int64(int column) const {
  return ::sqlite3_column_int64(statement_, column);
}

std::string Statement::text(int column) const { return std::string(bytes(column)); }

std::string_view Statement::bytes(int column) const {
  const auto* data = static_cast<const char*>(::sqlite3_column_blob(statement_, column));
  const auto size = static_cast<std::size_t>(::sqlite3_column_bytes(statement_, column));
  return {data == nullptr ? "" : data, size};
}

Statement& LazyStatement::operator*() {
  if (!statement_) statement_.emplace(db_.prepare(sql_));
  return *statement_;
}

Transaction::Transaction(Database& db, Kind kind) : db_(db) {
  db_.exec(kind == Kind::immediate ? "begin immediate" : "begin");
}

Transaction::~Transaction() {
  if (!open_ || !db_.in_transaction()) return;
  try {
    db_.exec("rollback");
  } catch (const DatabaseError&) {
    // SQLite rolls back by itself when the connection closes.
  }
}

void Transaction::commit() {
  db_.exec("commit");
  open_ = false;
}

}  // namespace hookjournal
