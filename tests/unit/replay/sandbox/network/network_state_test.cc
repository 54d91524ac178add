// What commands do to a real network namespace is told by object. Needs root or user
// namespaces, and the programs ip, bridge, tc, nft, iptables and sysctl.
#include "replay/sandbox/network/network_state.h"

#include "engine/error.h"
#include "tests/unit/catch.h"
#include "tests/unit/replay/sandbox/network/fresh_network.h"

using namespace hookjournal;
using Names = std::vector<std::string>;
using Means = WriteNews::Means;

TEST_CASE("nothing done to the network is nothing touched and no change", "[replay]") {
  const NetworkPlay play = play_network("ip link show; nft list ruleset");
  REQUIRE(play.trouble.empty());
  CHECK_FALSE(play.touched_before);
  CHECK_FALSE(play.touched_after);
  CHECK(play.objects().empty());
}

TEST_CASE("what is done and undone is touched, but no change", "[replay]") {
  const NetworkPlay play = play_network(
      "ip addr add 10.0.0.1/24 dev lo; ip addr del 10.0.0.1/24 dev lo;"
      "nft add table ip t; nft delete table ip t");
  REQUIRE(play.trouble.empty());
  CHECK(play.touched_after);
  CHECK(play.objects().empty());
}

TEST_CASE("a bridge is told with its options, addresses, routes and ports", "[replay]") {
  const NetworkPlay play = play_network(
      "ip link add br0 address 52:54:00:00:00:01 type bridge stp_state 1;"
      "ip link add vnet0 type veth peer name vnet1; ip link set vnet0 master br0;"
      "ip link set vnet0 type bridge_slave isolated on;"
      "ip addr add 10.0.0.1/24 brd + dev br0; ip link set br0 up mtu 1400");
  REQUIRE(play.trouble.empty());
  CHECK(play.after("link br0") ==
        "kind bridge\nstate up\nmtu 1400\nmac 52:54:00:00:00:01\nstp on\n"
        "vlan_filtering off");
  CHECK_THAT(play.after("link vnet0"),
             ContainsSubstring("\nmaster br0\npeer vnet1\nisolated 1"));
  CHECK(play.after("address br0 10.0.0.1/24") == "scope global\nbroadcast 10.0.0.255");
  CHECK_THAT(play.after("route main 10.0.0.0/24 dev br0"),
             ContainsSubstring("src 10.0.0.1"));
}

TEST_CASE("a link set down is a change of its state alone", "[replay]") {
  const NetworkPlay play =
      play_network("ip link set vnet0 down",
                   "ip link add vnet0 type veth peer name vnet1; ip link set vnet0 up");
  REQUIRE(play.trouble.empty());
  REQUIRE(play.objects() == Names{"link vnet0"});
  CHECK_THAT(play.before("link vnet0"), ContainsSubstring("state up"));
  CHECK_THAT(play.after("link vnet0"), ContainsSubstring("state down"));
}

TEST_CASE("a removed link goes, with what hangs on it", "[replay]") {
  const NetworkPlay play =
      play_network("ip link del vnet0",
                   "ip link add vnet0 type veth peer name vnet1;"
                   "ip addr add 10.0.0.1/32 dev vnet0; ip link set vnet0 up");
  REQUIRE(play.trouble.empty());
  CHECK(play.objects() == Names{"address vnet0 10.0.0.1/32", "link vnet0", "link vnet1"});
  CHECK(play.after("link vnet1") == "absent");
}

TEST_CASE("what the kernel gives a link itself is no change of a script's", "[replay]") {
  const NetworkPlay play =
      play_network("ip link set vnet0 up; ip link set vnet1 up; sleep 0.1",
                   "ip link add vnet0 type veth peer name vnet1; ip link set lo down;"
                   "ip link set lo up");
  REQUIRE(play.trouble.empty());
  CHECK(play.objects() == Names{"link vnet0", "link vnet1"});
}

TEST_CASE("links over others are told with their options", "[replay]") {
  const NetworkPlay play = play_network(
      "ip link add vnet0 type veth peer name vnet1;"
      "ip link add mv0 link vnet0 type macvlan mode bridge;"
      "ip link add vx0 type vxlan id 42 dstport 4789 local 10.0.0.1 dev vnet0;"
      "ip tuntap add tun0 mode tun; ip link set tun0 alias guests txqueuelen 7");
  REQUIRE(play.trouble.empty());
  CHECK_THAT(play.after("link mv0"), ContainsSubstring("\nover vnet0\nmode 4"));
  CHECK_THAT(play.after("link vx0"),
             ContainsSubstring("\nvni 42\nport 4789\nlocal 10.0.0.1\nover vnet0"));
  CHECK_THAT(play.after("link tun0"),
             ContainsSubstring("txqueuelen 7\nalias guests\ntun_type 1"));
}

TEST_CASE("routes of all tables are told by destination", "[replay]") {
  const NetworkPlay play = play_network(
      "ip route add 10.9.0.0/16 via 10.0.0.9;"
      "ip route add default via 10.0.0.8 table 7 metric 5 mtu 1300;"
      "ip route add unreachable 10.8.0.0/16;"
      "ip route add 10.7.0.0/16 nexthop via 10.0.0.5 nexthop via 10.0.0.6;"
      "ip -6 route add default via fd00::9",
      "ip link add vnet0 type veth peer name vnet1;"
      "ip link set vnet0 up; ip link set vnet1 up;"
      "ip addr add 10.0.0.1/24 dev vnet0; ip addr add fd00::1/64 dev vnet0");
  REQUIRE(play.trouble.empty());
  CHECK(play.after("route main 10.9.0.0/16 dev vnet0") ==
        "unicast\nvia 10.0.0.9\nproto boot");
  CHECK(play.after("route 7 default dev vnet0 metric 5") ==
        "unicast\nvia 10.0.0.8\nproto boot\nmtu 1300");
  CHECK_THAT(play.after("route main 10.8.0.0/16"), ContainsSubstring("unreachable"));
  CHECK_THAT(play.after("route main 10.7.0.0/16"),
             ContainsSubstring("nexthop via 10.0.0.5 dev vnet0 weight 1\n"
                               "nexthop via 10.0.0.6 dev vnet0 weight 1"));
  CHECK_THAT(play.after("route main ::/0 dev vnet0"), ContainsSubstring("via fd00::9"));
  CHECK(play.changes.size() == 5);
}

TEST_CASE("a changed gateway is a change of one route", "[replay]") {
  const NetworkPlay play = play_network(
      "ip route replace 10.9.0.0/16 via 10.0.0.8",
      "ip addr add 10.0.0.1/24 dev lo; ip route add 10.9.0.0/16 via 10.0.0.9");
  REQUIRE(play.trouble.empty());
  REQUIRE(play.objects() == Names{"route main 10.9.0.0/16 dev lo"});
  CHECK_THAT(play.before("route main 10.9.0.0/16 dev lo"), ContainsSubstring("10.0.0.9"));
  CHECK_THAT(play.after("route main 10.9.0.0/16 dev lo"), ContainsSubstring("10.0.0.8"));
}

TEST_CASE("rules are told by what they select, usual ones only when gone", "[replay]") {
  const NetworkPlay play = play_network(
      "ip rule add from 10.0.0.0/24 fwmark 0x1/0xff table 5 prio 100;"
      "ip -6 rule add iif lo prohibit prio 99; ip rule del prio 32767");
  REQUIRE(play.trouble.empty());
  CHECK(play.after("rule 100 from 10.0.0.0/24 fwmark 0x1/0xff") == "lookup 5");
  CHECK(play.after("rule 99 ipv6 from all iif lo") == "prohibit");
  CHECK(play.after("rule 32767 from all") == "removed");
  CHECK(play.changes.size() == 3);
}

TEST_CASE("neighbours and forwarding entries set by hand are told", "[replay]") {
  const NetworkPlay play = play_network(
      "ip neigh add 10.0.0.3 lladdr 52:54:00:00:00:03 dev vnet0 nud permanent;"
      "ip neigh add proxy 10.0.0.4 dev vnet0;"
      "bridge fdb add 52:54:00:00:00:05 dev vnet0 master static;"
      "bridge fdb append 52:54:00:00:00:06 dev vx0 dst 10.0.0.6",
      "ip link add vnet0 type veth peer name vnet1; ip link set vnet0 up;"
      "ip link add br0 type bridge; ip link set vnet0 master br0;"
      "ip link add vx0 type vxlan id 42 dstport 4789");
  REQUIRE(play.trouble.empty());
  CHECK(play.after("neighbour vnet0 10.0.0.3") == "mac 52:54:00:00:00:03");
  CHECK(play.after("neighbour vnet0 10.0.0.4 proxy").empty());
  CHECK(play.after("fdb vnet0 52:54:00:00:00:05") == "static master");
  CHECK(play.after("fdb vx0 52:54:00:00:00:06") == "permanent self\ndst 10.0.0.6");
  CHECK(play.changes.size() == 4);
}

TEST_CASE("a queueing discipline is told by its kind", "[replay]") {
  const NetworkPlay play = play_network(
      "tc qdisc add dev vnet0 root handle 1: htb;"
      "tc qdisc add dev vnet0 parent 1:1 sfq 2>/dev/null || true;"
      "tc qdisc add dev vnet1 ingress",
      "ip link add vnet0 type veth peer name vnet1");
  REQUIRE(play.trouble.empty());
  CHECK(play.after("qdisc vnet0 root") == "kind htb\nhandle 1:");
  CHECK(play.after("qdisc vnet1 ingress") == "kind ingress");
}

TEST_CASE("an nftables table is told with its whole text, without counters", "[replay]") {
  const NetworkPlay play =
      play_network("nft add rule inet guests in tcp dport 22 counter accept",
                   "nft add table inet guests; nft add chain inet guests in;"
                   "nft add table ip other");
  REQUIRE(play.trouble.empty());
  REQUIRE(play.objects() == Names{"nft table inet guests"});
  CHECK(play.before("nft table inet guests") ==
        "table inet guests {\n\tchain in {\n\t}\n}");
  CHECK(play.after("nft table inet guests") ==
        "table inet guests {\n\tchain in {\n\t\ttcp dport 22 counter accept\n\t}\n}");
}

TEST_CASE("matches of iptables that nft has no text for are told", "[replay]") {
  const NetworkPlay play = play_network(
      "iptables-nft -A FORWARD -m physdev --physdev-in vnet0 -m comment --comment why "
      "-j ACCEPT");
  REQUIRE(play.trouble.empty());
  CHECK_THAT(play.after("nft table ip filter"),
             ContainsSubstring("# chain FORWARD rule 1: match physdev \"vnet0\\0"));
  CHECK_THAT(play.after("nft table ip filter"), ContainsSubstring("comment \"why\\0\""));
}

TEST_CASE("legacy iptables are told by table once they hold a rule", "[replay]") {
  const NetworkPlay play = play_network(
      "iptables-legacy -t nat -L -n >/dev/null;"
      "iptables-legacy -A INPUT -p tcp --dport 22 -j DROP; ip6tables-legacy -P INPUT "
      "DROP");
  REQUIRE(play.trouble.empty());
  CHECK(play.objects() == Names{"ip6tables-legacy filter", "iptables-legacy filter"});
  CHECK(play.after("iptables-legacy filter") ==
        ":INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\n"
        "-A INPUT -p tcp -m tcp --dport 22 -j DROP");
}

TEST_CASE("a changed legacy rule is seen, though the kernel tells nobody", "[replay]") {
  const NetworkPlay play =
      play_network("iptables-legacy -R INPUT 1 -p tcp --dport 23 -j DROP",
                   "iptables-legacy -A INPUT -p tcp --dport 22 -j DROP");
  REQUIRE(play.trouble.empty());
  CHECK(play.touched_after);
  CHECK_THAT(play.before("iptables-legacy filter"), ContainsSubstring("--dport 22"));
  CHECK_THAT(play.after("iptables-legacy filter"), ContainsSubstring("--dport 23"));
}

TEST_CASE("a sysctl is told with both values", "[replay]") {
  const NetworkPlay play = play_network("sysctl -qw net.ipv4.ip_forward=1");
  REQUIRE(play.trouble.empty());
  REQUIRE(play.objects() == Names{"sysctl net.ipv4.ip_forward"});
  CHECK(play.before("sysctl net.ipv4.ip_forward") == "0");
  CHECK(play.after("sysctl net.ipv4.ip_forward") == "1");
}

TEST_CASE("sysctls of new links are told by every means of watching", "[replay]") {
  const Means means = GENERATE(Means::fanotify, Means::inotify, Means::nothing);
  const NetworkPlay play = play_sysctls(
      "echo 5 >/proc/sys/net/ipv4/ip_default_ttl; ip link add vnet.0 type veth;"
      "echo 1234 >/proc/sys/net/ipv4/conf/vnet.0/igmpv3_unsolicited_report_interval;"
      "echo 3 >/proc/sys/net/ipv6/neigh/vnet.0/app_solicit;"
      "echo 1 >/proc/sys/net/ipv4/route/flush",
      "true", means);
  REQUIRE(play.trouble.empty());
  CHECK_FALSE(play.touched_before == (means != Means::nothing));
  CHECK(play.touched_after);
  CHECK(play.objects() ==
        Names{"sysctl net.ipv4.conf.vnet/0.igmpv3_unsolicited_report_interval",
              "sysctl net.ipv4.ip_default_ttl",
              "sysctl net.ipv6.neigh.vnet/0.app_solicit"});
  CHECK(play.before("sysctl net.ipv4.ip_default_ttl") == "64");
  CHECK(play.before("sysctl net.ipv4.conf.vnet/0.igmpv3_unsolicited_report_interval") ==
        "absent");
  CHECK(play.after("sysctl net.ipv4.conf.vnet/0.igmpv3_unsolicited_report_interval") ==
        "1234");
}

TEST_CASE("a sysctl set back to its initial value is no change", "[replay]") {
  const Means means = GENERATE(Means::fanotify, Means::inotify, Means::nothing);
  const NetworkPlay play =
      play_sysctls("sysctl -qw net.ipv4.ip_forward=1; sysctl -qw net.ipv4.ip_forward=0",
                   "true", means);
  REQUIRE(play.trouble.empty());
  CHECK(play.touched_after);
  CHECK(play.objects().empty());
}

TEST_CASE("bridges and taps named in a plan are made", "[replay]") {
  const NetworkPlay play = play_network([] {
    make_bridge("virbr0");
    make_tap("vnet0");
  });
  REQUIRE(play.trouble.empty());
  CHECK_THAT(play.after("link virbr0"), ContainsSubstring("kind bridge"));
  CHECK_THAT(play.after("link vnet0"), ContainsSubstring("tun_type 2"));
}

TEST_CASE("a link that cannot be made says why", "[replay]") {
  const std::string taken = play_network([] {
                              make_bridge("br0");
                              make_bridge("br0");
                            }).trouble;
  CHECK_THAT(taken, ContainsSubstring("cannot make the bridge br0: File exists"));
  CHECK_THROWS_WITH(make_tap("a-name-that-is-too-long"),
                    ContainsSubstring("1 to 15 bytes"));
}
