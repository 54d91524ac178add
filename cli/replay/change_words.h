#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "replay/replay.h"

// What the findings of a replay are called in text for people. All of it is safe to show.
namespace hookjournal {

// "1 call", "2,345 calls"
std::string counted(std::int64_t count, std::string_view thing);
// "2,345"
std::string grouped(std::int64_t count);

// "qemu prepare/begin of win11"
std::string call_words(const CallRecord& call);
// "win11, web and 39 more"
std::string object_words(const ChangeGroup& group);
// "1 guest or network", "41 guests and networks"
std::string object_count_words(const ReplayCoverage& coverage);

// "start-refused (was none)"; of equal ones "none, as before".
std::string consequence_words(Consequence before, Consequence after);

// "commands and files": each field once, the most harmful first.
std::string field_words(const std::vector<Difference>& differences);

// "systemctl and virsh": the commands that stand-ins answered for; empty without any.
std::string simulated_words(const CallVerdict& verdict);

// Of a leak those of it, else those of the example.
const std::vector<Difference>& differences_of(const ChangeGroup& group);

// What changed, in a line: "start-refused (was none)", "changed: commands and files
// (consequence none, as before)", "other things are left behind".
std::string title_of(const ChangeGroup& group);

// "accepted by alice on 2026-11-22 09:09:56 CET: the new bridge"
std::string acceptance_words(const ChangeGroup& group);

}  // namespace hookjournal
