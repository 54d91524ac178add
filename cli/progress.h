#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace hookjournal {

// How far long work has come, on one line of the terminal that stderr is; silent when it
// is none, and for work that takes no time.
class Progress {
 public:
  // `done`: a word for what is counted, "replayed".
  Progress(std::string done, std::int64_t all);
  ~Progress() { finish(); }
  Progress(const Progress&) = delete;

  void at(std::int64_t count);
  // Takes the line away.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;

  std::string done_;
  std::int64_t all_;
  bool terminal_;
  bool shown_ = false;
  Clock::time_point began_ = Clock::now(), told_ = began_;
};

}  // namespace hookjournal
