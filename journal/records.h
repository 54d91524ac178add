#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/consequence.h"
#include "engine/ending.h"
#include "engine/xml/filter_output.h"
#include "journal/facts.h"

// What the journal gives back: calls and their script runs, put together from events.
namespace hookjournal {

enum class Outcome { ok, failed, running, abandoned };
constexpr Outcome outcome_in_column(std::int64_t column) {
  return static_cast<Outcome>(column >= 0 && column <= 3 ? column : 3);
}
std::string_view to_string(Outcome outcome);
std::optional<Outcome> outcome_named(std::string_view name);

// A stream of a run as the journal holds it; the bytes are loaded by Journal::bytes().
struct StoredStream {
  std::int64_t blob = 0;     // 0: nothing was kept
  std::uint64_t length = 0;  // of all that passed through
  std::uint64_t kept = 0;
  bool truncated = false;
  std::uint64_t redacted = 0;
  std::string sha256;  // hexadecimal, of what was kept; empty without a blob
};

struct RunRecord {
  std::int64_t id = 0;  // of its start event
  std::string uuid;     // 36 characters
  std::string script;   // below the hooks directory
  Outcome outcome = Outcome::running;
  std::optional<Ending> ending;  // nothing while running, or when abandoned
  std::int64_t at_ns = 0;        // UTC
  std::int64_t elapsed_ns = 0;
  std::int64_t held_open_ns = 0;
  std::int64_t cpu_ns = 0;
  std::uint64_t max_rss_kib = 0;
  std::string script_sha256;  // of the user's text; empty when not kept by content
  std::optional<StoredStream> input;  // nothing: /dev/null
  StoredStream out;
  StoredStream err;
  std::vector<PipeHolder> holders;
  std::vector<PassedSignal> signals;
  std::optional<std::int64_t> within;  // the run that started this one
  bool spooled = false;                // taken in later from the spool
};

struct CallRecord {
  std::int64_t id = 0;  // of its first event: stable under rebuild and prune
  std::string uuid;     // 36 characters
  std::int64_t at_ns = 0;
  std::string host;
  std::string driver, object, operation, suboperation, extra;
  std::string object_uuid;  // from the input, or empty
  Outcome outcome = Outcome::running;
  Consequence consequence = Consequence::unknown;
  Origin origin = Origin::other;
  std::int64_t elapsed_ns = 0;  // from the first run's start to the last run's end
  std::string tree;             // digest of the scripts tree, hexadecimal; may be empty
  Context context;              // of the first run
  std::vector<std::string> arguments;   // of the first run, as received
  std::vector<std::string> planned;     // scripts libvirt was going to run
  std::vector<std::string> unrecorded;  // of these, without a run here
  std::vector<RunRecord> runs;
  // Which of the runs printed what libvirt takes in the input's place. Nothing: no
  // filter, a failed one, or one that printed only blanks.
  std::optional<std::size_t> output_run;
  OutputJudgement output_judgement;  // of that; without one meaningless

  const RunRecord* printed_output() const {
    return output_run ? &runs[*output_run] : nullptr;
  }
  // The ending of the last failing run, else exit 0. Nothing while it runs, or when
  // nobody knows.
  std::optional<Ending> answer() const;
};

// One file of a tree version.
struct TreeEntry {
  std::string path;  // below the hooks directory; absolute for a watched path
  unsigned mode = 0;
  enum class Kind { file, keyed, too_large, volatile_file, unreadable, no_room, unknown };
  Kind kind = Kind::file;
  std::string digest;  // hexadecimal, or "-"; keyed with the journal's secret where
                       // others may not read it
};

// Which limits on the size of a tree version were met: what is not here may differ
// between two calls under the same version.
struct TreeLimits {
  bool files = false;  // more than kMostFiles: the rest is not listed
  bool bytes = false;  // more than kLargestTree: of the rest there are only digests

  bool operator==(const TreeLimits&) const = default;
};

}  // namespace hookjournal
