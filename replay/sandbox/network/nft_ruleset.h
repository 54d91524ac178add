#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "replay/sandbox/effects.h"
#include "replay/sandbox/network/netlink_socket.h"

struct nft_ctx;

namespace hookjournal {

// The nftables rules of a network namespace, those that iptables-nft makes included.
// libnftables' door; it is only woken when there are rules. Belongs to the namespace this
// process is in when it is made, and must stay in.
class NftRuleset {
 public:
  // Throws Error when netlink cannot be used. A kernel without nftables has no rules.
  NftRuleset();
  ~NftRuleset();

  // Whether a transaction was committed since the last tables(). One question to the
  // kernel.
  bool changed();
  // "nft table inet filter" -> the table's whole text as `nft list ruleset` prints it,
  // without counters and handles, and with what it leaves out (nft_compat.h). Throws
  // Error.
  const NetworkState& tables();

 private:
  struct Free {
    void operator()(nft_ctx* context) const;
  };

  std::uint32_t generation();
  bool has_tables();
  std::string list_ruleset();

  NetlinkSocket socket_;
  std::unique_ptr<nft_ctx, Free> context_;
  std::uint32_t listed_ = 0;  // generation of tables_
  NetworkState tables_;
};

// The tables of a listed ruleset.
NetworkState nft_tables(const std::string& listing);

}  // namespace hookjournal
