#pragma once

#include "replay/sandbox/effects.h"
#include "replay/sandbox/network/netlink_socket.h"

namespace hookjournal {

// Everything rtnetlink tells of the socket's network namespace: links, addresses, routes,
// rules, neighbours, bridges' tables, queueing disciplines. Throws Error.
NetworkState dump_network(NetlinkSocket& socket);

}  // namespace hookjournal
