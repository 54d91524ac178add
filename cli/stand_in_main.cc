// hookjournal-stand-in: what a sandboxed script gets instead of a command that cannot or
// must not run there. It lies at the command's path, asks the sandbox what to answer, and
// answers that. A hook may call it hundreds of times, so it is static, and of the C++
// library it uses nothing.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "replay/sandbox/stand_ins/stand_in_protocol.h"

// The tests' own build of this program has another; nothing else may choose one.
#ifndef HOOKJOURNAL_STAND_IN_SOCKET
#define HOOKJOURNAL_STAND_IN_SOCKET hookjournal::kStandInSocket
#endif

namespace hookjournal {
namespace {

char buffer[64 << 10];

// Sends texts in few system calls, however many there are.
class Sender {
 public:
  explicit Sender(int fd) : fd_(fd) {}

  void add(const void* bytes, std::size_t size) {
    const char* from = static_cast<const char*>(bytes);
    while (size > 0) {
      const std::size_t room = sizeof buffer - used_;
      const std::size_t part = size < room ? size : room;
      ::memcpy(buffer + used_, from, part);
      used_ += part;
      from += part;
      size -= part;
      if (used_ == sizeof buffer) flush();
    }
  }
  void add_text(const char* text) { add(text, ::strlen(text) + 1); }

  bool flush() {
    for (std::size_t sent = 0; sent < used_ && good_;) {
      const ssize_t now = ::send(fd_, buffer + sent, used_ - sent, MSG_NOSIGNAL);
      if (now > 0)
        sent += static_cast<std::size_t>(now);
      else if (errno != EINTR)
        good_ = false;
    }
    used_ = 0;
    return good_;
  }

 private:
  int fd_;
  std::size_t used_ = 0;
  bool good_ = true;
};

// The bytes read, at most `size`; 0 at the end and on errors.
std::size_t receive(int fd, void* into, std::size_t size) {
  for (;;) {
    const ssize_t now = ::recv(fd, into, size, 0);
    if (now >= 0) return static_cast<std::size_t>(now);
    if (errno != EINTR) return 0;
  }
}

// A script may have closed any of 0, 1 and 2: the socket must not take their place.
int connected() {
  const int low = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int fd = ::fcntl(low, F_DUPFD_CLOEXEC, 3);
  ::close(low);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  static_assert(sizeof HOOKJOURNAL_STAND_IN_SOCKET <= sizeof address.sun_path);
  ::memcpy(address.sun_path, HOOKJOURNAL_STAND_IN_SOCKET,
           sizeof HOOKJOURNAL_STAND_IN_SOCKET);
  for (;;) {
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
      return fd;
    if (errno != EINTR) return -1;
  }
}

bool ask(int fd, const char* program, char** arguments) {
  static char folder[4096];
  if (::getcwd(folder, sizeof folder) == nullptr) folder[0] = '\0';
  std::size_t bytes = ::strlen(program) + ::strlen(folder) + 2;
  for (char** argument = arguments; *argument != nullptr; ++argument)
    bytes += ::strlen(*argument) + 1;
  const StandInCallHead head{static_cast<std::uint32_t>(bytes)};
  Sender sender(fd);
  sender.add(&head, sizeof head);
  sender.add_text(program);
  sender.add_text(folder);
  for (char** argument = arguments; *argument != nullptr; ++argument)
    sender.add_text(*argument);
  return sender.flush();
}

void read_input() {
  for (;;) {
    const ssize_t now = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (now == 0) return;
    if (now > 0 || errno == EINTR) continue;
    if (errno != EAGAIN) return;
    pollfd input{STDIN_FILENO, POLLIN, 0};
    ::poll(&input, 1, -1);
  }
}

// As far as somebody wants it.
void write_all(int fd, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t now = ::write(fd, bytes, size);
    if (now >= 0) {
      bytes += now;
      size -= static_cast<std::size_t>(now);
    } else if (errno == EAGAIN) {
      pollfd output{fd, POLLOUT, 0};
      ::poll(&output, 1, -1);
    } else if (errno != EINTR) {
      return;
    }
  }
}

bool pass_on(int from, int to, std::size_t size) {
  while (size > 0) {
    const std::size_t part =
        receive(from, buffer, size < sizeof buffer ? size : sizeof buffer);
    if (part == 0) return false;
    write_all(to, buffer, part);
    size -= part;
  }
  return true;
}

int nobody_answers(const char* program) {
  static constexpr char kTrouble[] = "hookjournal-stand-in: nobody answers for ";
  write_all(STDERR_FILENO, kTrouble, sizeof kTrouble - 1);
  write_all(STDERR_FILENO, program, ::strlen(program));
  write_all(STDERR_FILENO, "\n", 1);
  return kNobodyAnswers;
}

int answer(char** arguments) {
  // Not argv[0], in which a script may write what it likes.
  const auto* program =
      reinterpret_cast<const char*>(::getauxval(AT_EXECFN));  // NOLINT: so it is given
  const int fd = connected();
  StandInAnswerHead head{};
  std::size_t taken = 0;
  if (fd < 0 || !ask(fd, program, arguments)) return nobody_answers(program);
  while (taken < sizeof head) {
    const std::size_t part =
        receive(fd, reinterpret_cast<char*>(&head) + taken, sizeof head - taken);
    if (part == 0) return nobody_answers(program);
    taken += part;
  }
  if (head.reads_input != 0) read_input();
  if (!pass_on(fd, STDOUT_FILENO, head.out_bytes) ||
      !pass_on(fd, STDERR_FILENO, head.err_bytes))
    return nobody_answers(program);
  return head.exit_status;
}

}  // namespace
}  // namespace hookjournal

int main(int /*argc*/, char** argv) { return hookjournal::answer(argv); }
