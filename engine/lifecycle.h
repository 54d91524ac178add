#pragma once

#include <optional>
#include <string>
#include <string_view>

// What order libvirt calls the hooks of one guest or network in: the same facts that
// `simulate` acts on, as a state machine that reads a record of calls.
namespace hookjournal {

enum class LifeState {
  unseen,    // nothing was recorded yet: it may be running
  absent,    // not running
  arriving,  // `migrate` or `restore` let it in
  prepared,
  begun,  // `start` was answered
  running,
  failing,  // a hook refused; what cleans up is to come
  stopped,
  unsure,  // an answer is not known
};

enum class Irregularity {
  missing_call,           // the call before this one is not there
  stopped_without_start,  // `stopped` or `release` of what did not run
  never_released,         // a second start without a release
  out_of_order,
  unfinished,  // the record ends in the middle
};
std::string_view to_string(Irregularity irregularity);  // "missing-call"

// How a call ended, as far as its order matters.
enum class Ended { well, failed, unknown };

struct LifeStep {
  std::optional<Irregularity> irregularity;
  std::string expected;  // the operations that could have come, "a or b"
  bool first = false;    // the lifecycle begins with this call
  bool last = false;     // and ends with this
};

// One guest's or network's calls, fed in order. Drivers and operations we have never
// heard of are always in order.
class LifecycleReader {
 public:
  explicit LifecycleReader(std::string driver) : driver_(std::move(driver)) {}

  // `extra`: of a release, why; "-" when the driver or the version does not say.
  LifeStep read(const std::string& operation, const std::string& extra, Ended ended);
  // What is wrong when nothing follows. `running` calls are no end.
  std::optional<Irregularity> at_end() const;
  LifeState state() const { return state_; }
  // The operations that may come next, "a or b".
  std::string expected() const;

 private:
  std::string driver_;
  LifeState state_ = LifeState::unseen;
  bool never_ran_ = false;  // it was stopped before it had started
};

}  // namespace hookjournal
