#pragma once

#include "replay/sandbox/network/network_object.h"

namespace hookjournal {

// RTM_NEWADDR: "address br0 10.0.0.1/24". Nothing for the addresses that the kernel gives
// itself: those of lo, link-local ones made of the MAC address, temporary ones.
NetworkObject address_object(const NetlinkMessage& message, const LinkNames& names);
// RTM_NEWNEIGH: "neighbour br0 10.0.0.2" if permanent, or "neighbour br0 10.0.0.2 proxy".
// Of a bridge or a VXLAN "fdb eth1 52:54:00:12:34:56", if static and not the link's own.
NetworkObject neighbour_object(const NetlinkMessage& message, const LinkNames& names);

}  // namespace hookjournal
