#include "cli/doctor/service_state.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <sstream>

namespace hookjournal {

namespace {

constexpr std::int64_t kMicroseconds = 1'000'000;

std::int64_t value_of(const std::string& properties, const std::string& name) {
  std::istringstream lines(properties);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(name + "=")) return std::atoll(line.c_str() + name.size() + 1);
  return 0;
}

}  // namespace

std::int64_t state_change_in(const std::string& properties, pid_t pid, std::int64_t now,
                             std::int64_t monotonic_us) {
  const std::int64_t changed = value_of(properties, "StateChangeTimestampMonotonic");
  if (value_of(properties, "MainPID") != pid || changed <= 0 || changed > monotonic_us)
    return 0;
  return now - (monotonic_us - changed) / kMicroseconds;
}

std::int64_t last_state_change(const std::string& daemon, pid_t pid) {
  if (::access("/run/systemd/system", F_OK) != 0) return 0;
  const std::string command =
      "systemctl show -p MainPID -p StateChangeTimestampMonotonic " + daemon +
      ".service 2>/dev/null";
  std::FILE* output = ::popen(command.c_str(), "r");
  if (output == nullptr) return 0;
  std::string properties;
  char buffer[512];
  while (std::fgets(buffer, sizeof buffer, output) != nullptr) properties += buffer;
  ::pclose(output);
  timespec monotonic{};
  ::clock_gettime(CLOCK_MONOTONIC, &monotonic);
  return state_change_in(properties, pid, std::time(nullptr),
                         monotonic.tv_sec * kMicroseconds + monotonic.tv_nsec / 1000);
}

}  // namespace hookjournal
