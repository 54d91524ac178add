// What a sandbox's network namespace is given before the first script runs.
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "engine/error.h"
#include "engine/unique_fd.h"
#include "replay/sandbox/network/netlink_socket.h"
#include "replay/sandbox/network/network_state.h"

namespace hookjournal {

namespace {

constexpr int kLoopback = 1;  // in every namespace

void demand(NetlinkRequest& request, const std::string& what, const std::string& hint) {
  NetlinkSocket socket(NETLINK_ROUTE);
  const int failure = socket.ask(request, [](const NetlinkMessage&) {});
  if (failure != 0) throw Error(with_errno(what, failure) + hint);
}

// With its terminating zero, as the kernel wants names. Throws Error when it cannot be
// the name of a link.
std::string link_name(const std::string& name) {
  if (name.empty() || name.size() >= IFNAMSIZ || name.find('/') != std::string::npos)
    throw Error("cannot make a link named '" + name + "': a name has 1 to 15 bytes");
  return name + '\0';
}

}  // namespace

void set_loopback_up() {
  ifinfomsg header{};
  header.ifi_family = AF_UNSPEC;
  header.ifi_index = kLoopback;
  header.ifi_flags = header.ifi_change = IFF_UP;
  NetlinkRequest request(RTM_NEWLINK, NLM_F_ACK);
  request.header(header);
  demand(request, "cannot set lo up", "");
}

void make_bridge(const std::string& name) {
  NetlinkRequest request(RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
  request.header(ifinfomsg{}).attribute(IFLA_IFNAME, link_name(name));
  request.nested(IFLA_LINKINFO, [](NetlinkRequest& info) {
    info.attribute(IFLA_INFO_KIND, Bytes("bridge"));
  });
  demand(request, "cannot make the bridge " + name,
         " (does this kernel have bridges? modprobe bridge)");
}

void make_tap(const std::string& name) {
  const std::string checked = link_name(name);
  const UniqueFd device(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
  ifreq request{};
  std::memcpy(request.ifr_name, checked.data(), checked.size());
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  if (!device || ::ioctl(device.get(), TUNSETIFF, &request) != 0 ||
      ::ioctl(device.get(), TUNSETPERSIST, 1) != 0)
    throw Error(with_errno("cannot make the tap " + name + " with /dev/net/tun", errno));
}

}  // namespace hookjournal
