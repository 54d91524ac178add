#include "engine/processes/process_scene.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <functional>
#include <utility>

#include "engine/unique_fd.h"
#include "tests/unit/catch.h"
#include "tests/unit/engine/scratch_dir.h"

namespace hookjournal {
namespace {

// A process that does one thing, ended with its test.
class Child {
 public:
  explicit Child(const std::function<void()>& work) : pid_(::fork()) {
    if (pid_ != 0) return;
    work();
    ::_exit(0);
  }
  ~Child() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  pid_t pid() const { return pid_; }

  // Until it waits in that call.
  void in(const std::string& call) const {
    while (process_wait(pid_).call != call) ::usleep(1000);
  }

 private:
  pid_t pid_;
};

struct Pipe {
  Pipe() {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    read = UniqueFd(ends[0]);
    write = UniqueFd(ends[1]);
  }
  UniqueFd read, write;
};

const SeenProcess* of(const std::vector<SeenProcess>& processes, pid_t pid) {
  const auto found = std::ranges::find_if(
      processes, [pid](const SeenProcess& each) { return each.stat.pid == pid; });
  return found == processes.end() ? nullptr : &*found;
}

const OpenEnd* awaited(const SeenProcess& process) {
  const auto found = std::ranges::find(process.ends, true, &OpenEnd::awaited);
  return found == process.ends.end() ? nullptr : &*found;
}

TEST_CASE("of a process that reads a pipe is told who could write it",
          "[engine][processes]") {
  Pipe pipe;
  const Child child([&pipe] {
    pipe.write = UniqueFd();
    char byte = 0;
    if (::read(pipe.read.get(), &byte, 1) < 0) ::_exit(1);
  });
  pipe.read = UniqueFd();
  child.in("read");

  const auto found = ProcessScene().below(::getpid(), 0);

  const SeenProcess* process = of(found, child.pid());
  REQUIRE(process != nullptr);
  CHECK_FALSE(process->left_behind);
  CHECK(process->depth == 0);
  const OpenEnd* end = awaited(*process);
  REQUIRE(end != nullptr);
  CHECK(end->kind == "pipe");
  CHECK_FALSE(end->writes);
  REQUIRE(end->peers.size() == 1);
  CHECK(end->peers[0].pid == ::getpid());
}

TEST_CASE("of a process that waits at a unix socket is told where that leads",
          "[engine][processes]") {
  const ScratchDir folder;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = (folder.path() / "socket").native();
  REQUIRE(path.size() < sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  const auto* where = reinterpret_cast<const sockaddr*>(&address);
  const UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::bind(listener.get(), where, sizeof address) == 0);
  REQUIRE(::listen(listener.get(), 1) == 0);
  const Child child([where] {
    const UniqueFd client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(client.get(), where, sizeof(sockaddr_un)) != 0) ::_exit(1);
    char byte = 0;
    if (::recv(client.get(), &byte, 1, 0) < 0) ::_exit(1);
  });
  const UniqueFd accepted(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  child.in("recvfrom");

  const auto found = ProcessScene().below(::getpid(), 0);

  const SeenProcess* process = of(found, child.pid());
  REQUIRE(process != nullptr);
  const OpenEnd* end = awaited(*process);
  REQUIRE(end != nullptr);
  CHECK(end->kind == "unix");
  CHECK(end->place == path);
  REQUIRE(end->peers.size() == 1);
  CHECK(end->peers[0].pid == ::getpid());
}

TEST_CASE("who waits in poll waits for the descriptors it gave", "[engine][processes]") {
  Pipe pipe;
  const Child child([&pipe] {
    pollfd entries[] = {{pipe.read.get(), POLLIN, 0}, {-1, POLLIN, 0}};
    ::poll(entries, 2, -1);
  });
  child.in("poll");
  CHECK(process_wait(child.pid()).descriptors == std::vector<int>{pipe.read.get()});
}

TEST_CASE("who waits for a lock is told with who holds it", "[engine][processes]") {
  const ScratchDir folder;
  const std::string path = (folder.path() / "lock").native();
  const UniqueFd own(::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
  REQUIRE(::flock(own.get(), LOCK_EX) == 0);
  const Child child([&path] {
    const UniqueFd other(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    ::flock(other.get(), LOCK_EX);
  });
  child.in("flock");

  const auto found = ProcessScene().below(::getpid(), 0);

  const SeenProcess* process = of(found, child.pid());
  REQUIRE(process != nullptr);
  CHECK(process->awaited_file == path);
  REQUIRE(process->lock_holders.size() == 1);
  CHECK(process->lock_holders[0].pid == ::getpid());
}

TEST_CASE("an orphan that holds a pipe of the root's was left behind",
          "[engine][processes]") {
  Pipe pipe, told;
  const pid_t middle = ::fork();
  if (middle == 0) {
    const pid_t orphan = ::fork();
    if (orphan == 0) {
      pipe.read = UniqueFd();
      ::pause();
    }
    if (::write(told.write.get(), &orphan, sizeof orphan) < 0) ::_exit(1);
    ::_exit(0);
  }
  pipe.write = UniqueFd();
  pid_t orphan = 0;
  REQUIRE(::read(told.read.get(), &orphan, sizeof orphan) == sizeof orphan);
  ::waitpid(middle, nullptr, 0);

  const auto found = ProcessScene().below(::getpid(), 0);

  ::kill(orphan, SIGKILL);
  const SeenProcess* process = of(found, orphan);
  REQUIRE(process != nullptr);
  CHECK(process->left_behind);
}

TEST_CASE("children stand below their parents, without the one set apart",
          "[engine][processes]") {
  Pipe told;
  const Child apart([] { ::pause(); });
  const Child parent([&told] {
    const pid_t grandchild = ::fork();
    if (grandchild == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::pause();
    }
    if (::write(told.write.get(), &grandchild, sizeof grandchild) < 0) ::_exit(1);
    ::pause();
  });
  pid_t grandchild = 0;
  REQUIRE(::read(told.read.get(), &grandchild, sizeof grandchild) == sizeof grandchild);

  const auto found = ProcessScene().below(::getpid(), apart.pid());

  CHECK(of(found, apart.pid()) == nullptr);
  REQUIRE(of(found, grandchild) != nullptr);
  CHECK(of(found, grandchild)->depth == 1);
  CHECK(of(found, parent.pid()) < of(found, grandchild));
}

}  // namespace
}  // namespace hookjournal
