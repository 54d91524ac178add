#include "replay/sandbox/network/route_object.h"

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cstdio>

namespace hookjournal {

namespace {

constexpr std::uint64_t kUsualIpv6Metric = 1024;
// <linux/fib_rules.h> calls none of these more than a number in older versions.
constexpr const char* kRuleActions[] = {"unspecified", "lookup",      "goto",
                                        "nop",         "action 4",    "action 5",
                                        "blackhole",   "unreachable", "prohibit"};
constexpr const char* kRouteTypes[] = {
    "unspecified", "unicast",     "local",    "broadcast", "anycast", "multicast",
    "blackhole",   "unreachable", "prohibit", "throw",     "nat",     "xresolve"};

template <std::size_t size>
std::string word_of(const char* const (&words)[size], unsigned number) {
  return number < size ? words[number] : std::to_string(number);
}

// By number, not by /etc/iproute2/rt_tables, which is the host's.
std::string table_text(std::uint64_t table) {
  switch (table) {
    case RT_TABLE_MAIN:
      return "main";
    case RT_TABLE_LOCAL:
      return "local";
    case RT_TABLE_DEFAULT:
      return "default";
    default:
      return std::to_string(table);
  }
}

std::string protocol_text(unsigned protocol) {
  switch (protocol) {
    case RTPROT_KERNEL:
      return "kernel";
    case RTPROT_BOOT:
      return "boot";
    case RTPROT_STATIC:
      return "static";
    case RTPROT_RA:
      return "ra";
    case RTPROT_DHCP:
      return "dhcp";
    default:
      return std::to_string(protocol);
  }
}

std::string prefix_text(int family, std::optional<Bytes> address, unsigned length) {
  if (!address) {
    if (length == 0) return family == AF_INET6 ? "::/0" : "default";
    address = family == AF_INET6 ? Bytes("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16)
                                 : Bytes("\0\0\0\0", 4);
  }
  const std::string text = address_text(family, *address);
  const bool whole = length == 8 * address->size();
  return whole ? text : text + "/" + std::to_string(length);
}

std::uint64_t table_of(const rtmsg& header, const NetlinkAttributes& attributes) {
  return attributes.number(RTA_TABLE).value_or(header.rtm_table);
}

bool kept_by_the_kernel(const rtmsg& header, const NetlinkAttributes& attributes) {
  if (header.rtm_flags & RTM_F_CLONED) return true;
  if (header.rtm_protocol != RTPROT_KERNEL) return false;
  if (table_of(header, attributes) == RT_TABLE_LOCAL) return true;
  const auto destination = attributes.find(RTA_DST);
  if (header.rtm_family != AF_INET6 || !destination || destination->size() != 16)
    return false;
  return destination->starts_with("\xfe\x80") || destination->starts_with('\xff');
}

std::string gateway_text(int family, const NetlinkAttributes& attributes) {
  if (const auto gateway = attributes.find(RTA_GATEWAY))
    return address_text(family, *gateway);
  // Of the other family: rtvia, a family and an address.
  const auto via = attributes.find(RTA_VIA);
  if (!via || via->size() <= sizeof(rtvia)) return {};
  const auto other = NetlinkMessage{0, 0, *via}.header<rtvia>().rtvia_family;
  return address_text(other, via->substr(sizeof(rtvia)));
}

// rtnexthop structs, each with attributes.
void add_next_hops(int family, Bytes hops, const LinkNames& names, PropertyLines& lines) {
  while (hops.size() >= sizeof(rtnexthop)) {
    const auto hop = NetlinkMessage{0, 0, hops}.header<rtnexthop>();
    if (hop.rtnh_len < sizeof hop || hop.rtnh_len > hops.size()) return;
    const NetlinkAttributes attributes(
        hops.substr(sizeof hop, hop.rtnh_len - sizeof hop));
    std::string line = "nexthop";
    const std::string gateway = gateway_text(family, attributes);
    if (!gateway.empty()) line += " via " + gateway;
    line += " dev " + names.name(static_cast<std::uint64_t>(hop.rtnh_ifindex));
    lines.add(line + " weight " + std::to_string(hop.rtnh_hops + 1));
    hops.remove_prefix(
        std::min(hops.size(), static_cast<std::size_t>(RTNH_ALIGN(hop.rtnh_len))));
  }
}

void add_metrics(const NetlinkAttributes& metrics, PropertyLines& lines) {
  static constexpr struct {
    unsigned type;
    const char* name;
  } kMetrics[] = {{RTAX_MTU, "mtu"},           {RTAX_WINDOW, "window"},
                  {RTAX_ADVMSS, "advmss"},     {RTAX_HOPLIMIT, "hoplimit"},
                  {RTAX_INITCWND, "initcwnd"}, {RTAX_QUICKACK, "quickack"},
                  {RTAX_LOCK, "lock"}};
  for (const auto& metric : kMetrics)
    if (const auto value = metrics.number(metric.type)) lines.add(metric.name, *value);
}

// What the packets are that a rule is for.
std::string rule_selector(const fib_rule_hdr& header,
                          const NetlinkAttributes& attributes) {
  const int family = header.family;
  std::string text = header.flags & FIB_RULE_INVERT ? " not" : "";
  const auto source = attributes.find(FRA_SRC);
  text += " from " +
          (source ? prefix_text(family, source, header.src_len) : std::string("all"));
  if (const auto destination = attributes.find(FRA_DST))
    text += " to " + prefix_text(family, destination, header.dst_len);
  if (header.tos != 0) text += " tos " + std::to_string(header.tos);
  char number[32];
  if (const auto mark = attributes.number(FRA_FWMARK)) {
    const auto mask = attributes.number(FRA_FWMASK).value_or(0xffffffff);
    std::snprintf(number, sizeof number, " fwmark %#llx",
                  static_cast<unsigned long long>(*mark));
    text += number;
    std::snprintf(number, sizeof number, "/%#llx", static_cast<unsigned long long>(mask));
    if (mask != 0xffffffff) text += number;
  }
  if (attributes.has(FRA_IIFNAME)) text += " iif " + attributes.text(FRA_IIFNAME);
  if (attributes.has(FRA_OIFNAME)) text += " oif " + attributes.text(FRA_OIFNAME);
  if (attributes.number(FRA_L3MDEV).value_or(0) != 0) text += " l3mdev";
  if (const auto protocol = attributes.number(FRA_IP_PROTO))
    text += " ipproto " + std::to_string(*protocol);
  static constexpr struct {
    unsigned type;
    const char* name;
  } kRanges[] = {{FRA_UID_RANGE, "uidrange"},
                 {FRA_SPORT_RANGE, "sport"},
                 {FRA_DPORT_RANGE, "dport"}};
  for (const auto& range : kRanges) {
    const auto value = attributes.find(range.type);
    if (!value) continue;
    const Bytes from = value->substr(0, value->size() / 2);
    text += std::string(" ") + range.name + " " +
            std::to_string(number_of(from).value_or(0)) + "-" +
            std::to_string(number_of(value->substr(from.size())).value_or(0));
  }
  return text;
}

}  // namespace

NetworkObject route_object(const NetlinkMessage& message, const LinkNames& names) {
  const auto header = message.header<rtmsg>();
  const NetlinkAttributes attributes = message.attributes<rtmsg>();
  if (kept_by_the_kernel(header, attributes)) return {};

  const int family = header.rtm_family;
  std::string name = "route " + table_text(table_of(header, attributes)) + " " +
                     prefix_text(family, attributes.find(RTA_DST), header.rtm_dst_len);
  // IPv6 gives a device to routes that lead nowhere.
  const bool leads_nowhere =
      header.rtm_type >= RTN_BLACKHOLE && header.rtm_type <= RTN_THROW;
  const auto device = attributes.number(RTA_OIF);
  if (device && !leads_nowhere) name += " dev " + names.name(*device);
  const auto metric = attributes.number(RTA_PRIORITY).value_or(0);
  if (metric != 0 && (family != AF_INET6 || metric != kUsualIpv6Metric))
    name += " metric " + std::to_string(metric);
  if (header.rtm_tos != 0) name += " tos " + std::to_string(header.rtm_tos);
  if (header.rtm_src_len != 0)
    name += " from " + prefix_text(family, attributes.find(RTA_SRC), header.rtm_src_len);

  PropertyLines lines;
  lines.add(word_of(kRouteTypes, header.rtm_type));
  const std::string gateway = gateway_text(family, attributes);
  if (!gateway.empty()) lines.add("via", gateway);
  lines.add("proto", protocol_text(header.rtm_protocol));
  if (header.rtm_scope != RT_SCOPE_UNIVERSE)
    lines.add("scope", scope_text(header.rtm_scope));
  if (const auto source = attributes.find(RTA_PREFSRC))
    lines.add("src", address_text(family, *source));
  if (const auto next = attributes.number(RTA_NH_ID)) lines.add("nhid", *next);
  if (header.rtm_flags & RTNH_F_ONLINK) lines.add("onlink");
  add_next_hops(family, attributes.find(RTA_MULTIPATH).value_or(Bytes()), names, lines);
  add_metrics(attributes.nested(RTA_METRICS), lines);
  if (const auto type = attributes.number(RTA_ENCAP_TYPE)) lines.add("encap", *type);
  return {name, lines.text()};
}

NetworkObject rule_object(const NetlinkMessage& message) {
  const auto header = message.header<fib_rule_hdr>();
  const NetlinkAttributes attributes = message.attributes<fib_rule_hdr>();
  const auto priority = attributes.number(FRA_PRIORITY).value_or(0);
  std::string name = "rule " + std::to_string(priority);
  if (header.family == AF_INET6) name += " ipv6";
  name += rule_selector(header, attributes);

  std::string action = word_of(kRuleActions, header.action);
  if (header.action == FR_ACT_TO_TBL)
    action += " " + table_text(attributes.number(FRA_TABLE).value_or(header.table));
  if (header.action == FR_ACT_GOTO)
    action += " " + std::to_string(attributes.number(FRA_GOTO).value_or(0));
  PropertyLines lines;
  lines.add(action);
  // -1: not said.
  if (const auto length = attributes.number(FRA_SUPPRESS_PREFIXLEN))
    if (*length != 0xffffffff) lines.add("suppress_prefixlength", *length);
  if (const auto group = attributes.number(FRA_SUPPRESS_IFGROUP))
    if (*group != 0xffffffff) lines.add("suppress_ifgroup", *group);
  return {name, lines.text()};
}

std::vector<NetworkObject> usual_rules(int family) {
  if (family == AF_INET6)
    return {{"rule 0 ipv6 from all", "lookup local"},
            {"rule 32766 ipv6 from all", "lookup main"}};
  return {{"rule 0 from all", "lookup local"},
          {"rule 32766 from all", "lookup main"},
          {"rule 32767 from all", "lookup default"}};
}

}  // namespace hookjournal
