#include "replay/sandbox/network/network_state.h"

#include <linux/rtnetlink.h>

#include "replay/sandbox/network/legacy_iptables.h"
#include "replay/sandbox/network/network_dump.h"
#include "replay/sandbox/network/nft_ruleset.h"
#include "replay/sandbox/network/sysctl_watch.h"

namespace hookjournal {

namespace {

constexpr unsigned kGroups[] = {
    RTNLGRP_LINK,       RTNLGRP_NEIGH,     RTNLGRP_TC,          RTNLGRP_IPV4_IFADDR,
    RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV6_ROUTE,
    RTNLGRP_IPV6_RULE,  RTNLGRP_NEXTHOP,   RTNLGRP_IPV4_MROUTE, RTNLGRP_IPV6_MROUTE,
};

class KernelNetwork : public NetworkWatch {
 public:
  explicit KernelNetwork(std::shared_ptr<const WriteNews> written)
      : news_(NETLINK_ROUTE), questions_(NETLINK_ROUTE), sysctls_(std::move(written)) {
    for (const unsigned group : kGroups) news_.subscribe(group);
  }

  NetworkState state() override {
    if (!listed_ || news_.has_news()) {
      // Before listing, so that what comes meanwhile is news again.
      news_.drop_news();
      links_ = dump_network(questions_);
      listed_ = true;
    }
    NetworkState state = links_;
    state.insert(nft_.tables().begin(), nft_.tables().end());
    state.merge(legacy_iptables());
    state.merge(sysctls_.changed());
    return state;
  }

  // The kernel tells nobody of changes to legacy tables.
  bool touched() override {
    return !listed_ || news_.has_news() || nft_.changed() || sysctls_.touched() ||
           legacy_iptables_used();
  }

 private:
  NetlinkSocket news_;       // subscribed, never asked
  NetlinkSocket questions_;  // and this one the other way round
  NftRuleset nft_;
  SysctlWatch sysctls_;
  NetworkState links_;  // and all else that rtnetlink tells, as last listed
  bool listed_ = false;
};

// A sysctl that only one of two states lists had the value it began with in the other
// one, which its text tells.
void complete_sysctl(NetworkChange& change) {
  constexpr std::string_view kInitially = "\ninitially ";
  if (!change.object.starts_with("sysctl ")) return;
  std::optional<std::string> initial;
  for (auto* value : {&change.before, &change.after}) {
    const auto at = *value ? (*value)->rfind(kInitially) : std::string::npos;
    if (at == std::string::npos) continue;
    initial = (*value)->substr(at + kInitially.size());
    (*value)->resize(at);
  }
  if (!change.before) change.before = initial;
  if (!change.after) change.after = initial;
}

}  // namespace

std::unique_ptr<NetworkWatch> watch_network(std::shared_ptr<const WriteNews> written) {
  if (!written) written = std::make_shared<WriteNews>();
  return std::make_unique<KernelNetwork>(std::move(written));
}

std::vector<NetworkChange> network_changes(const NetworkState& before,
                                           const NetworkState& after) {
  std::vector<NetworkChange> changes;
  for (auto b = before.begin(), a = after.begin();
       b != before.end() || a != after.end();) {
    NetworkChange change;
    const bool removed = a == after.end() || (b != before.end() && b->first < a->first);
    const bool added = b == before.end() || (a != after.end() && a->first < b->first);
    change.object = removed ? b->first : a->first;
    if (!added) change.before = (b++)->second;
    if (!removed) change.after = (a++)->second;
    if (change.before == change.after) continue;
    complete_sysctl(change);
    changes.push_back(std::move(change));
  }
  return changes;
}

}  // namespace hookjournal
