#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/doctor/doctor_fixture.h"

using namespace hookjournal;
using namespace hookjournal::test;

namespace {

CommandResult doctor(const HooksFixture& tree, std::vector<std::string> options = {}) {
  options.insert(options.begin(), {"doctor", "--hooks-dir", tree.hooks.string()});
  return run_command(run_doctor, options);
}

}  // namespace

TEST_CASE("doctor is silent about a clean directory", "[cli][doctor]") {
  HooksFixture tree;
  CHECK(doctor(tree).out.empty());
  tree.file("../hooks/lxc", "text\n", 0600);
  std::filesystem::remove(tree.hooks / "lxc");
  const auto result = doctor(tree);
  CHECK(result.status == 0);
  CHECK(result.out.empty());
  CHECK(result.err.empty());
}

TEST_CASE("doctor names file, line and remedy, and exits 1", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("lxc", "\n#!/bin/sh\n");
  const auto result = doctor(tree);
  const std::string path = tree.hooks / "lxc";
  CHECK(result.status == 1);
  CHECK_THAT(result.out, Catch::Matchers::StartsWith(path + "\n  error"));
  CHECK_THAT(result.out, ContainsSubstring("[late-interpreter-line]"));
  CHECK_THAT(result.out, ContainsSubstring("at " + path + ":2\n"));
  CHECK_THAT(result.out, ContainsSubstring("remedy: make #! its first two bytes"));
}

TEST_CASE("doctor shows names with control bytes harmlessly", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("lxc.d/a\x1b[31m\n", "text\n");
  const auto result = doctor(tree);
  CHECK(result.status == 1);
  CHECK_THAT(result.out, ContainsSubstring("lxc.d/a\\x1b[31m\\x0a\n"));
  CHECK_THAT(result.out, !ContainsSubstring("\x1b"));
}

TEST_CASE("doctor's JSON is one object a line", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("lxc", "#!/bin/bash\nvirsh list\n", 0644);
  tree.file("lxc.d/10-\xff", "#!/bin/bash\nvirsh list\n");
  const auto result = doctor(tree, {"--json"});
  CHECK(result.status == 1);
  std::istringstream lines(result.out);
  std::vector<nlohmann::json> objects;
  for (std::string line; std::getline(lines, line);)
    objects.push_back(nlohmann::json::parse(line));
  std::set<std::string> rules;
  for (const auto& object : objects) {
    CHECK(object.size() == 7);
    rules.insert(object.at("rule"));
    CHECK(object.at("text").is_string());
    CHECK(object.at("remedy").is_string());
    if (object.at("rule") == "calls-libvirt") {
      CHECK(object.at("severity") == "error");
      CHECK(object.at("likely") == true);
      CHECK(object.at("line") == 2);
    }
    if (object.at("rule") == "not-executable") {
      CHECK(object.at("likely") == false);
      CHECK(object.at("line").is_null());
    }
  }
  CHECK(rules.contains("calls-libvirt"));
  CHECK(rules.contains("not-executable"));
}

TEST_CASE("doctor: a hooks directory that is not there is trouble", "[cli][doctor]") {
  HooksFixture tree;
  tree.hooks /= "nowhere";
  const auto result = doctor(tree);
  CHECK(result.status == 3);
  CHECK_THAT(result.err, ContainsSubstring("no such directory"));
}

TEST_CASE("the rules have names to choose by, each once", "[cli][doctor]") {
  std::set<std::string> names;
  for (const auto& rule : rules()) {
    CAPTURE(rule.name);
    const std::string name = rule.name;
    CHECK(names.insert(name).second);
    CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string::npos);
    CHECK(std::string(rule.explanation).size() > 10);
  }
}

TEST_CASE("doctor lists its rules and needs no hooks directory for it", "[cli][doctor]") {
  const auto result = run_command(run_doctor, {"doctor", "--rules"});
  CHECK(result.status == 0);
  CHECK_THAT(result.out, ContainsSubstring("calls-libvirt  error, likely\n"));
}
