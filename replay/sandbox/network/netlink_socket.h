#pragma once

#include <functional>
#include <string>

#include "engine/unique_fd.h"
#include "replay/sandbox/network/netlink_message.h"

namespace hookjournal {

// A conversation with the kernel about the network namespace that this process was in
// when it was opened.
class NetlinkSocket {
 public:
  // NETLINK_ROUTE, NETLINK_NETFILTER. Throws Error.
  explicit NetlinkSocket(int protocol);

  using Receive = std::function<void(const NetlinkMessage&)>;
  // Sends a request and hands on every message of the answer; its views end with the
  // call. The errno of a request the kernel refuses, 0 when all is well, EINTR when what
  // was listed changed meanwhile. Throws Error when the socket itself fails.
  int ask(NetlinkRequest& request, const Receive& receive);

  // Is told of the changes of that multicast group from now on; false when this kernel
  // has no such group.
  bool subscribe(unsigned group);
  // Whether a subscribed message waits, or some were lost.
  bool has_news() const;
  // Forgets them.
  void drop_news();

 private:
  UniqueFd fd_;
  std::uint32_t sequence_ = 0;
  std::string buffer_;
};

}  // namespace hookjournal
