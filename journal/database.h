#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/error.h"

struct sqlite3;
struct sqlite3_stmt;

// The door to SQLite.
namespace hookjournal {

// What SQLite refused. `busy`: another process held the lock for longer than we may wait.
class DatabaseError : public Error {
 public:
  DatabaseError(const std::string& what, int code) : Error(what), code_(code) {}
  int code() const { return code_; }  // SQLite's primary result code
  bool busy() const;
  bool absent() const;  // cannot open the file

 private:
  int code_;
};

class Statement;

class Database {
 public:
  enum class Mode { read, write, create };

  // `patience`: how long to wait for a lock, with sleeps of 0.2 to 1 ms so that many
  // hooks take turns quickly. It cannot bound a disk that hangs.
  Database(const std::filesystem::path& file, Mode mode,
           std::chrono::milliseconds patience);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void exec(const char* sql);
  Statement prepare(std::string_view sql);
  // Of somebody else's text: throws unless it is one statement, and one that only reads.
  Statement prepare_one(const std::string& sql);
  std::int64_t number(const char* sql);  // the first column of the first row, or 0
  std::int64_t last_insert_id() const;
  std::int64_t changes() const;
  bool in_transaction() const;
  // From here on statements that do more than read what may be read are refused when they
  // are prepared; so is a `hidden` table.
  void only_read(std::string hidden);
  // Brings the write-ahead log into the file and empties it, unless somebody reads or
  // writes just then: tried again until `patience` is over. False when it stays. Readers
  // and writers wait for none of it.
  bool empty_log(std::chrono::milliseconds patience = {});
  // All of it as it is now into another, while others write.
  void copy_to(Database& other);
  const std::filesystem::path& file() const { return file_; }
  sqlite3* handle() const { return db_; }

 private:
  friend class Statement;
  static int wait_for_lock(void* self, int tries);
  static int authorize(void* self, int action, const char* one, const char* other,
                       const char* database, const char* trigger);
  bool try_to_empty_log();
  [[noreturn]] void fail(const std::string& doing, int code) const;

  std::filesystem::path file_;
  sqlite3* db_ = nullptr;
  std::chrono::milliseconds patience_;
  std::chrono::steady_clock::time_point waiting_since_{};
  std::string hidden_;
};

// A prepared statement. Bind from 1, read columns from 0, as SQLite counts.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  ~Statement();

  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, std::string_view text);
  Statement& bind_blob(int index, std::string_view bytes);
  Statement& bind_null(int index);

  // True while there is a row. After the last the statement is ready to be bound again.
  bool next();
  // For what returns no rows.
  void run();
  void reset();

  int columns() const;
  std::string column_name(int column) const;
  enum class Type { null, integer, real, text, blob };
  Type type(int column) const;
  double real(int column) const;

  bool is_null(int column) const;
  std::int64_t int64(int column) const;
  std::string text(int column) const;
  std::string_view bytes(int column) const;  // valid until the next next() or reset()

 private:
  friend class Database;
  Statement(const Database& db, sqlite3_stmt* statement)
      : db_(&db), statement_(statement) {}

  const Database* db_;
  sqlite3_stmt* statement_;
};

// A statement that is prepared when it is first used: a hook uses few of those there are,
// and preparing one takes as long as running it.
class LazyStatement {
 public:
  // `sql` is a literal; `db` outlives the statement.
  LazyStatement(Database& db, const char* sql) : db_(db), sql_(sql) {}
  Statement& operator*();
  Statement* operator->() { return &**this; }

 private:
  Database& db_;
  const char* sql_;
  std::optional<Statement> statement_;
};

// Leaving the scope without commit() rolls back.
class Transaction {
 public:
  enum class Kind { deferred, immediate };
  Transaction(Database& db, Kind kind);
  ~Transaction();
  void commit();

 private:
  Database& db_;
  bool open_ = true;
};

}  // namespace hookjournal
