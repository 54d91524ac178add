#include "tests/unit/cli/doctor/doctor_fixture.h"

#include <unistd.h>

#include <algorithm>
#include <ctime>

namespace hookjournal::test {

HostFacts calm_host() {
  HostFacts host;
  host.trusted = {0, ::geteuid()};
  return host;
}

HostFacts host_with(const HooksFixture& tree, const std::string& daemon, int version) {
  HostFacts host = calm_host();
  DaemonFacts facts;
  facts.daemon = {daemon, 812, 1, std::time(nullptr) + 100};
  facts.looks_in = tree.hooks;
  facts.version = version;
  host.daemons.push_back(facts);
  return host;
}

std::vector<Finding> findings_in(const HooksFixture& tree, const HostFacts& host) {
  return diagnose({tree.hooks, host, [](const auto&...) { return false; }, {}});
}

Rules rules_of(const std::vector<Finding>& findings) {
  Rules names;
  for (const auto& finding : findings) names.push_back(finding.rule);
  std::sort(names.begin(), names.end());
  return names;
}

Rules rules_in(const HooksFixture& tree, const HostFacts& host) {
  return rules_of(findings_in(tree, host));
}

Rules rules_of_script(const std::string& text, const std::string& driver,
                      const HostFacts& host) {
  HooksFixture tree;
  tree.file(driver, text);
  return rules_in(tree, host);
}

Rules rules_of_body(const std::string& body, const std::string& driver) {
  return rules_of_script("#!/bin/bash\n" + body + "\n", driver);
}

}  // namespace hookjournal::test
