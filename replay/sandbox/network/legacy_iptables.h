#pragma once

#include <string>

#include "replay/sandbox/effects.h"

namespace hookjournal {

// The rules of iptables from before nftables, for which the kernel neither tells of
// changes nor has a text.

// Whether any such table is in use in this process' network namespace.
bool legacy_iptables_used();
// "iptables-legacy nat", "ip6tables-legacy filter" -> their rules, without counters; not
// of tables that hold no rule and accept everything. Runs iptables-legacy-save for them;
// where that is missing, the text says so.
NetworkState legacy_iptables();

// The tables in what iptables-legacy-save prints; `program` begins their names.
NetworkState legacy_tables(const std::string& program, const std::string& saved);

}  // namespace hookjournal
