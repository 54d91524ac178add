#include "replay/sandbox/network/network_dump.h"

#include <linux/fib_rules.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cerrno>
#include <vector>

#include "engine/error.h"
#include "replay/sandbox/network/address_object.h"
#include "replay/sandbox/network/link_object.h"
#include "replay/sandbox/network/route_object.h"

namespace hookjournal {

namespace {

// What is changed while it is listed is listed again, but not for ever.
constexpr int kAttempts = 5;

struct KeptMessage {
  unsigned type;
  std::string payload;
  NetlinkMessage message() const { return {type, 0, payload}; }
};

std::vector<KeptMessage> list(NetlinkSocket& socket, NetlinkRequest request,
                              unsigned type) {
  std::vector<KeptMessage> kept;
  int failure = EINTR;
  for (int i = 0; i < kAttempts && failure == EINTR; ++i) {
    kept.clear();
    failure = socket.ask(request, [&](const NetlinkMessage& message) {
      if (message.type == type) kept.push_back({type, std::string(message.payload)});
    });
  }
  // A kernel built without this has none of it.
  if (failure != 0 && failure != EINTR && failure != EOPNOTSUPP)
    throw Error(with_errno("cannot list the network's state (rtnetlink message " +
                               std::to_string(type) + ")",
                           failure));
  return kept;
}

// Of one family, whose number every rtnetlink struct begins with. A kernel that does not
// know a family answers with all.
template <typename Header>
std::vector<KeptMessage> list_family(NetlinkSocket& socket, unsigned question,
                                     unsigned answer, const Header& header) {
  NetlinkRequest request(question, NLM_F_DUMP);
  request.header(header);
  auto kept = list(socket, std::move(request), answer);
  const auto family = reinterpret_cast<const char&>(header);
  std::erase_if(kept, [&](const KeptMessage& message) {
    return message.payload.empty() || message.payload[0] != family;
  });
  return kept;
}

std::vector<KeptMessage> list_links(NetlinkSocket& socket, int family,
                                    std::uint32_t filter) {
  ifinfomsg header{};
  header.ifi_family = static_cast<unsigned char>(family);
  NetlinkRequest request(RTM_GETLINK, NLM_F_DUMP);
  request.header(header).attribute(IFLA_EXT_MASK, filter);
  return list(socket, std::move(request), RTM_NEWLINK);
}

// Objects that a name does not tell apart are listed under it one after another.
void add(NetworkState& state, const NetworkObject& object) {
  if (object.name.empty()) return;
  const auto [place, is_new] = state.emplace(object.name, object.properties);
  if (!is_new) place->second += "\n" + object.properties;
}

void add_links(NetlinkSocket& socket, LinkNames& names, NetworkState& state) {
  const auto links = list_links(socket, AF_UNSPEC, RTEXT_FILTER_SKIP_STATS);
  for (const KeptMessage& link : links) note_link(link.message(), names);
  for (const KeptMessage& link : links) add(state, link_object(link.message(), names));
  for (const KeptMessage& port : list_links(socket, AF_BRIDGE, RTEXT_FILTER_BRVLAN))
    if (port.message().header<ifinfomsg>().ifi_family == AF_BRIDGE)
      add(state, bridge_vlan_object(port.message(), names));
}

void add_rules(NetlinkSocket& socket, int family, NetworkState& state) {
  fib_rule_hdr header{};
  header.family = static_cast<unsigned char>(family);
  const auto rules = list_family(socket, RTM_GETRULE, RTM_NEWRULE, header);
  if (rules.empty() && family == AF_INET6) return;  // no IPv6 here
  for (const KeptMessage& rule : rules) add(state, rule_object(rule.message()));
  // Those that are always there are worth a word when they are not.
  for (const NetworkObject& usual : usual_rules(family)) {
    const auto found = state.find(usual.name);
    if (found == state.end())
      state.emplace(usual.name, "removed");
    else if (found->second == usual.properties)
      state.erase(found);
  }
}

void add_neighbours(NetlinkSocket& socket, int family, unsigned flags,
                    const LinkNames& names, NetworkState& state) {
  ndmsg header{};
  header.ndm_family = static_cast<unsigned char>(family);
  header.ndm_flags = static_cast<unsigned char>(flags);
  for (const KeptMessage& entry : list_family(socket, RTM_GETNEIGH, RTM_NEWNEIGH, header))
    add(state, neighbour_object(entry.message(), names));
}

}  // namespace

NetworkState dump_network(NetlinkSocket& socket) {
  NetworkState state;
  LinkNames names;
  add_links(socket, names, state);
  for (const int family : {AF_INET, AF_INET6}) {
    ifaddrmsg address{};
    address.ifa_family = static_cast<unsigned char>(family);
    for (const KeptMessage& kept : list_family(socket, RTM_GETADDR, RTM_NEWADDR, address))
      add(state, address_object(kept.message(), names));
    rtmsg route{};
    route.rtm_family = static_cast<unsigned char>(family);
    for (const KeptMessage& kept : list_family(socket, RTM_GETROUTE, RTM_NEWROUTE, route))
      add(state, route_object(kept.message(), names));
    add_rules(socket, family, state);
    add_neighbours(socket, family, 0, names, state);
    add_neighbours(socket, family, NTF_PROXY, names, state);
  }
  add_neighbours(socket, AF_BRIDGE, 0, names, state);
  NetlinkRequest qdiscs(RTM_GETQDISC, NLM_F_DUMP);
  qdiscs.header(tcmsg{});
  for (const KeptMessage& kept : list(socket, std::move(qdiscs), RTM_NEWQDISC))
    add(state, qdisc_object(kept.message(), names));
  return state;
}

}  // namespace hookjournal
