#include "tests/unit/replay/sandbox/network/fresh_network.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "engine/error.h"

using hookjournal::NetworkChange;
using hookjournal::NetworkState;

namespace {

// Text that no property contains.
constexpr char kEndOfField = '\x1f', kNothing = '\x1e';

void append(std::string& text, const std::optional<std::string>& field) {
  text += field ? *field : std::string(1, kNothing);
  text += kEndOfField;
}

std::vector<std::optional<std::string>> fields_of(const std::string& text) {
  std::vector<std::optional<std::string>> fields;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = text.find(kEndOfField, start);
    const std::string field = text.substr(start, end - start);
    fields.push_back(field == std::string(1, kNothing) ? std::nullopt
                                                       : std::optional(field));
    start = end + 1;
  }
  return fields;
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
}

void enter_fresh_network() {
  const uid_t uid = ::getuid();
  const gid_t gid = ::getgid();
  if (::unshare(CLONE_NEWNET) == 0) return;
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
    throw std::runtime_error(
        hookjournal::with_errno("this test needs a network namespace of its own: run it "
                                "as root, or allow user namespaces",
                                errno));
  write_file("/proc/self/setgroups", "deny");
  write_file("/proc/self/uid_map", "0 " + std::to_string(uid) + " 1");
  write_file("/proc/self/gid_map", "0 " + std::to_string(gid) + " 1");
}

void run(const std::string& commands) {
  ::setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
  const int status = std::system(("exec sh -ec '" + commands + "' >/dev/null").c_str());
  if (status != 0) throw std::runtime_error("these fail here: " + commands);
}

// In a child, as there is no way back out of a user namespace.
std::string in_child(const std::function<std::string()>& act) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  const pid_t pid = ::fork();
  if (pid == 0) {
    std::string text;
    try {
      enter_fresh_network();
      hookjournal::set_loopback_up();
      append(text, "");
      text += act();
    } catch (const std::exception& error) {
      text.clear();
      append(text, error.what());
    }
    const auto written = ::write(ends[1], text.data(), text.size());
    ::_exit(written < 0 ? 1 : 0);
  }
  ::close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t count; (count = ::read(ends[0], buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(count));
  ::close(ends[0]);
  ::waitpid(pid, nullptr, 0);
  return text;
}

NetworkPlay play_of(const std::string& text) {
  NetworkPlay play;
  const auto fields = fields_of(text);
  if (fields.empty()) return {.trouble = "the child died"};
  play.trouble = fields[0].value_or("");
  if (fields.size() < 3) return play;
  play.touched_before = fields[1] == "yes";
  play.touched_after = fields[2] == "yes";
  for (std::size_t i = 3; i + 2 < fields.size(); i += 3)
    play.changes.push_back({fields[i].value_or(""), fields[i + 1], fields[i + 2]});
  return play;
}

std::string report(bool touched_before, bool touched_after,
                   const std::vector<NetworkChange>& changes) {
  std::string text;
  append(text, touched_before ? "yes" : "no");
  append(text, touched_after ? "yes" : "no");
  for (const NetworkChange& change : changes) {
    append(text, change.object);
    append(text, change.before);
    append(text, change.after);
  }
  return text;
}

std::string watched(const std::function<void()>& prepare,
                    const std::function<void()>& act) {
  prepare();
  const auto watch = hookjournal::watch_network();
  const NetworkState before = watch->state();
  const bool touched_before = watch->touched();
  act();
  const bool touched_after = watch->touched();
  return report(touched_before, touched_after,
                hookjournal::network_changes(before, watch->state()));
}

}  // namespace

std::vector<std::string> NetworkPlay::objects() const {
  std::vector<std::string> names;
  for (const NetworkChange& change : changes) names.push_back(change.object);
  return names;
}

std::string NetworkPlay::before(const std::string& object) const {
  for (const NetworkChange& change : changes)
    if (change.object == object) return change.before.value_or("absent");
  return "absent";
}

std::string NetworkPlay::after(const std::string& object) const {
  for (const NetworkChange& change : changes)
    if (change.object == object) return change.after.value_or("absent");
  return "absent";
}

NetworkPlay play_network(const std::string& commands, const std::string& prepare) {
  return play_of(
      in_child([&] { return watched([&] { run(prepare); }, [&] { run(commands); }); }));
}

NetworkPlay play_network(const std::function<void()>& act) {
  return play_of(in_child([&] { return watched([] {}, act); }));
}

NetworkPlay play_sysctls(const std::string& commands, const std::string& prepare,
                         hookjournal::WriteNews::Means means) {
  return play_of(in_child([&] {
    run(prepare);
    hookjournal::SysctlWatch watch(std::make_shared<hookjournal::WriteNews>(means));
    if (watch.means() != means)
      throw std::runtime_error("this kernel does not let us watch files this way");
    const NetworkState before = watch.changed();
    const bool touched_before = watch.touched();
    run(commands);
    const bool touched_after = watch.touched();
    return report(touched_before, touched_after,
                  hookjournal::network_changes(before, watch.changed()));
  }));
}
