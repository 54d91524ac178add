#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/consequence.h"
#include "engine/hook_call.h"
#include "engine/xml/filter_output.h"
#include "replay/sandbox/effects.h"

// What two legs of a replay disagree on, and what that makes of a call.
namespace hookjournal {

// The parts of a call that are compared, each in its own way, most harmful first.
enum class Field {
  answer,    // of the whole call: would libvirt go on?
  ending,    // of one script run
  output,    // what a filter puts in the input's place, by structure
  commands,  // by sequence and arguments
  files,     // by path and content
  network,   // by object
  attempts,  // at what is outside
  leak,      // of a whole lifecycle: what it leaves behind
  scripts,   // which scripts libvirt runs
  err,       // stderr, by lines
  out,       // stdout, by lines
  time,
};
std::string_view to_string(Field field);  // "answer", ..., "stderr", "stdout", "time"
std::optional<Field> field_named(std::string_view name);

// One place where the later leg differs.
struct Difference {
  Field field = Field::answer;
  std::string script;  // of which run: "qemu"; empty for the call as a whole
  std::string place;   // "/etc/x", "nft table ip nat", "/domain/devices/disk[2]/@type",
                       // a command's name ("iptables"); empty when the field is the place
  // For reading; empty: not there. May have several lines; cut at 4 KiB, and says so.
  std::string before, after;
  bool operator==(const Difference&) const = default;
};

// A rule that hid something, and how often it did in this call.
struct MaskUse {
  // "time", "pid", "temporary-name", "python-cache", "broken-pipe" (which command of a
  // pipeline ended first), "trace-order" (of `set -x` in pipelines), or the user's:
  // "ignore files /var/log/*"
  std::string rule;
  std::uint64_t times = 0;
  std::string example;  // the first that it hid; cut, and empty of some rules
};

// One leg of one call.
struct ObservedCall {
  HookCall call;
  bool failed = false;
  Ending ending = Exited{0};          // of the last failing run
  std::optional<std::string> output;  // of a filter, what takes the input's place
  std::optional<OutputJudgement> output_judgement;  // of that
  Consequence consequence = Consequence::unknown;
  std::vector<ObservedRun> runs;
};

// What the journal has of the same call. Production runs were not traced: no effects.
struct RecordedLeg {
  struct Run {
    std::string script;
    std::optional<Ending> ending;  // nothing: abandoned
    std::string out, err;
    bool out_whole = true, err_whole = true;  // neither truncated nor redacted
  };
  std::vector<Run> runs;
  bool failed = false;
  bool complete = true;  // every script of the call was recorded
  std::optional<std::string> output;
  Consequence consequence = Consequence::unknown;
};

enum class Verdict { inconclusive, changed, noise, drift, same };
std::string_view to_string(Verdict verdict);

struct CallVerdict {
  Verdict verdict = Verdict::same;
  std::string reason;                   // of inconclusive, in words
  std::vector<Difference> differences;  // of changed: candidate against baseline
  std::vector<Difference> noise;        // where the old scripts differ from themselves
  std::vector<Difference> drift;        // baseline against what was recorded
  std::vector<MaskUse> masks;           // what hid differences
  Consequence before = Consequence::unknown;  // of the baseline
  Consequence after = Consequence::unknown;   // of the candidate
  // Commands that stand-ins answered for in this call: a drift may be theirs.
  std::vector<std::string> simulated;
};

}  // namespace hookjournal
