#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace hookjournal {

// How much of the machine's processor time is used by nobody, from its making on.
class IdleWatch {
 public:
  // Of all processors together since the machine's start; nothing: it does not tell.
  using Idle = std::optional<std::chrono::duration<double>>;

  IdleWatch();
  // From 0 to 1; 0 where the machine does not tell.
  double share() const;

 private:
  Idle idle_;
  std::chrono::steady_clock::time_point since_;
};

// What /proc/uptime says.
IdleWatch::Idle idle_of_uptime(const std::string& text);

}  // namespace hookjournal
