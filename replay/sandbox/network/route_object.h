#pragma once

#include <vector>

#include "replay/sandbox/network/network_object.h"

namespace hookjournal {

// RTM_NEWROUTE: "route main 10.0.0.0/24 dev br0". Nothing for cached routes and those
// that the kernel keeps itself: all of its own in the table local, and IPv6's for
// link-local and multicast addresses, which come when a link finds its carrier.
NetworkObject route_object(const NetlinkMessage& message, const LinkNames& names);
// RTM_NEWRULE: "rule 100 from 10.0.0.0/24", "rule 100 ipv6 from fd00::/64".
NetworkObject rule_object(const NetlinkMessage& message);
// What every namespace begins with.
std::vector<NetworkObject> usual_rules(int family);

}  // namespace hookjournal
