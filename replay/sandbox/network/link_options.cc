#include "replay/sandbox/network/link_options.h"

#include <arpa/inet.h>
#include <linux/if_link.h>
#include <linux/if_tunnel.h>

#include <span>
#include <string_view>

namespace hookjournal {

namespace {

enum class Form { number, onoff, link, ipv4, ipv6, port, protocol };

constexpr long long kAlwaysShown = -1;

struct Option {
  unsigned type;
  const char* name;
  long long usual = kAlwaysShown;  // not shown with this value
  Form form = Form::number;
};

// Times are in hundredths of a second. What counts down, is learned or follows from other
// options (timers, topology changes, the root) is missing on purpose.
constexpr Option kBridge[] = {
    {IFLA_BR_STP_STATE, "stp", kAlwaysShown, Form::onoff},
    {IFLA_BR_VLAN_FILTERING, "vlan_filtering", kAlwaysShown, Form::onoff},
    {IFLA_BR_FORWARD_DELAY, "forward_delay", 1500},
    {IFLA_BR_HELLO_TIME, "hello_time", 200},
    {IFLA_BR_MAX_AGE, "max_age", 2000},
    {IFLA_BR_AGEING_TIME, "ageing_time", 30000},
    {IFLA_BR_PRIORITY, "priority", 32768},
    {IFLA_BR_VLAN_PROTOCOL, "vlan_protocol", 0x8100, Form::protocol},
    {IFLA_BR_VLAN_DEFAULT_PVID, "vlan_default_pvid", 1},
    {IFLA_BR_GROUP_FWD_MASK, "group_fwd_mask", 0},
    {IFLA_BR_MCAST_SNOOPING, "mcast_snooping", 1},
    {IFLA_BR_MCAST_QUERIER, "mcast_querier", 0},
    {IFLA_BR_MCAST_ROUTER, "mcast_router", 1},
    {IFLA_BR_NF_CALL_IPTABLES, "nf_call_iptables", 0},
    {IFLA_BR_NF_CALL_IP6TABLES, "nf_call_ip6tables", 0},
    {IFLA_BR_NF_CALL_ARPTABLES, "nf_call_arptables", 0},
};
constexpr Option kBridgePort[] = {
    {IFLA_BRPORT_PRIORITY, "port_priority", 32},
    {IFLA_BRPORT_MODE, "hairpin", 0},
    {IFLA_BRPORT_GUARD, "guard", 0},
    {IFLA_BRPORT_PROTECT, "root_block", 0},
    {IFLA_BRPORT_FAST_LEAVE, "fastleave", 0},
    {IFLA_BRPORT_LEARNING, "learning", 1},
    {IFLA_BRPORT_UNICAST_FLOOD, "flood", 1},
    {IFLA_BRPORT_MCAST_FLOOD, "mcast_flood", 1},
    {IFLA_BRPORT_BCAST_FLOOD, "bcast_flood", 1},
    {IFLA_BRPORT_PROXYARP, "proxy_arp", 0},
    {IFLA_BRPORT_NEIGH_SUPPRESS, "neigh_suppress", 0},
    {IFLA_BRPORT_ISOLATED, "isolated", 0},
    {IFLA_BRPORT_VLAN_TUNNEL, "vlan_tunnel", 0},
};
constexpr Option kVlan[] = {
    {IFLA_VLAN_ID, "vlan_id"},
    {IFLA_VLAN_PROTOCOL, "vlan_protocol", 0x8100, Form::protocol},
};
constexpr Option kVxlan[] = {
    {IFLA_VXLAN_ID, "vni"},
    {IFLA_VXLAN_PORT, "port", kAlwaysShown, Form::port},
    {IFLA_VXLAN_GROUP, "remote", kAlwaysShown, Form::ipv4},
    {IFLA_VXLAN_GROUP6, "remote", kAlwaysShown, Form::ipv6},
    {IFLA_VXLAN_LOCAL, "local", kAlwaysShown, Form::ipv4},
    {IFLA_VXLAN_LOCAL6, "local", kAlwaysShown, Form::ipv6},
    {IFLA_VXLAN_LINK, "over", 0, Form::link},
    {IFLA_VXLAN_LEARNING, "learning", 1},
    {IFLA_VXLAN_PROXY, "proxy", 0},
    {IFLA_VXLAN_TTL, "ttl", 0},
    {IFLA_VXLAN_AGEING, "ageing", 300},
};
constexpr Option kMacvlan[] = {{IFLA_MACVLAN_MODE, "mode"}};
constexpr Option kIpvlan[] = {{IFLA_IPVLAN_MODE, "mode"}};
constexpr Option kVrf[] = {{IFLA_VRF_TABLE, "table"}};
constexpr Option kBond[] = {
    {IFLA_BOND_MODE, "mode"},
    {IFLA_BOND_MIIMON, "miimon", 0},
    {IFLA_BOND_UPDELAY, "updelay", 0},
    {IFLA_BOND_DOWNDELAY, "downdelay", 0},
    {IFLA_BOND_XMIT_HASH_POLICY, "xmit_hash_policy", 0},
    {IFLA_BOND_AD_LACP_RATE, "lacp_rate", 0},
    {IFLA_BOND_PRIMARY, "primary", 0, Form::link},
};
constexpr Option kTun[] = {
    {IFLA_TUN_TYPE, "tun_type"},  // 1 tun, 2 tap
    {IFLA_TUN_OWNER, "owner"},        {IFLA_TUN_GROUP, "group"},
    {IFLA_TUN_PI, "pi", 0},           {IFLA_TUN_VNET_HDR, "vnet_hdr", 0},
    {IFLA_TUN_PERSIST, "persist", 1}, {IFLA_TUN_MULTI_QUEUE, "multi_queue", 0},
};
constexpr Option kGre[] = {
    {IFLA_GRE_LOCAL, "local", kAlwaysShown, Form::ipv4},
    {IFLA_GRE_REMOTE, "remote", kAlwaysShown, Form::ipv4},
    {IFLA_GRE_LINK, "over", 0, Form::link},
    {IFLA_GRE_TTL, "ttl", 0},
    {IFLA_GRE_IKEY, "ikey", 0, Form::port},
    {IFLA_GRE_OKEY, "okey", 0, Form::port},
};

struct Kind {
  std::string_view name;
  std::span<const Option> options;
};
constexpr Kind kKinds[] = {
    {"bridge", kBridge}, {"vlan", kVlan},       {"vxlan", kVxlan}, {"macvlan", kMacvlan},
    {"vrf", kVrf},       {"macvtap", kMacvlan}, {"bond", kBond},   {"ipvlan", kIpvlan},
    {"tun", kTun},       {"gre", kGre},         {"gretap", kGre},
};

std::uint64_t from_network_order(Bytes value) {
  std::uint64_t number = 0;
  for (const char byte : value) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

std::string protocol_text(std::uint64_t protocol) {
  return protocol == 0x8100   ? "802.1Q"
         : protocol == 0x88a8 ? "802.1ad"
                              : std::to_string(protocol);
}

void add_option(const Option& option, Bytes value, const LinkNames* names,
                PropertyLines& lines) {
  const bool in_network_order =
      option.form == Form::port || option.form == Form::protocol;
  const auto number =
      in_network_order ? from_network_order(value) : number_of(value).value_or(0);
  if (option.usual != kAlwaysShown && number == static_cast<std::uint64_t>(option.usual))
    return;
  switch (option.form) {
    case Form::link:
      lines.add(option.name, names ? names->name(number) : std::to_string(number));
      break;
    case Form::ipv4:
      lines.add(option.name, address_text(AF_INET, value));
      break;
    case Form::ipv6:
      lines.add(option.name, address_text(AF_INET6, value));
      break;
    case Form::onoff:  // 2: on, by a program of its own
      lines.add(option.name, number == 0 ? "off" : "on");
      break;
    case Form::protocol:
      lines.add(option.name, protocol_text(number));
      break;
    case Form::number:
    case Form::port:
      lines.add(option.name, number);
  }
}

void add_options(std::span<const Option> options, const NetlinkAttributes& values,
                 const LinkNames* names, PropertyLines& lines) {
  for (const Option& option : options)
    if (const auto value = values.find(option.type))
      add_option(option, *value, names, lines);
}

}  // namespace

void add_link_options(const std::string& kind, const NetlinkAttributes& options,
                      const LinkNames& names, PropertyLines& lines) {
  for (const Kind& known : kKinds)
    if (known.name == kind) return add_options(known.options, options, &names, lines);
  // Of kinds not known here whatever there is, so that no difference goes unseen.
  for (const NetlinkAttributes::Item& item : options.items())
    lines.add("option " + std::to_string(item.type), hex_text(item.value));
}

void add_port_options(const std::string& kind, const NetlinkAttributes& options,
                      PropertyLines& lines) {
  if (kind == "bridge") add_options(kBridgePort, options, nullptr, lines);
}

}  // namespace hookjournal
