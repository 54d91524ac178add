#include "replay/sandbox/sandbox_init.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>

#include "engine/error.h"
#include "replay/sandbox/layer_scan.h"
#include "replay/sandbox/network/network_state.h"
#include "replay/sandbox/script_watch.h"
#include "replay/sandbox/stand_ins/stand_in_protocol.h"
#include "replay/sandbox/stand_ins/stand_in_server.h"
#include "replay/sandbox/tracee.h"

namespace hookjournal {

namespace {

using Clock = std::chrono::steady_clock;

// How long what is left of a lifecycle may take to come to rest.
constexpr std::chrono::seconds kRestTime{1};

UniqueFd child_events() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  return UniqueFd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

// In the pid namespace of this process. Kernels without checkpoint and restore have no
// such file.
void number_processes_from(int last_pid) {
  const UniqueFd file(::open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC));
  const std::string text = std::to_string(last_pid);
  if (file) static_cast<void>(::write(file.get(), text.data(), text.size()));
}

// Whether all room in the memory that stands for some file systems has been written to.
bool is_full(const Layer& layer) {
  struct statfs room {};
  return ::fstatfs(layer.upper.get(), &room) == 0 && room.f_blocks > 0 &&
         room.f_bavail == 0;
}

class SandboxInit {
 public:
  SandboxInit(Channel channel, const Workshop& workshop, const SceneRequest& request,
              const SandboxSettings& settings, std::shared_ptr<const WriteNews> news)
      : channel_(std::move(channel)),
        limits_(settings.limits),
        hooks_dir_(request.scene.hooks_dir),
        tracer_(
            [&workshop](const std::string& program) {
              return workshop.stand_in_places.contains(program);
            },
            settings.limits.processes),
        events_(child_events()) {
    if (!request.host_name.empty())
      static_cast<void>(
          ::sethostname(request.host_name.data(), request.host_name.size()));
    if (request.last_pid > 0) number_processes_from(request.last_pid);
    set_loopback_up();
    for (const std::string& name : request.bridges) make_bridge(name);
    for (const std::string& name : request.taps) make_tap(name);
    layers_ = enter_scene(workshop, request.scene);
    if (settings.stand_ins) {
      stand_ins_socket_ = listen_for_stand_ins(kStandInSocket);
      stand_ins_.emplace(*settings.stand_ins, stand_ins_socket_.get());
    }
    network_ = watch_network(std::move(news));
    network_state_ = first_network_ = network_->state();
    files_ = first_files_ = scan_layers(layers_);
  }

  // Ends when the other side is gone.
  void live() {
    answer(kDone, "");
    for (;;) {
      std::array<pollfd, 3> polled = {{{channel_.fd(), POLLIN, 0},
                                       {events_.get(), POLLIN, 0},
                                       {stand_ins_ ? stand_ins_->fd() : -1, POLLIN, 0}}};
      if (::poll(polled.data(), polled.size(), more_ ? 0 : -1) < 0 && errno != EINTR)
        return;
      if (stand_ins_) stand_ins_->turn();
      if (more_ || polled[1].revents != 0) take_child_events();
      if (polled[0].revents == 0) continue;
      const auto request = channel_.receive();
      if (!request || request->bytes.empty()) return;
      handle(request->bytes.front(), std::string_view(request->bytes).substr(1));
    }
  }

 private:
  void answer(SandboxAnswer kind, const std::string& body) {
    // Without anybody to hear it there is nothing more to do.
    if (!channel_.send(static_cast<char>(kind) + body)) ::_exit(0);
  }

  void handle(char kind, std::string_view body) {
    try {
      if (kind == kRun) answer(kDone, encode(run(decode_run(body))));
      if (kind == kRemains) answer(kDone, encode(remains()));
    } catch (const std::exception& error) {
      answer(kFailed, error.what());
    }
  }

  void take_child_events() {
    signalfd_siginfo ignored{};
    static_cast<void>(::read(events_.get(), &ignored, sizeof ignored));
    more_ = tracer_.turn();
    if (tracer_.too_many()) ::kill(-1, SIGKILL);
  }

  ScriptWatch::Neighbour neighbour() {
    return {.descriptors =
                [this] {
                  std::vector<int> descriptors = {channel_.fd()};
                  if (stand_ins_) descriptors.push_back(stand_ins_->fd());
                  return descriptors;
                },
            .turn =
                [this] {
                  leave_if_alone();
                  if (stand_ins_) stand_ins_->turn();
                },
            .stop =
                [this] {
                  return stand_ins_ ? stand_ins_->exhausted()
                                    : std::optional<std::string>();
                }};
  }

  // Nothing is asked during a run: what is there to read is the end.
  void leave_if_alone() const {
    pollfd polled{channel_.fd(), POLLIN, 0};
    if (::poll(&polled, 1, 0) > 0) ::_exit(0);
  }

  ObservedRun run(const SandboxedRun& run) {
    // What earlier runs left may have gone on meanwhile; that is not this one's doing.
    if (tracer_.alive() > 0) files_ = scan_layers(layers_);
    if (network_->touched()) network_state_ = network_->state();
    if (stand_ins_) stand_ins_->reset();
    const auto beside = neighbour();
    ObservedRun observed = ScriptWatch(tracer_, events_.get(), limits_, beside)
                               .run(run, hooks_dir_ + "/" + run.script);
    Manifest files = scan_layers(layers_);
    observed.effects.files = manifest_changes(files_, files, layers_);
    files_ = std::move(files);
    if (std::ranges::any_of(layers_, is_full))
      observed.effects.trouble.push_back("its files took all the " +
                                         std::to_string(limits_.disk >> 20) +
                                         " MiB that a sandbox has for them");
    if (network_->touched()) {
      NetworkState state = network_->state();
      observed.effects.network = network_changes(network_state_, state);
      network_state_ = std::move(state);
    }
    return observed;
  }

  // What a script has killed a moment ago may not have had its turn yet.
  void let_processes_settle() {
    const auto unsettled = [](pid_t process) {
      return process != 1 && is_unsettled(process);
    };
    const auto until = Clock::now() + kRestTime;
    while (std::ranges::any_of(all_processes(), unsettled) && Clock::now() < until) {
      pollfd events{events_.get(), POLLIN, 0};
      ::poll(&events, 1, more_ ? 0 : 10);
      if (more_ || events.revents != 0) take_child_events();
    }
  }

  Remains remains() {
    let_processes_settle();
    Remains remains;
    remains.files = manifest_changes(first_files_, scan_layers(layers_), layers_);
    if (network_->touched()) network_state_ = network_->state();
    remains.network = network_changes(first_network_, network_state_);
    remains.processes = other_processes();
    return remains;
  }

  static std::vector<std::string> other_processes();

  Channel channel_;
  SandboxLimits limits_;
  std::string hooks_dir_;
  Tracer tracer_;
  UniqueFd events_;
  bool more_ = false;  // of what the tracer has to take
  std::vector<Layer> layers_;
  UniqueFd stand_ins_socket_;
  std::optional<StandInServer> stand_ins_;
  std::unique_ptr<NetworkWatch> network_;
  NetworkState first_network_, network_state_;
  Manifest first_files_, files_;
};

std::vector<std::string> SandboxInit::other_processes() {
  std::vector<std::string> lines;
  for (const pid_t process : all_processes()) {
    if (process != 1) lines.push_back(command_line_of(process));
  }
  return lines;
}

}  // namespace

void live_as_sandbox_init(Channel channel, const Workshop& workshop,
                          const SceneRequest& request, const SandboxSettings& settings,
                          std::shared_ptr<const WriteNews> news) {
  // With the keeper goes everything, if it should be killed.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::signal(SIGCHLD, SIG_DFL);
  Channel to_tell{UniqueFd(::dup(channel.fd()))};
  try {
    SandboxInit(std::move(channel), workshop, request, settings, std::move(news)).live();
  } catch (const std::exception& error) {
    // Only while it is built: later ones are answers.
    static_cast<void>(
        to_tell.send(static_cast<char>(kFailed) + std::string(error.what())));
  }
  ::_exit(0);
}

}  // namespace hookjournal
