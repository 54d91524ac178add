#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "replay/legs/replay_job.h"

namespace hookjournal {

// A thread for each job, with a short queue of orders each and one of results for all.
// Only the thread that made it uses it.
class JobThreads {
 public:
  // All outlive it.
  JobThreads(const ReplayPlan& plan, const std::vector<SandboxMaker*>& makers);
  // Ends the threads as soon as each is through with the call it is at.
  ~JobThreads();
  JobThreads(const JobThreads&) = delete;

  std::size_t size() const { return queues_.size(); }
  void give(std::size_t job, ReplayOrder order);
  // Waits for at least one; there is an order to wait for.
  std::vector<ReplayResult> take();

 private:
  void end();
  void work(std::size_t index);

  std::mutex mutex_;
  std::condition_variable ordered_, answered_;
  std::vector<std::deque<ReplayOrder>> queues_;
  std::vector<ReplayResult> results_;
  bool stop_ = false;
  std::vector<ReplayJob> jobs_;
  std::vector<std::thread> threads_;
};

}  // namespace hookjournal
