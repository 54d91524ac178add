#include "replay/sandbox/network/nft_compat.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>

#include <cerrno>
#include <map>

#include "replay/sandbox/network/network_object.h"

namespace hookjournal {

namespace {

std::string family_text(unsigned family) {
  switch (family) {
    case NFPROTO_IPV4:
      return "ip";
    case NFPROTO_IPV6:
      return "ip6";
    case NFPROTO_INET:
      return "inet";
    case NFPROTO_ARP:
      return "arp";
    case NFPROTO_BRIDGE:
      return "bridge";
    case NFPROTO_NETDEV:
      return "netdev";
    default:
      return std::to_string(family);
  }
}

// A struct, in which names and remarks are to be seen: "vnet0\0\xff\xff\0". Zeroes in a
// row are shown as one.
std::string struct_text(Bytes bytes) {
  std::string text = "\"";
  char last = 1;
  for (const char byte : bytes) {
    if (byte == '\0') {
      if (last != '\0') text += "\\0";
    } else if (byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\') {
      text += byte;
    } else {
      text += "\\x" + hex_text(Bytes(&byte, 1));
    }
    last = byte;
  }
  return text + '"';
}

}  // namespace

std::string compat_text(const NetlinkMessage& rule) {
  std::string text;
  const NetlinkAttributes list =
      rule.attributes<nfgenmsg>().nested(NFTA_RULE_EXPRESSIONS);
  for (const NetlinkAttributes::Item& element : list.items()) {
    const NetlinkAttributes expression(element.value);
    const std::string kind = expression.text(NFTA_EXPR_NAME);
    if (kind != "match" && kind != "target") continue;
    // Targets number theirs in the same way.
    static_assert(int{NFTA_MATCH_NAME} == int{NFTA_TARGET_NAME} &&
                  int{NFTA_MATCH_INFO} == int{NFTA_TARGET_INFO});
    const NetlinkAttributes data = expression.nested(NFTA_EXPR_DATA);
    text += (text.empty() ? "" : ", ") + kind + " " + data.text(NFTA_MATCH_NAME) + " " +
            struct_text(data.find(NFTA_MATCH_INFO).value_or(Bytes()));
  }
  return text;
}

void add_compat_rules(NetlinkSocket& netfilter, NetworkState& tables) {
  nfgenmsg header{};
  header.version = NFNETLINK_V0;
  std::map<std::string, std::string> lines;
  for (int failure = EINTR; failure == EINTR;) {
    NetlinkRequest request(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETRULE, NLM_F_DUMP);
    request.header(header);
    lines.clear();
    std::map<std::string, int> counts;
    failure = netfilter.ask(request, [&](const NetlinkMessage& rule) {
      const NetlinkAttributes attributes = rule.attributes<nfgenmsg>();
      const std::string table = "nft table " +
                                family_text(rule.header<nfgenmsg>().nfgen_family) + " " +
                                attributes.text(NFTA_RULE_TABLE);
      const std::string chain = attributes.text(NFTA_RULE_CHAIN);
      const int number = ++counts[table + " " + chain];
      const std::string text = compat_text(rule);
      if (!text.empty())
        lines[table] +=
            "\n# chain " + chain + " rule " + std::to_string(number) + ": " + text;
    });
  }
  for (const auto& [table, text] : lines)
    if (const auto found = tables.find(table); found != tables.end())
      found->second += text;
}

}  // namespace hookjournal
