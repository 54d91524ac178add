#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "journal/journal.h"
#include "journal/selection.h"

namespace hookjournal {

// Tells of calls as they are recorded. A call that is short is told once, when it has
// ended; one that takes longer than a while is told as running, too, when that is over.
// It is told once more should another of its scripts be recorded later.
//
// It holds no lock and no snapshot between two looks, so that checkpoints and retention
// go on. A journal that is put in the place of the one it reads is read from there on.
class Following {
 public:
  using Visit = std::function<void(const CallRecord&)>;

  // Calls of `selection`; its `last` are for tell_last(). Throws Error as JournalReader.
  Following(std::filesystem::path file, Selection selection,
            std::int64_t running_after_ns);

  // The newest that are recorded already. Before the first look().
  void tell_last(const Visit& visit);
  // What has begun or ended since the look before.
  void look(std::int64_t now_ns, const Visit& visit);
  // When to look again though nothing is written: a call will have run for a while.
  std::optional<std::int64_t> due_ns() const { return due_ns_; }
  // How many times another journal took the place of the one that was read.
  int replaced() const { return replaced_; }

 private:
  struct Place {
    dev_t device = 0;
    ino_t inode = 0;
    bool operator==(const Place&) const = default;
  };
  struct Awaited {
    bool told = false;                // as running
    std::int64_t whole_since_ns = 0;  // has ended, but scripts are missing
  };

  std::optional<Place> place() const;
  void open_if_replaced(std::int64_t now_ns);
  bool changed();
  void await_new_calls();
  void await_unfinished();
  // True when there is nothing more to wait for.
  bool settle(std::int64_t id, Awaited& awaited, std::int64_t now_ns, const Visit& visit);
  void due(std::int64_t at_ns);

  std::filesystem::path file_;
  Selection selection_;
  std::optional<std::int64_t> last_;
  std::int64_t running_after_ns_;
  std::optional<Place> place_;
  std::optional<JournalReader> journal_;
  std::string uuid_;           // of the journal
  std::int64_t version_ = -1;  // SQLite's, of what others wrote
  std::int64_t seen_ = 0;      // the newest event that was looked at
  std::int64_t looked_ns_ = 0;
  std::map<std::int64_t, Awaited> awaited_;  // calls that have not been told as ended
  std::optional<std::int64_t> due_ns_;
  int replaced_ = 0;
};

}  // namespace hookjournal
