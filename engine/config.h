#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace hookjournal {

// `<hooks>/hookjournal/config.json`: JSON with comments, every key optional, unknown keys
// ignored (a newer version may have written them).
struct Config {
  // journal.db, beside it a spool. Empty when neither the file nor the user's home says
  // where. The file's counts for those who may enter its folder; others have their own.
  std::filesystem::path journal;
  // All that recording may add to one hook run, together.
  std::chrono::milliseconds deadline{500};
  // Kept of each stream of a run, in bytes; what passes through is not limited.
  std::size_t stream_cap = 1 << 20;
  // The journal's own ceiling in bytes; 0 stands for the smaller of 1 GiB and 10 % of its
  // file system.
  std::uint64_t journal_cap = 0;
  // "refuse": a start that could not be recorded fails (never reconnect, stopped,
  // release, daemon). Default "run".
  bool refuse_when_unrecorded = false;
  // Further files and directories that belong to every tree version.
  std::vector<std::filesystem::path> watch;
  // Where runs go that the journal could not take in time. Default: /run/hookjournal
  // (root) or /run/user/UID/hookjournal.
  std::filesystem::path spool;

  // What `maintain` notes elsewhere of the journal's head, so that a rewritten or cut off
  // journal is found: "no", "heads" (each upkeep), or "calls" (a line for each call too).
  std::string anchor_syslog = "no";
  std::filesystem::path anchor_file;     // gets a line each upkeep
  std::filesystem::path anchor_command;  // a program, gets the line on its stdin

  // What `maintain` removes: calls older than so many days, failed ones instead after so
  // many, and the oldest when the journal is larger than so many bytes. 0: nothing.
  std::uint64_t keep_days = 0;
  std::uint64_t keep_failures_days = 0;
  std::uint64_t keep_bytes = 0;

  // What of the file could not be used, a line each, or empty. Defaults stand in for it:
  // a broken configuration must not cost a record, and `status` and `doctor` say so.
  std::string trouble;

  bool operator==(const Config&) const = default;
};

// The folder `<hooks>/hookjournal` holds all that is ours in a hooks directory.
std::filesystem::path config_path(const std::filesystem::path& hooks_dir);
std::filesystem::path disabled_path(const std::filesystem::path& hooks_dir);

// Never throws and never waits: an unreadable or wrong file gives the defaults and
// `trouble`, a wrong value the default of its key. A missing file is the usual case and
// costs one failed open. The environment is not asked: HOOKJOURNAL_JOURNAL is the command
// line's.
Config load_config(const std::filesystem::path& hooks_dir);

// The file for `install` to write: the keys that are not at their default, under a
// comment that explains all of them. Throws Error for a path JSON cannot hold.
std::string config_text(const Config& config);

// /var/lib/hookjournal/journal.db for root, else ~/.local/state/hookjournal/journal.db
// with the home from /etc/passwd, for a daemon's hook has no HOME. (getpwuid would need
// NSS, which a static program must not load.)
// Empty when the home is not found there.
std::filesystem::path default_journal(unsigned uid);
std::filesystem::path default_spool(unsigned uid);

// Where runs wait for this journal unless the configuration says: one that is not the
// user's usual journal has a folder of its own below the usual one, or they would come
// into another.
std::filesystem::path spool_for(const std::filesystem::path& journal);

std::optional<std::filesystem::path> home_of(
    unsigned uid, const std::filesystem::path& passwd = "/etc/passwd");

}  // namespace hookjournal
