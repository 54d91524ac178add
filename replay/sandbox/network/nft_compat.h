#pragma once

#include "replay/sandbox/effects.h"
#include "replay/sandbox/network/netlink_socket.h"

namespace hookjournal {

// iptables-nft makes rules with matches and targets of the old iptables, of which nft
// prints no more than the name: "xt match physdev". Appends to the text of each table in
// `tables` (named as in NetworkState) what these hold, a line for each rule:
//   # chain FORWARD rule 1: match physdev "vnet0\0\xff..."
void add_compat_rules(NetlinkSocket& netfilter, NetworkState& tables);

// The matches and targets of one NFT_MSG_NEWRULE; empty when it has none.
std::string compat_text(const NetlinkMessage& rule);

}  // namespace hookjournal
