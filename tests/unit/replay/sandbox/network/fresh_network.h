#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "replay/sandbox/network/network_state.h"
#include "replay/sandbox/network/sysctl_watch.h"

// What commands do to a network namespace of their own, which has lo up.
struct NetworkPlay {
  std::string trouble;  // why there is nothing else; empty when all went well
  bool touched_before = false, touched_after = false;
  std::vector<hookjournal::NetworkChange> changes;

  std::vector<std::string> objects() const;
  // Of the object with that name; "absent" when it is not among the changes or had or has
  // no such state.
  std::string before(const std::string& object) const;
  std::string after(const std::string& object) const;
};

// Runs `commands` with sh -e between two looks, `prepare` before the first.
NetworkPlay play_network(const std::string& commands,
                         const std::string& prepare = "true");
// The same for what our own code does there.
NetworkPlay play_network(const std::function<void()>& act);
// Looks at the sysctls alone, and learns of writes by these means.
NetworkPlay play_sysctls(const std::string& commands, const std::string& prepare,
                         hookjournal::WriteNews::Means means);
