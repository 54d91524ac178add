#include "cli/replay/good_neighbour.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <system_error>
#include <thread>

namespace hookjournal {

namespace {

// linux/ioprio.h, which glibc has no words for.
constexpr int kIoprioWhoProcess = 1, kIoprioIdle = 3 << 13;

bool is_number(const std::string& name) {
  return !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
}

// The kernel keeps fifteen bytes of a process's name.
bool is_guest(const std::string& name) {
  return name.starts_with("qemu-system-") || name == "qemu-kvm" || name == "libvirt_lxc";
}

}  // namespace

void be_a_good_neighbour() {
  // Where one of these is refused, the replay is less polite; nothing else is lost.
  const sched_param parameter{};
  ::sched_setscheduler(0, SCHED_IDLE, &parameter);
  ::syscall(SYS_ioprio_set, kIoprioWhoProcess, 0, kIoprioIdle);
  std::ofstream("/proc/self/oom_score_adj") << 900;
}

bool runs_guests(const std::filesystem::path& proc) {
  std::error_code error;
  for (std::filesystem::directory_iterator process(proc, error), end;
       !error && process != end; process.increment(error)) {
    if (!is_number(process->path().filename().native())) continue;
    std::string name;
    std::ifstream file(process->path() / "comm");
    std::getline(file, name);
    if (is_guest(name)) return true;
  }
  return false;
}

unsigned default_jobs(const std::filesystem::path& proc) {
  return runs_guests(proc) ? 1 : std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace hookjournal
