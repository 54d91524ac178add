#pragma once

#include <string>
#include <vector>

#include "replay/comparison/findings.h"

namespace hookjournal {

// "iptables -t nat -A PREROUTING": as one would type it. Programs in the usual places go
// by their name alone.
std::string command_text(const Command& command);
// "iptables"
std::string command_name(const Command& command);

void compare_commands(const std::string& script,
                      const Legs<const std::vector<Command>*>& commands,
                      Findings& findings);

// Command lines of processes that are still there; in no order.
void compare_processes(Field field, const std::string& script,
                       const Legs<const std::vector<std::string>*>& processes,
                       Findings& findings);

// Each once, for how often somebody tries in vain is a matter of patience.
void compare_attempts(const std::string& script,
                      const Legs<const std::vector<Attempt>*>& attempts,
                      Findings& findings);

}  // namespace hookjournal
