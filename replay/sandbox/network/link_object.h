#pragma once

#include "replay/sandbox/network/network_object.h"

namespace hookjournal {

// RTM_NEWLINK: "link br0".
NetworkObject link_object(const NetlinkMessage& message, const LinkNames& names);
// What the other messages call links by.
void note_link(const NetlinkMessage& message, LinkNames& names);
// RTM_NEWLINK of the family AF_BRIDGE, asked for with the VLANs: "bridge vlan eth1", a
// line for each VLAN.
NetworkObject bridge_vlan_object(const NetlinkMessage& message, const LinkNames& names);
// RTM_NEWQDISC: "qdisc br0 root". Nothing for those that every link has.
NetworkObject qdisc_object(const NetlinkMessage& message, const LinkNames& names);

}  // namespace hookjournal
