#include "replay/sandbox/network/nft_ruleset.h"

#include <arpa/inet.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include <cerrno>

#include "engine/error.h"
#include "replay/sandbox/network/nft_compat.h"
#include "replay/sandbox/network/nft_library.h"

namespace hookjournal {

void NftRuleset::Free::operator()(nft_ctx* context) const {
  nft_library().ctx_free(context);
}

NftRuleset::NftRuleset() : socket_(NETLINK_NETFILTER) {}

NftRuleset::~NftRuleset() = default;

std::uint32_t NftRuleset::generation() {
  nfgenmsg header{};
  header.version = NFNETLINK_V0;
  NetlinkRequest request(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETGEN, 0);
  request.header(header);
  std::uint32_t generation = 0;
  const int failure = socket_.ask(request, [&](const NetlinkMessage& message) {
    const auto number = message.attributes<nfgenmsg>().number(NFTA_GEN_ID);
    generation = ntohl(static_cast<std::uint32_t>(number.value_or(0)));
  });
  if (failure == EPERM)
    throw Error(with_errno("cannot ask for the nftables rules: CAP_NET_ADMIN is missing",
                           failure));
  return generation;  // 0, which none has, in a kernel without nftables
}

bool NftRuleset::changed() { return generation() != listed_; }

const NetworkState& NftRuleset::tables() {
  // Asked before the listing, so that what is committed meanwhile is a change.
  for (auto now = generation(); now != listed_; now = generation()) {
    tables_ = has_tables() ? nft_tables(list_ruleset()) : NetworkState();
    if (!tables_.empty()) add_compat_rules(socket_, tables_);
    listed_ = now;
  }
  return tables_;
}

bool NftRuleset::has_tables() {
  nfgenmsg header{};
  header.version = NFNETLINK_V0;
  NetlinkRequest request(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETTABLE, NLM_F_DUMP);
  request.header(header);
  bool found = false;
  int failure = EINTR;
  while (failure == EINTR)
    failure = socket_.ask(request, [&](const NetlinkMessage&) { found = true; });
  return found;
}

std::string NftRuleset::list_ruleset() {
  const NftLibrary& nft = nft_library();
  if (!context_) {
    context_.reset(nft.ctx_new(NFT_CTX_DEFAULT));
    if (!context_) throw Error("cannot list the nftables rules: out of memory");
    nft.ctx_output_set_flags(context_.get(), NFT_CTX_OUTPUT_STATELESS);
    nft.ctx_buffer_output(context_.get());
    nft.ctx_buffer_error(context_.get());
  }
  if (nft.run_cmd_from_buffer(context_.get(), "list ruleset") != 0)
    throw Error(std::string("cannot list the nftables rules: ") +
                nft.ctx_get_error_buffer(context_.get()));
  return nft.ctx_get_output_buffer(context_.get());
}

NetworkState nft_tables(const std::string& listing) {
  NetworkState tables;
  std::string* table = nullptr;
  for (std::size_t start = 0; start < listing.size();) {
    const std::size_t end = std::min(listing.find('\n', start), listing.size());
    const std::string line = listing.substr(start, end - start);
    start = end + 1;
    if (line.starts_with("table ") && line.ends_with(" {"))
      table = &tables["nft " + line.substr(0, line.size() - 2)];
    if (!table) continue;  // a remark between tables
    *table += (table->empty() ? "" : "\n") + line;
    if (line == "}") table = nullptr;
  }
  return tables;
}

}  // namespace hookjournal
