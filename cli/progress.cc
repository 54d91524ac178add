#include "cli/progress.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

#include "cli/time_text.h"

namespace hookjournal {

namespace {

constexpr std::chrono::milliseconds kBetween{200};

}  // namespace

Progress::Progress(std::string done, std::int64_t all)
    : done_(std::move(done)), all_(all), terminal_(::isatty(STDERR_FILENO) == 1) {}

void Progress::at(std::int64_t count) {
  if (!terminal_ || all_ <= 1) return;
  const auto now = Clock::now();
  if (now - told_ < kBetween) return;
  told_ = now;
  shown_ = true;
  const std::chrono::nanoseconds taken = now - began_;
  const std::int64_t left = count > 0 ? taken.count() / count * (all_ - count) : 0;
  const double rate =
      static_cast<double>(count) * 1e9 / static_cast<double>(taken.count());
  std::fprintf(stderr, "\r\x1b[K%s %lld of %lld, %.*f a second, %s to go", done_.c_str(),
               static_cast<long long>(count), static_cast<long long>(all_),
               rate < 10 ? 1 : 0, rate, duration_text(left).c_str());
}

void Progress::finish() {
  if (std::exchange(shown_, false)) std::fputs("\r\x1b[K", stderr);
}

}  // namespace hookjournal
