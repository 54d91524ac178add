#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/hook_call.h"
#include "engine/processes/process_scene.h"
#include "journal/journal.h"
#include "journal/output_so_far.h"
#include "journal/unfinished_runs.h"

namespace hookjournal {

// Why a script that runs may go on running: facts seen now, each known to hang hooks.
//   pipe-held      the script has ended, a process it left behind keeps a pipe open
//   calls-libvirt  a process of it is connected to libvirt, which holds the lock
//   file-lock      a process of it waits for a lock on a file
//   stopped        a process of it is stopped
//   disk           a process of it waits in the kernel and cannot be killed
//   nobody-waits   the daemon that called has ended
struct HangCause {
  std::string_view name;
  std::string text;  // may hold bytes of scripts
};

// A script that runs now: its call, and what is seen of its processes.
struct RunningScript {
  // Nothing: it is not in the journal yet, only its recorder is seen.
  std::optional<std::int64_t> call_id;
  HookCall call;       // without its input
  std::string script;  // below the hooks directory
  std::string host;
  std::string object_uuid;
  std::int64_t since_ns = 0;  // UTC
  Origin origin = Origin::other;
  ProcessId recorder;
  Caller caller;
  bool caller_there = true;
  RecorderSight sight = RecorderSight::there;
  bool script_ended = false;  // only what it left behind is still there
  std::vector<SeenProcess> processes;
  std::vector<HangCause> causes;
  std::optional<PrintedSoFar> printed;  // up to about a second ago
};

// By what is in it; its `causes` are not read.
std::vector<HangCause> hang_causes(const RunningScript& running);

// What a journal calls running and what recorders of it are seen to run, the oldest
// first. Asks the journal and /proc, never libvirt. Runs within another are part of that
// one's processes. `selection` chooses calls; a run that is not in the journal yet is
// chosen by driver, object, operation and script alone, and left out when it is asked for
// more.
std::vector<RunningScript> running_scripts(JournalReader& journal,
                                           const std::string& journal_file,
                                           const Selection& selection);

}  // namespace hookjournal
