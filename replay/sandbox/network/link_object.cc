#include "replay/sandbox/network/link_object.h"

#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <cstdio>

#include "replay/sandbox/network/link_options.h"

namespace hookjournal {

namespace {

constexpr std::uint64_t kUsualQueueLength = 1000;

void add_flags(unsigned flags, PropertyLines& lines) {
  lines.add("state", std::string(flags & IFF_UP ? "up" : "down"));
  if (flags & IFF_PROMISC) lines.add("promisc on");
  if (flags & IFF_ALLMULTI) lines.add("allmulticast on");
  if (flags & IFF_NOARP) lines.add("arp off");
}

// The link below (of a VLAN) or at the other end (of a veth).
void add_related_link(const NetlinkAttributes& attributes, const std::string& kind,
                      const LinkNames& names, PropertyLines& lines) {
  const auto index = attributes.number(IFLA_LINK);
  if (!index || *index == 0) return;
  const std::string relation = kind == "veth" ? "peer" : "over";
  if (attributes.has(IFLA_LINK_NETNSID))
    lines.add(relation, "in another namespace");
  else
    lines.add(relation, names.name(*index));
}

void add_names(const NetlinkAttributes& attributes, PropertyLines& lines) {
  if (attributes.has(IFLA_IFALIAS)) lines.add("alias", attributes.text(IFLA_IFALIAS));
  for (const NetlinkAttributes::Item& item : attributes.nested(IFLA_PROP_LIST).items())
    if (item.type == IFLA_ALT_IFNAME)
      lines.add("altname", std::string(item.value.substr(0, item.value.find('\0'))));
}

// "1:", "1:10": as tc writes them.
std::string handle_text(unsigned handle) {
  char text[16];
  std::snprintf(text, sizeof text, "%x:", handle >> 16);
  std::string whole = text;
  std::snprintf(text, sizeof text, "%x", handle & 0xffff);
  return (handle & 0xffff) != 0 ? whole + text : whole;
}

}  // namespace

void note_link(const NetlinkMessage& message, LinkNames& names) {
  const auto index = static_cast<std::uint64_t>(message.header<ifinfomsg>().ifi_index);
  const NetlinkAttributes attributes = message.attributes<ifinfomsg>();
  names.names[index] = attributes.text(IFLA_IFNAME);
  names.addresses[index] = std::string(attributes.find(IFLA_ADDRESS).value_or(Bytes()));
  if (const auto master = attributes.number(IFLA_MASTER)) names.masters[index] = *master;
}

NetworkObject link_object(const NetlinkMessage& message, const LinkNames& names) {
  const auto header = message.header<ifinfomsg>();
  const NetlinkAttributes attributes = message.attributes<ifinfomsg>();
  const NetlinkAttributes info = attributes.nested(IFLA_LINKINFO);
  const std::string kind = info.text(IFLA_INFO_KIND);

  PropertyLines lines;
  if (!kind.empty()) lines.add("kind", kind);
  add_flags(header.ifi_flags, lines);
  if (const auto mtu = attributes.number(IFLA_MTU)) lines.add("mtu", *mtu);
  const auto address = attributes.find(IFLA_ADDRESS);
  if (address && !address->empty() && !(header.ifi_flags & IFF_LOOPBACK))
    lines.add("mac", mac_text(*address));
  if (const auto master = attributes.number(IFLA_MASTER))
    lines.add("master", names.name(*master));
  add_related_link(attributes, kind, names, lines);
  const auto queue = attributes.number(IFLA_TXQLEN);
  if (queue && *queue != kUsualQueueLength) lines.add("txqueuelen", *queue);
  const auto group = attributes.number(IFLA_GROUP);
  if (group && *group != 0) lines.add("group", *group);
  add_names(attributes, lines);
  add_link_options(kind, info.nested(IFLA_INFO_DATA), names, lines);
  add_port_options(info.text(IFLA_INFO_SLAVE_KIND), info.nested(IFLA_INFO_SLAVE_DATA),
                   lines);
  return {"link " + attributes.text(IFLA_IFNAME), lines.text()};
}

NetworkObject bridge_vlan_object(const NetlinkMessage& message, const LinkNames& names) {
  PropertyLines lines;
  for (const NetlinkAttributes::Item& item :
       message.attributes<ifinfomsg>().nested(IFLA_AF_SPEC).items()) {
    if (item.type != IFLA_BRIDGE_VLAN_INFO) continue;
    const auto vlan = NetlinkMessage{0, 0, item.value}.header<bridge_vlan_info>();
    std::string line = std::to_string(vlan.vid);
    if (vlan.flags & BRIDGE_VLAN_INFO_PVID) line += " pvid";
    if (vlan.flags & BRIDGE_VLAN_INFO_UNTAGGED) line += " untagged";
    lines.add(line);
  }
  if (lines.text().empty()) return {};
  const auto index = message.header<ifinfomsg>().ifi_index;
  return {"bridge vlan " + names.name(static_cast<std::uint64_t>(index)), lines.text()};
}

NetworkObject qdisc_object(const NetlinkMessage& message, const LinkNames& names) {
  const auto header = message.header<tcmsg>();
  // Those that the kernel gives to every link have no handle.
  if (header.tcm_handle == 0) return {};
  std::string parent = handle_text(header.tcm_parent);
  if (header.tcm_parent == TC_H_ROOT) parent = "root";
  if (header.tcm_parent == TC_H_INGRESS) parent = "ingress";
  PropertyLines lines;
  lines.add("kind", message.attributes<tcmsg>().text(TCA_KIND));
  // From 8000: on the kernel has chosen.
  if (header.tcm_handle < 0x80000000U)
    lines.add("handle", handle_text(header.tcm_handle));
  return {"qdisc " + names.name(static_cast<std::uint64_t>(header.tcm_ifindex)) + " " +
              parent,
          lines.text()};
}

}  // namespace hookjournal
