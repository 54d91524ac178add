#include "replay/sandbox/stand_ins/stand_in_server.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "engine/error.h"
#include "replay/sandbox/stand_ins/stand_in_protocol.h"

namespace hookjournal {

namespace {

// Of a command line named in a report.
constexpr std::size_t kShownBytes = 80;

bool watch(int epoll, int fd, std::uint32_t events, int operation) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  return ::epoll_ctl(epoll, operation, fd, &event) == 0;
}

void append(std::string& to, const void* bytes, std::size_t size) {
  to.append(static_cast<const char*>(bytes), size);
}

std::vector<std::string> texts_in(const std::string& call) {
  std::vector<std::string> texts;
  for (std::size_t at = 0; at < call.size();) {
    const auto end = call.find('\0', at);
    if (end == std::string::npos) return {};
    texts.push_back(call.substr(at, end - at));
    at = end + 1;
  }
  return texts;
}

}  // namespace

UniqueFd listen_for_stand_ins(const std::string& path) {
  const std::string tried = "cannot listen for stand-ins at " + path;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    throw Error(with_errno(tried, ENAMETOOLONG));
  std::memcpy(address.sun_path, path.data(), path.size());
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd ||
      ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0 ||
      ::chmod(path.c_str(), 0666) < 0 || ::listen(fd.get(), SOMAXCONN) < 0)
    throw Error(with_errno(tried, errno));
  return fd;
}

StandInServer::StandInServer(const StandInRules& rules, int listening)
    : rules_(rules), listening_(listening), ready_(::epoll_create1(EPOLL_CLOEXEC)) {
  const int flags = ::fcntl(listening, F_GETFL);
  if (!ready_ || flags < 0 || ::fcntl(listening, F_SETFL, flags | O_NONBLOCK) < 0 ||
      !watch(ready_.get(), listening, EPOLLIN, EPOLL_CTL_ADD))
    throw Error(with_errno("cannot wait for stand-ins of the sandbox", errno));
}

void StandInServer::turn() {
  epoll_event events[64];
  const int count = ::epoll_wait(ready_.get(), events, std::size(events), 0);
  for (int i = 0; i < count; ++i) {
    if (events[i].data.fd == listening_) {
      accept_all();
    } else if (const auto found = connections_.find(events[i].data.fd);
               found != connections_.end() && go_on(found->second) == State::over) {
      connections_.erase(found);  // closing takes it out of the epoll
    }
  }
}

void StandInServer::reset() {
  answers_.clear();
  exhausted_.reset();
}

void StandInServer::accept_all() {
  for (;;) {
    UniqueFd fd(::accept4(listening_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd) return;
    const int number = fd.get();
    Connection connection;
    connection.fd = std::move(fd);
    // Most have asked by now, and most answers fit into the socket at once.
    if (go_on(connection) == State::over) continue;
    const std::uint32_t events = connection.out.empty() ? EPOLLIN : EPOLLOUT;
    if (watch(ready_.get(), number, events, EPOLL_CTL_ADD))
      connections_[number] = std::move(connection);
  }
}

StandInServer::State StandInServer::go_on(Connection& connection) {
  if (!connection.out.empty()) return send(connection);
  if (take(connection) == State::over) return State::over;
  if (connection.out.empty()) return State::open;
  const State state = send(connection);
  // Not there yet when it has only just been accepted: then it is added right.
  if (state == State::open)
    watch(ready_.get(), connection.fd.get(), EPOLLOUT, EPOLL_CTL_MOD);
  return state;
}

StandInServer::State StandInServer::take(Connection& connection) {
  char buffer[16 << 10];
  for (;;) {
    const ssize_t now = ::recv(connection.fd.get(), buffer, sizeof buffer, 0);
    if (now < 0 && errno == EINTR) continue;
    if (now < 0 && errno == EAGAIN) return State::open;
    if (now <= 0) return State::over;
    append(connection.in, buffer, static_cast<std::size_t>(now));
    StandInCallHead head;
    if (connection.in.size() < sizeof head) continue;
    std::memcpy(&head, connection.in.data(), sizeof head);
    if (head.bytes > kLongestStandInCall) return State::over;
    if (connection.in.size() < sizeof head + head.bytes) continue;
    connection.out = answer(connection.in.substr(sizeof head, head.bytes));
    return connection.out.empty() ? State::over : State::open;
  }
}

StandInServer::State StandInServer::send(Connection& connection) {
  while (connection.sent < connection.out.size()) {
    const ssize_t now =
        ::send(connection.fd.get(), connection.out.data() + connection.sent,
               connection.out.size() - connection.sent, MSG_NOSIGNAL);
    if (now < 0 && errno == EINTR) continue;
    if (now < 0) return errno == EAGAIN ? State::open : State::over;
    connection.sent += static_cast<std::size_t>(now);
  }
  return State::over;
}

// Empty: the call makes no sense.
std::string StandInServer::answer(const std::string& call) {
  auto texts = texts_in(call);
  if (texts.size() < 2) return {};
  const std::filesystem::path folder = texts[1];
  const std::string program = (folder / texts[0]).lexically_normal();
  // argv[0] is the script's to choose: not even that needs to be there.
  texts.erase(texts.begin(), texts.begin() + (texts.size() > 2 ? 3 : 2));
  const StandInRule* rule = rules_.rule_for(program, texts);
  count(rule, program, texts);
  StandInAnswerHead head{};
  std::string all;
  if (rule == nullptr) {
    append(all, &head, sizeof head);
    return all;
  }
  head.exit_status = rule->exit_status;
  head.reads_input = rule->reads_input ? 1 : 0;
  head.out_bytes = static_cast<std::uint32_t>(rule->out.size());
  head.err_bytes = static_cast<std::uint32_t>(rule->err.size());
  append(all, &head, sizeof head);
  return all + rule->out + rule->err;
}

void StandInServer::count(const StandInRule* rule, const std::string& program,
                          const std::vector<std::string>& arguments) {
  const unsigned answers = ++answers_[rule];
  if (rule == nullptr || rule->most == 0 || answers <= rule->most || exhausted_) return;
  std::string shown = program.substr(program.rfind('/') + 1);
  for (const auto& argument : arguments) shown += ' ' + argument;
  if (shown.size() > kShownBytes) shown.replace(kShownBytes, std::string::npos, "...");
  exhausted_ = shown + " was answered " + std::to_string(rule->most) +
               " times: a loop waits for what never comes here";
}

}  // namespace hookjournal
