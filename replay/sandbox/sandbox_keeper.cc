#include "replay/sandbox/sandbox_keeper.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <list>

#include "engine/error.h"
#include "engine/small_file.h"
#include "replay/sandbox/confinement.h"
#include "replay/sandbox/mounting.h"
#include "replay/sandbox/sandbox_init.h"
#include "replay/sandbox/settings_codec.h"
#include "replay/sandbox/stand_ins/stand_in_places.h"

namespace hookjournal {

namespace {

constexpr std::size_t kLargestProgram = 16 << 20;

void write_text(const char* path, const std::string& text) {
  const UniqueFd file(::open(path, O_WRONLY | O_CLOEXEC));
  if (!file || ::write(file.get(), text.data(), text.size()) < 0)
    throw Error(with_errno(std::string("cannot write ") + path, errno));
}

// Root there is who we are here. Throws Error.
void enter_user_namespace() {
  const uid_t uid = ::geteuid();
  const gid_t gid = ::getegid();
  if (::unshare(CLONE_NEWUSER) != 0)
    throw Error(with_errno(
        "cannot make a sandbox: this user may not make user namespaces (see "
        "user.max_user_namespaces, kernel.unprivileged_userns_clone and "
        "kernel.apparmor_restrict_unprivileged_userns); run it as root, or read "
        "\"The sandbox\" in the README",
        errno));
  write_text("/proc/self/setgroups", "deny");
  write_text("/proc/self/uid_map", "0 " + std::to_string(uid) + " 1");
  write_text("/proc/self/gid_map", "0 " + std::to_string(gid) + " 1");
}

// As root without one of the capabilities (in many containers) a user namespace may still
// do.
bool may_make_sandboxes() {
  return has_capabilities({CAP_SYS_ADMIN, CAP_NET_ADMIN, CAP_MKNOD, CAP_SETPCAP}) &&
         ::unshare(CLONE_NEWNS) == 0;
}

bool in_first_user_namespace() {
  return read_small_file("/proc/self/uid_map").value_or("").find("4294967295") !=
         std::string::npos;
}

Workshop workshop_of_ours() {
  if (may_make_sandboxes()) return make_workshop(!in_first_user_namespace());
  enter_user_namespace();
  if (::unshare(CLONE_NEWNS) != 0)
    throw Error(with_errno("cannot make a mount namespace for sandboxes", errno));
  return make_workshop(true);
}

// For the scripts, whatever who started us ignored: posix_spawn leaves the two signals
// ignored that the C library keeps for itself, and only the kernel gives them back.
void set_default_signals() {
  constexpr std::array<std::uint64_t, 4> kDefault{};  // the kernel's struct sigaction
  constexpr std::size_t kSizeOfSet = 8;
  for (int number = 1; number < NSIG; ++number)
    ::syscall(SYS_rt_sigaction, number, kDefault.data(), nullptr, kSizeOfSet);
}

// Of what the process that started us had open we keep nothing.
void close_all_others() {
  ::syscall(SYS_close_range, kKeeperSocket + 1U, ~0U, 0U);
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  for (const int fd : {0, 1}) ::dup2(null.get(), fd);
  ::fcntl(kKeeperSocket, F_SETFD, FD_CLOEXEC);
}

class Keeper {
 public:
  Keeper(Channel channel, const SandboxSettings& settings)
      : channel_(std::move(channel)),
        settings_(settings),
        program_(read_program()),
        places_(places()),
        workshop_(workshop_of_ours()) {
    lay_stand_ins();
    if (!bound_capabilities())
      throw Error(with_errno("cannot give up capabilities", errno));
  }

  void live() {
    channel_.send(std::string(1, kDone));
    while (auto request = channel_.receive()) {
      if (request->bytes.empty()) continue;
      const std::string_view body = std::string_view(request->bytes).substr(1);
      switch (request->bytes.front()) {
        case kAddTree:
          add_tree(body.substr(0, 64), body.substr(64));
          break;
        case kDropTree:
          std::filesystem::remove_all(folder_of(body));
          break;
        case kOpen:
          open(body, Channel(std::move(request->descriptor)));
          break;
        default:
          break;
      }
    }
  }

 private:
  // These two look at the host, before the workshop hides a folder of it.
  std::string read_program() const {
    if (!settings_.stand_ins || settings_.stand_in_program.empty()) return {};
    auto bytes = read_small_file(settings_.stand_in_program, kLargestProgram);
    if (!bytes)
      throw Error(with_errno("cannot read " + settings_.stand_in_program, errno));
    return std::move(*bytes);
  }

  std::vector<std::string> places() const {
    if (program_.empty()) return {};
    return stand_in_places(*settings_.stand_ins, settings_.missing_commands,
                           settings_.path_variable);
  }

  // One file under many names.
  void lay_stand_ins() {
    std::string first;
    for (const std::string& place : places_) {
      const std::string file = workshop_.stand_ins() + place;
      if (first.empty()) {
        write_tree_file(file, 0755, program_);
        first = file;
      } else {
        make_folders(file.substr(0, file.rfind('/')));
        if (::link(first.c_str(), file.c_str()) != 0)
          throw Error(with_errno("cannot make a stand-in for " + place, errno));
      }
      workshop_.stand_in_places.insert(place);
    }
  }

  std::string folder_of(std::string_view tree) const {
    return workshop_.trees() + "/" + std::string(tree);
  }

  void add_tree(std::string_view id, std::string_view files) const {
    std::filesystem::create_directories(folder_of(id));
    for (const ScriptsTree::File& file : decode_files(files))
      write_tree_file(folder_of(id) + "/" + file.path, file.mode, file.bytes);
  }

  struct News {
    std::shared_ptr<const WriteNews> news;
    long user = 0;  // the sandbox that has it now, or had it last
  };

  // One that no living sandbox has.
  News& free_news() {
    const auto found = std::ranges::find_if(news_, [](const News& each) {
      return each.user == 0 || ::kill(static_cast<pid_t>(each.user), 0) != 0;
    });
    if (found != news_.end()) return *found;
    return news_.emplace_back(News{std::make_shared<const WriteNews>(), 0});
  }

  // A child with namespaces of its own. By the bare system call: with one thread there is
  // nothing for the C library to mend.
  void open(std::string_view body, Channel channel) {
    constexpr unsigned long kNamespaces =
        CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
    News& news = free_news();
    const long child =
        ::syscall(SYS_clone, kNamespaces | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
    if (child == 0) {
      channel_.close();
      live_as_sandbox_init(std::move(channel), workshop_, decode_scene(body), settings_,
                           news.news);
    }
    if (child > 0) news.user = child;
    if (child < 0) {
      const std::string why =
          with_errno("cannot make the namespaces of a sandbox", errno);
      channel.send(static_cast<char>(kFailed) + why);
    }
  }

  Channel channel_;
  const SandboxSettings& settings_;
  std::string program_;
  std::vector<std::string> places_;
  Workshop workshop_;
  std::list<News> news_;
};

}  // namespace

void live_as_sandbox_keeper() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // A terminal's Ctrl-C is for the replay, and then its end reaches us.
  ::setsid();
  set_default_signals();
  std::signal(SIGCHLD, SIG_IGN);  // ended sandboxes are nobody's business
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  close_all_others();
  Channel channel{UniqueFd(kKeeperSocket)};
  const auto told = channel.receive();
  if (!told) ::_exit(0);
  const SandboxSettings settings = decode_settings(told->bytes);
  Channel to_tell{UniqueFd(::fcntl(channel.fd(), F_DUPFD_CLOEXEC, 3))};
  try {
    Keeper(std::move(channel), settings).live();
  } catch (const std::exception& error) {
    to_tell.send(static_cast<char>(kFailed) + std::string(error.what()));
  }
  ::_exit(0);
}

}  // namespace hookjournal
