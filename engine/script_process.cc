#include "engine/script_process.h"

#include <fcntl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <thread>
#include <vector>

#include "engine/error.h"
#include "engine/pipe_holders.h"
#include "engine/relay.h"

namespace hookjournal {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Input beyond this waits in libvirt's pipe until the script reads; up to here it is
// taken at once, so that it is recorded whatever the script does.
constexpr std::size_t kInputAhead = 1 << 20;
constexpr std::size_t kOutputAhead = 64 << 10;
// How often to look for the end of a script that the system gives no descriptor for.
constexpr milliseconds kLookForEnd{10};
// How long an ended script's open pipe is no news yet.
constexpr milliseconds kHolderGrace{50};
// What a script left unread is read for the record, if it comes this soon.
constexpr milliseconds kInputGrace{100};

// Noted of those that were passed on.
constexpr std::size_t kMostSignals = 64;

// Signals, the script's end, and the ends of three relays.
constexpr std::size_t kMostPolled = 8;

constexpr int kPassedOn[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

sigset_t passed_on() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int number : kPassedOn) ::sigaddset(&set, number);
  return set;
}

struct Pipe {
  UniqueFd read_end, write_end;
};

// Ours must never take the place of a standard descriptor that a caller by hand left
// closed. The low one is closed again: a pipe has no end while somebody holds it.
UniqueFd above_standard(UniqueFd fd) {
  if (!fd || fd.get() > 2) return fd;
  UniqueFd copy(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3));
  if (!copy) throw Error(with_errno("cannot duplicate a descriptor", errno));
  return copy;
}

Pipe make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw Error(with_errno("cannot make a pipe", errno));
  UniqueFd read_end(ends[0]), write_end(ends[1]);
  return {above_standard(std::move(read_end)), above_standard(std::move(write_end))};
}

class ScriptRun {
 public:
  ScriptRun(ScriptStreams streams, ScriptWatcher& watcher)
      : streams_(std::move(streams)), watcher_(watcher) {
    polled_.reserve(kMostPolled);
    relays_.reserve(3);
  }

  ScriptResult run(const std::optional<ExecPlan>& plan, const char* const* environment);

 private:
  void connect();
  void start(const ExecPlan& plan, const char* const* environment);
  void exec_failed(const ExecPlan& plan, const NotStarted& failure);
  bool over() const;
  void one_turn();
  int timeout() const;
  void take_signals();
  void collect();
  void look_for_holders();

  // There before the script is: what carries its streams and waits for its end must not
  // fail for want of memory.
  std::vector<pollfd> polled_;
  ScriptStreams streams_;
  ScriptWatcher& watcher_;
  ScriptResult result_;
  Clock::time_point started_ = Clock::now();
  Clock::time_point script_ended_{};
  UniqueFd signals_;
  UniqueFd child_in_, child_out_, child_err_;
  std::optional<ChildProcess> child_;
  std::vector<Relay> relays_;  // in, out, err
  bool looked_for_holders_ = false;
  bool input_told_ = false;
};

void ScriptRun::connect() {
  Pipe in, out = make_pipe(), err = make_pipe();
  if (!streams_.inherited_input && (streams_.relayed_input || streams_.input))
    in = make_pipe();

  const auto see = [this](Stream stream) {
    return [this, stream](std::string_view bytes) { watcher_.passed(stream, bytes); };
  };
  relays_.emplace_back(Relay::borrowed(streams_.relayed_input.value_or(-1)),
                       Relay::owned(std::move(in.write_end)),
                       Relay::OnRefusal::keep_reading, kInputAhead, see(Stream::in));
  relays_.emplace_back(Relay::owned(std::move(out.read_end)),
                       Relay::borrowed(streams_.out), Relay::OnRefusal::close_source,
                       kOutputAhead, see(Stream::out));
  relays_.emplace_back(Relay::owned(std::move(err.read_end)),
                       Relay::borrowed(streams_.err), Relay::OnRefusal::close_source,
                       kOutputAhead, see(Stream::err));

  child_in_ = std::move(in.read_end);
  if (!child_in_ && !streams_.inherited_input)
    child_in_ = above_standard(UniqueFd(::open("/dev/null", O_RDWR | O_CLOEXEC)));
  child_out_ = std::move(out.write_end);
  child_err_ = std::move(err.write_end);
}

void ScriptRun::start(const ExecPlan& plan, const char* const* environment) {
  const ChildStreams streams{streams_.inherited_input.value_or(child_in_.get()),
                             child_out_.get(), child_err_.get()};
  auto started = start_child(plan, environment, streams);
  if (auto* child = std::get_if<ChildProcess>(&started))
    child_.emplace(std::move(*child));
  else
    exec_failed(plan, std::get<NotStarted>(started));
}

// libvirt's child reports on its stderr why it could not execute, and so do we, by the
// way all of the script's stderr takes.
void ScriptRun::exec_failed(const ExecPlan& plan, const NotStarted& failure) {
  result_.ending = failure;
  script_ended_ = Clock::now();
  const std::string text = exec_failure_text(plan.named, failure.error);
  // Shorter than PIPE_BUF and the pipe is empty: one write, whole.
  if (::write(child_err_.get(), text.data(), text.size()) < 0) return;
}

bool ScriptRun::over() const {
  const bool outputs_done = relays_[1].done() && relays_[2].done();
  if (child_ || !outputs_done) return false;
  const Relay& input = relays_[0];
  if (input.done()) return true;
  // A child of the script may still read; else only the record is waiting for the rest.
  return !input.sink_open() && Clock::now() >= script_ended_ + kInputGrace;
}

int ScriptRun::timeout() const {
  auto wait = watcher_.patience();
  const auto until = [&wait](Clock::time_point moment) {
    const auto left =
        std::max(milliseconds(0), std::chrono::ceil<milliseconds>(moment - Clock::now()));
    wait = wait ? std::min(*wait, left) : left;
  };
  if (child_ && child_->exit_fd() < 0) until(Clock::now() + kLookForEnd);
  if (!child_) {
    if (!looked_for_holders_) until(script_ended_ + kHolderGrace);
    if (relays_[0].source_open() && !relays_[0].sink_open())
      until(script_ended_ + kInputGrace);
  }
  return wait ? static_cast<int>(wait->count()) : -1;
}

void ScriptRun::one_turn() {
  polled_.clear();
  polled_.push_back({signals_.get(), POLLIN, 0});
  polled_.push_back({child_ ? child_->exit_fd() : -1, POLLIN, 0});
  for (const Relay& relay : relays_) relay.add_to(polled_);

  if (::poll(polled_.data(), polled_.size(), timeout()) < 0) {
    // Memory is short for a moment, or a signal came: nothing was looked at.
    if (errno != EINTR) std::this_thread::sleep_for(milliseconds(1));
    return;
  }

  if (polled_[0].revents != 0) take_signals();
  // Streams first: what a script wrote before it ended is seen before its end is.
  for (Relay& relay : relays_) relay.handle(polled_);
  if (child_ && (child_->exit_fd() < 0 ? child_->ended() : polled_[1].revents != 0))
    collect();
  if (!input_told_ && !relays_[0].source_open()) {
    input_told_ = true;
    watcher_.input_ended();
  }
  look_for_holders();
  watcher_.turn();
}

void ScriptRun::take_signals() {
  signalfd_siginfo info{};
  while (::read(signals_.get(), &info, sizeof info) == sizeof info) {
    const int number = static_cast<int>(info.ssi_signo);
    // One that the terminal sent has reached the script's process group already.
    if (child_ && info.ssi_code <= 0) ::kill(child_->pid(), number);
    // More is not noted, lest memory be wanted for it.
    if (result_.signals.size() < kMostSignals)
      result_.signals.push_back({number, Clock::now() - started_});
  }
}

void ScriptRun::collect() {
  const ChildEnd end = child_->reap();
  child_.reset();
  script_ended_ = Clock::now();
  result_.ending = end.ending;
  result_.cpu = end.cpu;
  result_.max_rss_kib = end.max_rss_kib;
  watcher_.script_ended();
}

void ScriptRun::look_for_holders() {
  if (child_ || looked_for_holders_ || Clock::now() < script_ended_ + kHolderGrace)
    return;
  looked_for_holders_ = true;
  try {
    result_.holders = find_pipe_holders(
        {relays_[0].sink_fd(), relays_[1].source_fd(), relays_[2].source_fd()});
  } catch (const std::exception&) {
    return;  // the record lacks them
  }
  for (const PipeHolder& holder : result_.holders) watcher_.held_by(holder);
}

ScriptResult ScriptRun::run(const std::optional<ExecPlan>& plan,
                            const char* const* environment) {
  const sigset_t set = passed_on();
  signals_ = UniqueFd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals_) throw Error(with_errno("cannot wait for signals", errno));
  result_.signals.reserve(kMostSignals);
  connect();
  started_ = Clock::now();
  script_ended_ = started_;
  if (plan) start(*plan, environment);
  // Ours now only: an end of the script's is an end of the pipes.
  child_in_.reset();
  child_out_.reset();
  child_err_.reset();
  watcher_.script_started();
  if (streams_.input) {
    watcher_.passed(Stream::in, *streams_.input);
    relays_[0].feed(std::move(*streams_.input));
  }
  while (!over()) one_turn();
  const auto ended = Clock::now();
  result_.elapsed = ended - started_;
  if (ended - script_ended_ > kHolderGrace || !result_.holders.empty())
    result_.held_open = ended - script_ended_;
  return std::move(result_);
}

}  // namespace

void restore_signals() {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
  std::signal(SIGXFSZ, SIG_DFL);
}

void prepare_signals() {
  const sigset_t set = passed_on();
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  // Ignored, it would make the system forget how a child ended.
  std::signal(SIGCHLD, SIG_DFL);
}

ScriptResult run_script(const std::optional<ExecPlan>& plan,
                        const char* const* environment, ScriptStreams streams,
                        ScriptWatcher& watcher) {
  return ScriptRun(std::move(streams), watcher).run(plan, environment);
}

}  // namespace hookjournal
