#pragma once

#include <memory>
#include <string>
#include <vector>

#include "replay/sandbox/effects.h"

namespace hookjournal {

// Watches the network namespace this process is in; cheap while nothing is touched.
class NetworkWatch {
 public:
  virtual ~NetworkWatch() = default;
  virtual NetworkState state() = 0;
  // Whether anything may have changed since the last state().
  virtual bool touched() = 0;
};
// Throws Error when netlink cannot be used.
std::unique_ptr<NetworkWatch> watch_network();

std::vector<NetworkChange> network_changes(const NetworkState& before,
                                           const NetworkState& after);

// In the namespace this process is in. Throw Error.
void set_loopback_up();
void make_bridge(const std::string& name);
void make_tap(const std::string& name);

}  // namespace hookjournal
