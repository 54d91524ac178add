#include "cli/install/daemons.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>
#include <sstream>

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

// Each modular daemon (libvirt 9: all the distributions') with the driver whose hooks it
// calls; every one of them calls the `daemon` hook as well.
struct Service {
  const char* daemon;
  const char* driver;
};
constexpr Service kServices[] = {
    {"virtqemud", "qemu"},
    {"virtlxcd", "lxc"},
    {"virtxend", "libxl"},
    {"virtbhyved", "bhyve"},
    {"virtnetworkd", "network"},
    {"virtproxyd", ""},
    {"virtstoraged", ""},
    {"virtnodedevd", ""},
    {"virtsecretd", ""},
    {"virtinterfaced", ""},
    {"virtnwfilterd", ""},
    {"virtvboxd", ""},
    {"virtvzd", ""},
    {"virtchd", ""},
};

std::string text_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

// The value of "NAME<blanks>VALUE" in a file of such lines.
std::string value_of(const std::string& text, const std::string& name) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(name)) continue;
    const auto value = line.find_first_not_of(" \t", name.size());
    return value == std::string::npos ? std::string() : line.substr(value);
  }
  return {};
}

// Field 22 of /proc/PID/stat. The name before it, in parentheses, may contain anything.
std::optional<std::uint64_t> start_ticks(const std::string& stat) {
  const auto name_end = stat.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream fields(stat.substr(name_end + 1));
  std::string field;
  for (int skipped = 3; skipped < 22; ++skipped) fields >> field;
  std::uint64_t ticks = 0;
  if (!(fields >> ticks)) return {};
  return ticks;
}

// In a pid namespace below ours it has more than one pid.
bool in_a_container(const std::string& status) {
  return value_of(status, "NSpid:").find_first_of(" \t") != std::string::npos;
}

}  // namespace

bool serves(std::string_view daemon, std::string_view driver) {
  if (daemon == "libvirtd") return true;
  for (const auto& service : kServices)
    if (service.daemon == daemon) return driver == "daemon" || driver == service.driver;
  return false;
}

std::vector<Daemon> running_daemons(const fs::path& proc) {
  std::vector<Daemon> daemons;
  const std::int64_t booted =
      std::atoll(value_of(text_of(proc / "stat"), "btime").c_str());
  const auto ticks_a_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(proc, ignored)) {
    const std::string number = entry.path().filename();
    Daemon daemon;
    const auto parsed =
        std::from_chars(number.data(), number.data() + number.size(), daemon.pid);
    if (parsed.ec != std::errc() || parsed.ptr != number.data() + number.size()) continue;
    daemon.name = text_of(entry.path() / "comm");
    while (daemon.name.ends_with('\n')) daemon.name.pop_back();
    if (!serves(daemon.name, "daemon") ||
        in_a_container(text_of(entry.path() / "status")))
      continue;
    const auto ticks = start_ticks(text_of(entry.path() / "stat"));
    if (!ticks) continue;  // it has just ended
    daemon.start_ticks = *ticks;
    daemon.started = booted + static_cast<std::int64_t>(*ticks / ticks_a_second);
    daemons.push_back(daemon);
  }
  std::sort(daemons.begin(), daemons.end(),
            [](const auto& a, const auto& b) { return a.pid < b.pid; });
  return daemons;
}

}  // namespace hookjournal
