#include "replay/sandbox/script_watch.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "engine/pipe_holders.h"
#include "engine/small_file.h"
#include "replay/sandbox/tracee.h"

namespace hookjournal {

namespace {

using std::chrono::milliseconds;

// More than any filter prints; what comes after is let go.
constexpr std::size_t kMostOutput = 8 << 20;
// How long an ended script's open pipe is no news yet; as in engine/script_process.cc.
constexpr milliseconds kHolderGrace{50};
// How long a run's left-over processes may go on before the run is taken as over. Those
// that come to their end in it would otherwise do so sometimes before and sometimes
// after.
constexpr milliseconds kSettleTime{250};
constexpr std::size_t kMostBorn = 20'000;  // processes of one run
constexpr milliseconds kKillTime{5000};
constexpr milliseconds kBetweenLooks{100};

}  // namespace

ScriptWatch::ScriptWatch(Tracer& tracer, int child_events, const SandboxLimits& limits,
                         const Neighbour& neighbour)
    : tracer_(tracer),
      child_events_(child_events),
      limits_(limits),
      neighbour_(neighbour) {}

ObservedRun ScriptWatch::run(const SandboxedRun& run, const std::string& file) {
  observed_.script = run.script;
  if (run.input) input_ = *run.input;
  if (::access(run.working_directory.c_str(), X_OK) != 0)
    trouble("its working directory " + run.working_directory +
            " is not there: it ran in /");
  script_ = stage_script(run, file, limits_);
  tracer_.begin(script_.pid, file);
  const auto started = Clock::now();
  const auto limit = started + limits_.time - run.spent;
  next_look_ = started + kBetweenLooks;
  failure_ = let_go(script_, std::chrono::ceil<milliseconds>(limits_.time));
  if (input_.empty()) script_.in.reset();
  while (!over()) {
    one_turn(limit);
    stop_if_needed(limit);
  }
  finish(started);
  return std::move(observed_);
}

void ScriptWatch::trouble(const std::string& text) {
  auto& all = observed_.effects.trouble;
  if (std::ranges::find(all, text) == all.end()) all.push_back(text);
}

bool ScriptWatch::over() const { return end_seen_ && !script_.out && !script_.err; }

void ScriptWatch::one_turn(Clock::time_point until) {
  std::vector<pollfd> polled = {{child_events_, POLLIN, 0},
                                {script_.out.get(), POLLIN, 0},
                                {script_.err.get(), POLLIN, 0},
                                {script_.in.get(), POLLOUT, 0}};
  for (const int fd : neighbour_.descriptors()) polled.push_back({fd, POLLIN, 0});
  if (end_seen_ && !looked_for_holders_) until = std::min(until, ended_ + kHolderGrace);
  if (!stopped_ && !over()) until = std::min(until, next_look_);
  if (more_) until = Clock::now();
  const auto left = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
  const int ready = ::poll(polled.data(), polled.size(),
                           static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000)));
  if (ready < 0 && errno != EINTR) return;
  if (polled[0].revents != 0) {
    signalfd_siginfo ignored{};
    static_cast<void>(::read(child_events_, &ignored, sizeof ignored));
  }
  // Streams first: what a script wrote before it ended is seen before its end is.
  if (polled[1].revents != 0) read_into(script_.out, observed_.result.out, "stdout");
  if (polled[2].revents != 0) read_into(script_.err, observed_.result.err, "stderr");
  if (polled[3].revents != 0) write_input();
  more_ = tracer_.turn();
  neighbour_.turn();
  if (!end_seen_ && tracer_.root_end()) {
    end_seen_ = true;
    ended_ = Clock::now();
  }
  look_for_holders();
}

void ScriptWatch::read_into(UniqueFd& from, std::string& to, const char* name) {
  char part[64 << 10];  // of which only what is read costs anything
  for (;;) {
    const ssize_t got = ::read(from.get(), part, sizeof part);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return from.reset();
    const std::string_view bytes(part, static_cast<std::size_t>(got));
    const std::size_t room = kMostOutput - to.size();
    to += bytes.substr(0, room);
    if (bytes.size() > room)
      trouble(std::string(name) + " is longer than 8 MiB; the rest is not compared");
  }
}

void ScriptWatch::write_input() {
  const ssize_t written = ::write(script_.in.get(), input_.data(), input_.size());
  if (written < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (written > 0) input_.remove_prefix(static_cast<std::size_t>(written));
  if (written < 0 || input_.empty()) script_.in.reset();
}

void ScriptWatch::look_for_holders() {
  if (!end_seen_ || looked_for_holders_ || over() || Clock::now() < ended_ + kHolderGrace)
    return;
  looked_for_holders_ = true;
  observed_.result.holders =
      find_pipe_holders({-1, script_.out.get(), script_.err.get()});
}

// What each process may have is the kernel's to keep; only a control group could keep
// what all may have, and of those there may be none for us.
bool ScriptWatch::takes_too_much_memory() {
  const auto now = Clock::now();
  if (now < next_look_) return false;
  next_look_ = now + kBetweenLooks;
  return memory_of_processes() > limits_.all_memory;
}

void ScriptWatch::stop_if_needed(Clock::time_point limit) {
  if (stopped_ || over()) return;
  std::optional<std::string> why = neighbour_.stop();
  if (Clock::now() >= limit) {
    observed_.effects.timed_out = true;
    const auto ms = std::chrono::duration_cast<milliseconds>(limits_.time).count();
    why =
        "its call was stopped after " +
        (ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms");
  } else if (tracer_.too_many()) {
    why = "it had more than " + std::to_string(limits_.processes) + " processes";
  } else if (tracer_.born() > kMostBorn) {
    why = "it started more than " + std::to_string(kMostBorn) + " processes";
  } else if (takes_too_much_memory()) {
    why = "its processes took more than " + std::to_string(limits_.all_memory >> 20) +
          " MiB of memory together";
  }
  if (!why) return;
  trouble(*why);
  kill_all();
}

// Everything in the pid namespace but us.
void ScriptWatch::kill_all() {
  stopped_ = true;
  for (const pid_t process : tracer_.log().alive())
    observed_.effects.left_running.push_back(command_line_of(process));
  ::kill(-1, SIGKILL);
  const auto until = Clock::now() + kKillTime;
  while (tracer_.alive() > 0 && Clock::now() < until) one_turn(until);
  script_.out.reset();
  script_.err.reset();
  end_seen_ = true;
}

void ScriptWatch::settle() {
  const auto until = Clock::now() + kSettleTime;
  while (!tracer_.log().alive().empty() && Clock::now() < until) {
    one_turn(until);
    stop_if_needed(until + kSettleTime);
  }
}

void ScriptWatch::finish(Clock::time_point started) {
  const auto now = Clock::now();
  ScriptResult& result = observed_.result;
  result.elapsed = now - started;
  if (!result.holders.empty()) result.held_open = now - ended_;
  if (const auto& end = tracer_.root_end()) {
    result.ending = end->ending;
    result.cpu = end->cpu;
    result.max_rss_kib = end->max_rss_kib;
  } else {
    trouble("its end was not seen");
  }
  if (failure_ && !failure_->step.empty()) {
    trouble("the sandbox could not give the script " + failure_->step);
  } else if (failure_) {
    result.ending = NotStarted{failure_->error};
    result.err += exec_failure_text(observed_.script, failure_->error);
  }
  if (tracer_.interpreter_simulated())
    trouble(
        "a stand-in stands in the place of its interpreter, so it did not run; take the "
        "rule for that command out of --stubs");
  if (!stopped_) {
    settle();
    for (const pid_t process : tracer_.log().alive())
      observed_.effects.left_running.push_back(command_line_of(process));
  }
  observed_.effects.commands = tracer_.log().commands();
  const auto wrote_too_much = [](const std::optional<Ending>& ending) {
    const auto* signaled = ending ? std::get_if<Signaled>(&*ending) : nullptr;
    return signaled != nullptr && signaled->signal == SIGXFSZ;
  };
  if (wrote_too_much(result.ending) ||
      std::ranges::any_of(observed_.effects.commands, wrote_too_much, &Command::ending))
    trouble("it wrote a file of more than the " + std::to_string(limits_.disk >> 20) +
            " MiB that a sandbox has for them");
  observed_.effects.attempts = tracer_.attempts();
  observed_.effects.pids = tracer_.pids();
}

}  // namespace hookjournal
