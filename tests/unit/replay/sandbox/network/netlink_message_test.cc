// Messages as a kernel sends them, cut and bent; and those that need a kernel with parts
// that not every one has.
#include "replay/sandbox/network/netlink_message.h"

#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "replay/sandbox/network/address_object.h"
#include "replay/sandbox/network/legacy_iptables.h"
#include "replay/sandbox/network/link_object.h"
#include "replay/sandbox/network/nft_ruleset.h"
#include "replay/sandbox/network/sysctl_watch.h"
#include "tests/unit/catch.h"

using namespace hookjournal;

namespace {

template <typename Number>
Bytes bytes_of(const Number& number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

// A link of that kind with options, as one message.
template <typename Options>
NetlinkRequest link_message(const std::string& name, const std::string& kind,
                            Options options) {
  NetlinkRequest message(RTM_NEWLINK, 0);
  message.header(ifinfomsg{}).attribute(IFLA_IFNAME, name + '\0');
  message.nested(IFLA_LINKINFO, [&](NetlinkRequest& info) {
    info.attribute(IFLA_INFO_KIND, kind + '\0');
    info.nested(IFLA_INFO_DATA, options);
  });
  return message;
}

std::string described(NetlinkRequest message) {
  return link_object(messages_in(message.bytes()).at(0), {}).properties;
}

}  // namespace

TEST_CASE("what is put into a message is found in it", "[replay]") {
  NetlinkRequest request(RTM_NEWLINK, NLM_F_ACK);
  ifinfomsg header{};
  header.ifi_index = 7;
  request.header(header).attribute(IFLA_IFNAME, Bytes("br0\0", 4));
  request.nested(IFLA_LINKINFO, [](NetlinkRequest& info) {
    info.attribute(IFLA_INFO_KIND, Bytes("bridge"));
  });
  request.attribute(IFLA_MTU, 1400);

  const auto messages = messages_in(request.bytes());
  REQUIRE(messages.size() == 1);
  CHECK(messages[0].type == RTM_NEWLINK);
  CHECK(messages[0].flags == (NLM_F_REQUEST | NLM_F_ACK));
  CHECK(messages[0].header<ifinfomsg>().ifi_index == 7);
  const NetlinkAttributes attributes = messages[0].attributes<ifinfomsg>();
  CHECK(attributes.text(IFLA_IFNAME) == "br0");
  CHECK(attributes.number(IFLA_MTU) == 1400);
  CHECK(attributes.nested(IFLA_LINKINFO).text(IFLA_INFO_KIND) == "bridge");
  CHECK_FALSE(attributes.has(IFLA_MASTER));
}

TEST_CASE("a message cut at any length is read without harm", "[replay]") {
  NetlinkRequest message = link_message("vnet0", "bridge", [](NetlinkRequest& options) {
    options.attribute(IFLA_BR_STP_STATE, 1);
  });
  const std::string whole = message.bytes();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    // As an allocation of its own, so that a sanitizer sees what reads beyond it.
    const std::string cut(whole.data(), length);
    CHECK(messages_in(cut).empty());
    std::string shorter = cut;
    const auto claimed = static_cast<std::uint32_t>(length);
    shorter.replace(0, std::min(length, sizeof claimed), bytes_of(claimed), 0,
                    std::min(length, sizeof claimed));
    for (const NetlinkMessage& read : messages_in(shorter))
      CHECK(link_object(read, {}).name.starts_with("link "));
  }
}

TEST_CASE("attributes with impossible lengths end the list", "[replay]") {
  const std::string shorter_than_itself("\x02\x00\x01\x00", 4);
  const std::string beyond_the_end("\x40\x00\x01\x00", 4);
  CHECK(NetlinkAttributes(shorter_than_itself).items().empty());
  CHECK(NetlinkAttributes(beyond_the_end).items().empty());
  CHECK_FALSE(number_of("abc"));
}

TEST_CASE("a VLAN is told with its id, not with what is usual", "[replay]") {
  const std::uint16_t id = 42;
  CHECK_THAT(described(link_message("eth0.42", "vlan",
                                    [&](NetlinkRequest& options) {
                                      options.attribute(IFLA_VLAN_ID, bytes_of(id));
                                      options.attribute(IFLA_VLAN_PROTOCOL,
                                                        Bytes("\x81\x00", 2));
                                    })),
             ContainsSubstring("kind vlan") && ContainsSubstring("\nvlan_id 42") &&
                 !ContainsSubstring("vlan_protocol"));
}

TEST_CASE("a bridge's options are told where they are not usual", "[replay]") {
  const std::string text =
      described(link_message("br0", "bridge", [](NetlinkRequest& options) {
        options.attribute(IFLA_BR_VLAN_FILTERING, Bytes("\x01"));
        options.attribute(IFLA_BR_FORWARD_DELAY, 0);
        options.attribute(IFLA_BR_MAX_AGE, 2000);
        options.attribute(IFLA_BR_HELLO_TIMER, 77);
      }));
  CHECK_THAT(text, ContainsSubstring("\nvlan_filtering on\nforward_delay 0"));
  CHECK_THAT(text, !ContainsSubstring("max_age") && !ContainsSubstring("77"));
}

TEST_CASE("of a kind of link not known here all options are told", "[replay]") {
  CHECK_THAT(described(link_message("x0", "novel",
                                    [](NetlinkRequest& options) {
                                      options.attribute(3, Bytes("\x01\xab"));
                                    })),
             ContainsSubstring("\noption 3 01ab"));
}

TEST_CASE("the VLANs of a bridge's port are listed", "[replay]") {
  const bridge_vlan_info untagged{BRIDGE_VLAN_INFO_PVID | BRIDGE_VLAN_INFO_UNTAGGED, 1};
  const bridge_vlan_info tagged{0, 42};
  ifinfomsg header{};
  header.ifi_family = AF_BRIDGE;
  header.ifi_index = 3;
  NetlinkRequest message(RTM_NEWLINK, 0);
  message.header(header).nested(IFLA_AF_SPEC, [&](NetlinkRequest& list) {
    list.attribute(IFLA_BRIDGE_VLAN_INFO, bytes_of(untagged));
    list.attribute(IFLA_BRIDGE_VLAN_INFO, bytes_of(tagged));
  });
  LinkNames names;
  names.names[3] = "vnet0";

  const auto object = bridge_vlan_object(messages_in(message.bytes()).at(0), names);
  CHECK(object.name == "bridge vlan vnet0");
  CHECK(object.properties == "1 pvid untagged\n42");
}

TEST_CASE("the forwarding entries that a bridge makes itself are left out", "[replay]") {
  ndmsg header{};
  header.ndm_family = AF_BRIDGE;
  header.ndm_ifindex = 3;
  header.ndm_state = NUD_PERMANENT;
  NetlinkRequest message(RTM_NEWNEIGH, 0);
  message.header(header).attribute(NDA_LLADDR, Bytes("\x52\x54\x00\x00\x00\x01", 6));
  LinkNames names;
  names.names[3] = "vnet0";
  const auto read = messages_in(message.bytes()).at(0);

  CHECK(neighbour_object(read, names).name == "fdb vnet0 52:54:00:00:00:01");
  names.addresses[3] = std::string("\x52\x54\x00\x00\x00\x01", 6);
  CHECK(neighbour_object(read, names).name.empty());
}

TEST_CASE("a listed ruleset is split into its tables", "[replay]") {
  const NetworkState tables = nft_tables(
      "# Warning: table ip nat is managed by iptables-nft, do not touch!\n"
      "table ip nat {\n\tchain a {\n\t}\n}\ntable inet x {\n}\n");
  CHECK(tables ==
        NetworkState{{"nft table inet x", "table inet x {\n}"},
                     {"nft table ip nat", "table ip nat {\n\tchain a {\n\t}\n}"}});
}

TEST_CASE("of saved legacy tables counters and dates go, and empty ones", "[replay]") {
  const NetworkState tables = legacy_tables(
      "iptables-legacy",
      "# Generated by iptables-save v1.8.9 on Sun Nov 22\n*nat\n:OUTPUT ACCEPT [3:4]\n"
      "COMMIT\n*filter\n:INPUT ACCEPT [1:2]\n-A INPUT -j DROP\nCOMMIT\n# Completed\n");
  CHECK(tables ==
        NetworkState{{"iptables-legacy filter", ":INPUT ACCEPT\n-A INPUT -j DROP"}});
}

TEST_CASE("a sysctl is called as sysctl(8) does", "[replay]") {
  CHECK(sysctl_name("ipv4/conf/eth0.5/rp_filter") == "net.ipv4.conf.eth0/5.rp_filter");
}
