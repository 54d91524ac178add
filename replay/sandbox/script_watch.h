#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "replay/sandbox/script_stage.h"
#include "replay/sandbox/tracer.h"

namespace hookjournal {

// Runs one script in the sandbox this process is the first of, to the end as libvirt sees
// it (the script gone, both pipes at their end) or to a limit, and tells what it did. Of
// its files and its network its caller knows.
class ScriptWatch {
 public:
  // What else has to be waited on and looked after meanwhile: the stand-ins, and the end
  // of whoever asked for all this.
  struct Neighbour {
    std::function<std::vector<int>()> descriptors;  // to wait on for reading
    std::function<void()> turn;
    // Why the run has to be stopped, if it has to.
    std::function<std::optional<std::string>()> stop;
  };

  // `child_events`: a signalfd of SIGCHLD. All outlive this object.
  ScriptWatch(Tracer& tracer, int child_events, const SandboxLimits& limits,
              const Neighbour& neighbour);

  // Throws Error when the sandbox itself has failed.
  ObservedRun run(const SandboxedRun& run, const std::string& file);

 private:
  using Clock = std::chrono::steady_clock;

  bool over() const;
  bool takes_too_much_memory();
  void one_turn(Clock::time_point until);
  void read_into(UniqueFd& from, std::string& to, const char* name);
  void write_input();
  void look_for_holders();
  void stop_if_needed(Clock::time_point limit);
  void kill_all();
  void settle();
  void finish(Clock::time_point started);
  void trouble(const std::string& text);

  Tracer& tracer_;
  int child_events_;
  const SandboxLimits& limits_;
  const Neighbour& neighbour_;
  WaitingScript script_;
  std::optional<StartFailure> failure_;
  ObservedRun observed_;
  std::string_view input_;
  Clock::time_point ended_{};
  Clock::time_point next_look_{};  // at how much memory there is in use
  bool more_ = false;              // of what the tracer has to take
  bool end_seen_ = false, stopped_ = false, looked_for_holders_ = false;
};

}  // namespace hookjournal
