#include "replay/idle_watch.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace hookjournal {
namespace {

// Far cheaper to read than /proc/stat, and as true.
IdleWatch::Idle idle_now() {
  std::ifstream file("/proc/uptime");
  std::string text;
  std::getline(file, text);
  return idle_of_uptime(text);
}

}  // namespace

IdleWatch::IdleWatch() : idle_(idle_now()), since_(std::chrono::steady_clock::now()) {}

double IdleWatch::share() const {
  const Idle now = idle_now();
  const std::chrono::duration<double> span = std::chrono::steady_clock::now() - since_;
  const long processors = ::sysconf(_SC_NPROCESSORS_ONLN);
  if (!idle_ || !now || processors < 1 || span.count() <= 0) return 0;
  const double share =
      (*now - *idle_).count() / (span.count() * static_cast<double>(processors));
  return std::clamp(share, 0.0, 1.0);
}

IdleWatch::Idle idle_of_uptime(const std::string& text) {
  std::istringstream fields(text);
  double up = 0, idle = 0;
  if (!(fields >> up >> idle)) return std::nullopt;
  return std::chrono::duration<double>(idle);
}

}  // namespace hookjournal
