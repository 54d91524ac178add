#pragma once

#include <memory>
#include <string>
#include <vector>

#include "replay/sandbox/effects.h"

namespace hookjournal {

class WriteNews;  // written_files.h

// Watches the network namespace this process is in; cheap while nothing is touched.
class NetworkWatch {
 public:
  virtual ~NetworkWatch() = default;
  virtual NetworkState state() = 0;
  // Whether anything may have changed since the last state(). Some 20 us.
  virtual bool touched() = 0;
};
// Made where /proc and /proc/sys/net are mounted as scripts will see them; needs
// CAP_NET_ADMIN in the namespace. `written` is used by no other watch meanwhile; made by
// the process that starts sandboxes and inherited, it saves each of them the 10 ms that
// the kernel takes to close one. Throws Error when netlink cannot be used.
std::unique_ptr<NetworkWatch> watch_network(
    std::shared_ptr<const WriteNews> written = nullptr);

// By object. A sysctl's text is "VALUE\ninitially VALUE" in a state and its value in a
// change, which has both sides where the kernel has an initial value.
std::vector<NetworkChange> network_changes(const NetworkState& before,
                                           const NetworkState& after);

// In the namespace this process is in. Throw Error.
void set_loopback_up();
void make_bridge(const std::string& name);
void make_tap(const std::string& name);

}  // namespace hookjournal
