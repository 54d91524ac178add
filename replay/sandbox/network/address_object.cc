#include "replay/sandbox/network/address_object.h"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

namespace hookjournal {

namespace {

// <linux/if_addr.h> of older kernels lacks them.
constexpr unsigned kAddressProtocol = 11;                // IFA_PROTO
constexpr std::uint64_t kMadeByTheKernel[] = {1, 2, 3};  // IFAPROT_KERNEL_LO, _RA, _LL

// fe80:: and the MAC address with ff:fe in its middle and the local bit turned.
std::string link_local_of(const std::string& mac) {
  if (mac.size() != 6) return {};
  std::string address("\xfe\x80\0\0\0\0\0\0", 8);
  address += static_cast<char>(mac[0] ^ 2);
  address += mac.substr(1, 2) + "\xff\xfe" + mac.substr(3);
  return address;
}

bool made_by_the_kernel(const ifaddrmsg& header, const NetlinkAttributes& attributes,
                        const std::string& local, const LinkNames& names) {
  if (header.ifa_flags & IFA_F_TEMPORARY && header.ifa_family == AF_INET6) return true;
  const std::string link = names.name(header.ifa_index);
  if (link == "lo" && (local == "127.0.0.1" || local == "::1")) return true;
  const auto protocol = attributes.number(kAddressProtocol);
  for (const std::uint64_t kernel : kMadeByTheKernel)
    if (protocol == kernel) return true;
  const auto mac = names.addresses.find(header.ifa_index);
  return header.ifa_family == AF_INET6 && mac != names.addresses.end() &&
         attributes.find(IFA_ADDRESS) == Bytes(link_local_of(mac->second));
}

std::string fdb_state(const ndmsg& header) {
  if (header.ndm_state & NUD_PERMANENT) return "permanent";
  return header.ndm_state & NUD_NOARP ? "static" : "";
}

bool is_multicast(Bytes mac) { return !mac.empty() && (mac[0] & 1) != 0; }

// A bridge knows the addresses of its ports and its own, a card those it listens to.
bool links_own(Bytes mac, const ndmsg& header, const LinkNames& names) {
  if (header.ndm_flags & NTF_SELF && is_multicast(mac)) return true;
  const auto index = static_cast<std::uint64_t>(header.ndm_ifindex);
  const auto own = names.addresses.find(index);
  if (own != names.addresses.end() && own->second == mac) return true;
  const auto master = names.masters.find(index);
  if (master == names.masters.end()) return false;
  const auto bridge = names.addresses.find(master->second);
  return bridge != names.addresses.end() && bridge->second == mac;
}

NetworkObject fdb_object(const ndmsg& header, const NetlinkAttributes& attributes,
                         const LinkNames& names) {
  const Bytes mac = attributes.find(NDA_LLADDR).value_or(Bytes());
  const std::string state = fdb_state(header);
  if (state.empty() || links_own(mac, header, names)) return {};
  PropertyLines lines;
  lines.add(state + (header.ndm_flags & NTF_SELF ? " self" : " master"));
  if (const auto destination = attributes.find(NDA_DST))
    lines.add("dst",
              address_text(destination->size() == 4 ? AF_INET : AF_INET6, *destination));
  std::string name = "fdb " + names.name(static_cast<std::uint64_t>(header.ndm_ifindex)) +
                     " " + mac_text(mac);
  if (const auto vlan = attributes.number(NDA_VLAN))
    name += " vlan " + std::to_string(*vlan);
  return {name, lines.text()};
}

}  // namespace

NetworkObject address_object(const NetlinkMessage& message, const LinkNames& names) {
  const auto header = message.header<ifaddrmsg>();
  const NetlinkAttributes attributes = message.attributes<ifaddrmsg>();
  const auto address = attributes.find(IFA_ADDRESS);
  // With a peer, IFA_ADDRESS is the peer's.
  const auto local = attributes.find(IFA_LOCAL).value_or(address.value_or(Bytes()));
  const std::string text = address_text(header.ifa_family, local);
  if (made_by_the_kernel(header, attributes, text, names)) return {};

  const auto flags = attributes.number(IFA_FLAGS).value_or(header.ifa_flags);
  PropertyLines lines;
  lines.add("scope", scope_text(header.ifa_scope));
  if (address && *address != local)
    lines.add("peer", address_text(header.ifa_family, *address));
  if (const auto broadcast = attributes.find(IFA_BROADCAST))
    lines.add("broadcast", address_text(header.ifa_family, *broadcast));
  const std::string link = names.name(header.ifa_index);
  const std::string label = attributes.text(IFA_LABEL);
  if (!label.empty() && label != link) lines.add("label", label);
  if (const auto metric = attributes.number(IFA_RT_PRIORITY))
    if (*metric != 0) lines.add("metric", *metric);
  if (flags & IFA_F_SECONDARY && header.ifa_family == AF_INET) lines.add("secondary");
  if (flags & IFA_F_NOPREFIXROUTE) lines.add("noprefixroute");
  if (flags & IFA_F_NODAD) lines.add("nodad");
  if (flags & IFA_F_HOMEADDRESS) lines.add("home");
  // How long is left, is the kernel's count.
  if (!(flags & IFA_F_PERMANENT)) lines.add("limited lifetime");
  return {"address " + link + " " + text + "/" + std::to_string(header.ifa_prefixlen),
          lines.text()};
}

NetworkObject neighbour_object(const NetlinkMessage& message, const LinkNames& names) {
  const auto header = message.header<ndmsg>();
  const NetlinkAttributes attributes = message.attributes<ndmsg>();
  if (header.ndm_family == AF_BRIDGE) return fdb_object(header, attributes, names);
  const bool proxy = (header.ndm_flags & NTF_PROXY) != 0;
  const auto address = attributes.find(NDA_DST);
  if (!address || (!proxy && !(header.ndm_state & NUD_PERMANENT))) return {};
  std::string name = "neighbour " +
                     names.name(static_cast<std::uint64_t>(header.ndm_ifindex)) + " " +
                     address_text(header.ndm_family, *address);
  if (proxy) return {name + " proxy", ""};
  const auto mac = attributes.find(NDA_LLADDR);
  return {name, "mac " + (mac ? mac_text(*mac) : "none")};
}

}  // namespace hookjournal
