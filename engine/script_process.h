#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engine/child_process.h"
#include "engine/script_runner.h"

// One script's process from start to end, with its three streams, as libvirt sees it: the
// run is over when stdout and stderr are at their end, all input is written or refused,
// and the script itself has ended (libvirt 10.7 vircommand.c:2259-2366, 2492). There is
// no time limit, as libvirt has none.
namespace hookjournal {

enum class Stream { in, out, err };

// Hears of a run as it happens; every function may be called from inside the wait.
class ScriptWatcher {
 public:
  virtual ~ScriptWatcher() = default;
  virtual void script_started() {}  // before anything passes, also when execve refused
  virtual void passed(Stream stream, std::string_view bytes) = 0;
  virtual void input_ended() {}
  virtual void script_ended() {}  // the process; its pipes may stay open
  virtual void held_by(const PipeHolder&) {}
  virtual void turn() {}  // after each turn of the loop
  // How long the loop may sleep at most before the next turn().
  virtual std::optional<std::chrono::milliseconds> patience() { return {}; }
};

// What the script's streams are connected to.
struct ScriptStreams {
  // A descriptor the script inherits as its stdin, untouched by us: /dev/null, a
  // terminal, a file. Or a pipe's end that is relayed. Or bytes. Else /dev/null, opened
  // read-write.
  std::optional<int> inherited_input;
  std::optional<int> relayed_input;
  std::optional<std::string> input;
  // Where what the script writes goes as it comes; -1: only to the watcher.
  int out = -1;
  int err = -1;
};

// SIGTERM, SIGINT and the like are passed on to a script from here on, and writing to a
// closed pipe or beyond a file's limit is an error instead of a death. For the whole
// process, once, before any script.
void prepare_signals();
// All to default, nothing blocked, as libvirt leaves them to a hook.
void restore_signals();

// `out` and `err` of the result stay empty: the watcher has the bytes. An execve that
// fails leaves libvirt's text on stderr and ends the run with NotStarted; no plan is a
// script that does nothing and exits 0. Throws when the machine refuses a pipe, a process
// or memory, and then nothing has been started; afterwards only what the watcher throws.
ScriptResult run_script(const std::optional<ExecPlan>& plan,
                        const char* const* environment, ScriptStreams streams,
                        ScriptWatcher& watcher);

}  // namespace hookjournal
