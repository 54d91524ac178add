#include "replay/legs/job_threads.h"

#include <utility>

#include "engine/xml/strict_xml.h"

namespace hookjournal {

JobThreads::JobThreads(const ReplayPlan& plan, const std::vector<SandboxMaker*>& makers)
    : queues_(makers.size()) {
  // libxml2 sets itself up at its first use, which must not be that of two threads.
  parse_strictly("<domain/>");
  jobs_.reserve(makers.size());
  for (SandboxMaker* maker : makers) jobs_.emplace_back(plan, *maker);
  try {
    for (std::size_t i = 0; i < makers.size(); ++i)
      threads_.emplace_back([this, i] { work(i); });
  } catch (...) {
    end();
    throw;
  }
}

JobThreads::~JobThreads() { end(); }

void JobThreads::end() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  ordered_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void JobThreads::give(std::size_t job, ReplayOrder order) {
  {
    const std::lock_guard lock(mutex_);
    queues_[job].push_back(std::move(order));
  }
  ordered_.notify_all();
}

std::vector<ReplayResult> JobThreads::take() {
  std::unique_lock lock(mutex_);
  answered_.wait(lock, [this] { return !results_.empty(); });
  return std::exchange(results_, {});
}

void JobThreads::work(std::size_t index) {
  ReplayJob& job = jobs_[index];
  std::deque<ReplayOrder>& queue = queues_[index];
  for (;;) {
    std::unique_lock lock(mutex_);
    ordered_.wait(lock, [this, &queue] { return stop_ || !queue.empty(); });
    if (stop_) return job.abandon();
    const ReplayOrder order = std::move(queue.front());
    queue.pop_front();
    lock.unlock();
    ReplayResult result = job.carry_out(order);
    result.job = index;
    lock.lock();
    results_.push_back(std::move(result));
    lock.unlock();
    answered_.notify_one();
  }
}

}  // namespace hookjournal
