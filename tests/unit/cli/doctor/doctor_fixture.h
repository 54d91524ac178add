#pragma once

#include <string>
#include <vector>

#include "cli/doctor/doctor.h"
#include "tests/unit/cli/hooks_fixture.h"

// A hooks directory and a host to find fault with.
namespace hookjournal::test {

using Rules = std::vector<std::string>;  // sorted

// Nothing is wrong with it: no daemon runs, whoever runs the tests is trusted.
HostFacts calm_host();
// With a daemon that reads the fixture's directory and has seen all of its scripts.
HostFacts host_with(const HooksFixture& tree, const std::string& daemon,
                    int version = 9'000'000);

std::vector<Finding> findings_in(const HooksFixture& tree,
                                 const HostFacts& host = calm_host());
Rules rules_of(const std::vector<Finding>& findings);
Rules rules_in(const HooksFixture& tree, const HostFacts& host = calm_host());
// Of a directory with nothing but this script, as the driver's main file.
Rules rules_of_script(const std::string& text, const std::string& driver = "qemu",
                      const HostFacts& host = calm_host());
Rules rules_of_body(const std::string& body, const std::string& driver = "qemu");

}  // namespace hookjournal::test
