#include "tests/unit/catch.h"
#include "tests/unit/cli/doctor/doctor_fixture.h"

using namespace hookjournal;
using namespace hookjournal::test;

namespace {

// The rules found, and the line of the first finding.
struct Found {
  Rules rules;
  int line;
  bool operator==(const Found&) const = default;
};

Found found_in(const std::string& text, const std::string& driver = "qemu",
               int version = 9'000'000) {
  HooksFixture tree;
  tree.file(driver, text);
  const auto findings = findings_in(tree, host_with(tree, "libvirtd", version));
  return {rules_of(findings), findings.empty() ? 0 : findings[0].line};
}

}  // namespace

TEST_CASE("doctor, broken: a script asks virsh", "[cli][doctor]") {
  CHECK(found_in(
            "#!/bin/bash\nset -e\nmac=$(virsh domiflist \"$1\" | awk '{print $5}')\n") ==
        Found{{"calls-libvirt"}, 3});
  CHECK(found_in("#!/bin/sh\nif sudo -u root /usr/bin/virsh list --all; then :; fi "
                 ">/dev/null\n") == Found{{"calls-libvirt"}, 2});
}

TEST_CASE("doctor: virsh for what no hook holds is worth a note, and nothing to do",
          "[cli][doctor]") {
  HooksFixture tree;
  const std::string text = "#!/bin/sh\nvirsh -c qemu:///system nodedev-detach pci_1\n";
  tree.file("qemu", text);
  const auto findings = findings_in(tree);
  CHECK(rules_of(findings) == Rules{"calls-libvirt-aside"});
  CHECK_FALSE(needs_doing(findings));
  CHECK(found_in("#!/bin/sh\nvirsh net-dumpxml default\n", "network") ==
        Found{{"calls-libvirt"}, 2});
}

TEST_CASE("doctor, broken: a python script opens a connection to libvirt",
          "[cli][doctor]") {
  CHECK(found_in("#!/usr/bin/python3\nimport sys\nimport libvirt\n") ==
        Found{{"calls-libvirt"}, 3});
}

TEST_CASE("doctor, broken: a perl script runs virsh", "[cli][doctor]") {
  CHECK(found_in("#!/usr/bin/perl\nmy $list = `virsh list`;\n") ==
        Found{{"calls-libvirt"}, 2});
}

TEST_CASE("doctor, broken: a child in the background keeps libvirt waiting",
          "[cli][doctor]") {
  CHECK(found_in("#!/bin/bash\nif [ \"$2\" = started ]; then\n  sleep 4000 &\nfi\n") ==
        Found{{"background-child"}, 3});
}

TEST_CASE("doctor, broken: a child in the background keeps stderr alone",
          "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\nnohup /usr/sbin/monitor >/dev/null &\n");
  const auto findings = findings_in(tree);
  CHECK(rules_of(findings) == Rules{"background-child"});
  CHECK_THAT(findings.at(0).text, ContainsSubstring("stderr"));
  CHECK_THAT(findings.at(0).text, !ContainsSubstring("stdout"));
}

TEST_CASE("doctor, broken: a subshell in the background", "[cli][doctor]") {
  CHECK(
      found_in("#!/bin/sh\n(\n  sleep 5\n  systemctl restart x >/dev/null 2>&1\n) &\n") ==
      Found{{"background-child"}, 2});
}

TEST_CASE("doctor, broken: a python script leaves a child", "[cli][doctor]") {
  CHECK(found_in("#!/usr/bin/python3\nimport subprocess\n"
                 "subprocess.Popen(['/usr/sbin/monitor'])\n") ==
        Found{{"background-child"}, 3});
}

TEST_CASE("doctor, broken: progress is printed whatever the operation is",
          "[cli][doctor]") {
  CHECK(found_in(
            "#!/bin/bash\necho \"hook $2 of $1\"\ncase \"$2\" in\nstart) ;;\nesac\n") ==
        Found{{"prints-into-filter"}, 2});
}

TEST_CASE("doctor, broken: a function prints whatever the operation is",
          "[cli][doctor]") {
  CHECK(found_in("#!/bin/bash\nlog() {\n  echo \"$(date): $*\"\n}\nlog begins\n") ==
        Found{{"prints-into-filter"}, 5});
}

TEST_CASE("doctor, broken: the branch for all other operations prints", "[cli][doctor]") {
  CHECK(found_in("#!/bin/sh\ncase \"$2\" in\nprepare) echo on >&2 ;;\n"
                 "*)\n  echo \"nothing to do for $2\"\n  ;;\nesac\n") ==
        Found{{"prints-into-filter"}, 5});
}

TEST_CASE("doctor, broken: a python script prints at once", "[cli][doctor]") {
  CHECK(found_in("#!/usr/bin/python3\nimport sys\nprint('called with', sys.argv)\n") ==
        Found{{"prints-into-filter"}, 3});
}

TEST_CASE("doctor, broken: tee swallows the status that set -e is to see",
          "[cli][doctor]") {
  CHECK(found_in("#!/bin/bash\nset -e\nmodprobe vfio-pci 2>&1 | tee -a /var/log/h.log "
                 ">/dev/null\ntrue\n") == Found{{"status-hidden-by-pipe"}, 3});
}

TEST_CASE("doctor, broken: a group that may exit runs into tee", "[cli][doctor]") {
  CHECK(found_in("#!/bin/bash\n{\n  modprobe vfio-pci || exit 1\n} 2>&1 | tee -a /tmp/l "
                 ">/dev/null\ntrue\n") == Found{{"status-hidden-by-pipe"}, 2});
}

TEST_CASE("doctor, broken: what a script answers with runs into tee", "[cli][doctor]") {
  CHECK(found_in("#!/bin/bash\nif [[ $1 == win11 ]]; then\n  case \"$2\" in\n  prepare)\n"
                 "    modprobe a 2>&1 | tee -a /var/log/h.log >/dev/null\n"
                 "    modprobe b 2>&1 | tee -a /var/log/h.log >/dev/null\n    ;;\n"
                 "  esac\nfi\n") == Found{{"status-hidden-by-pipe"}, 6});
}

TEST_CASE("doctor, broken: a script wants three arguments", "[cli][doctor]") {
  CHECK(
      found_in("#!/bin/bash\nif [ $# -ne 3 ]; then\n  echo usage >&2\n  exit 1\nfi\n") ==
      Found{{"expects-other-arguments"}, 2});
  CHECK(found_in("#!/bin/bash\n(( $# == 5 )) || exit 1\n") ==
        Found{{"expects-other-arguments"}, 2});
  CHECK(found_in("#!/usr/bin/python3\nimport sys\nif len(sys.argv) != 4:\n"
                 "    sys.exit(1)\n") == Found{{"expects-other-arguments"}, 3});
}

TEST_CASE("doctor, broken: a script uses a fifth argument", "[cli][doctor]") {
  CHECK(found_in("#!/bin/sh\nreason=\"$5\"\n") == Found{{"expects-other-arguments"}, 2});
}

TEST_CASE("doctor, broken: an operation that does not exist", "[cli][doctor]") {
  CHECK(found_in("#!/bin/sh\ncase \"$2\" in\nprepare | resume)\n  true ;;\nesac\n") ==
        Found{{"unknown-operation"}, 3});
  CHECK(found_in("#!/bin/sh\nif [ \"$2\" = save ]; then true; fi\n") ==
        Found{{"unknown-operation"}, 2});
  CHECK(found_in("#!/bin/sh\nop=$2\n[ \"$op\" = reconnect ] && true\n", "bhyve") ==
        Found{{"unknown-operation"}, 3});
  CHECK(found_in("#!/usr/bin/python3\nimport sys\nif sys.argv[2] == 'shutdown':\n"
                 "    pass\n") == Found{{"unknown-operation"}, 3});
}

TEST_CASE("doctor, broken: attach, which nothing calls", "[cli][doctor]") {
  CHECK(found_in("#!/bin/sh\nif [ \"$1/$2\" = win11/attach ]; then true; fi\n") ==
        Found{{"operation-never-fires"}, 2});
}

TEST_CASE("doctor, broken: plugged on a new libvirt", "[cli][doctor]") {
  const std::string text = "#!/bin/sh\n[ \"$2\" = plugged ] && true\n";
  CHECK(found_in(text, "network", 9'000'000) == Found{{"operation-never-fires"}, 2});
  CHECK(found_in(text, "network", 5'000'000) == Found{{}, 0});
}

TEST_CASE("doctor, broken: `release end -` on a libvirt that gives the reason",
          "[cli][doctor]") {
  const std::string text =
      "#!/bin/sh\ncase \"$2 $3 $4\" in\n\"release end -\") true ;;\nesac\n";
  CHECK(found_in(text, "qemu", 10'005'000) == Found{{"operation-never-fires"}, 3});
  CHECK(found_in(text, "qemu", 10'004'000) == Found{{}, 0});
  CHECK(found_in(text, "libxl", 10'005'000) == Found{{}, 0});
  CHECK(found_in("#!/bin/sh\n[ \"$2\" = release ] && [ \"$4\" = - ] && true\n", "lxc",
                 10'005'000) == Found{{"operation-never-fires"}, 2});
}

TEST_CASE("doctor, broken: a sub-operation that never comes with it", "[cli][doctor]") {
  CHECK(found_in("#!/bin/bash\nif [[ $2 == started && $3 == end ]]; then true; fi\n") ==
        Found{{"operation-never-fires"}, 2});
  CHECK(found_in("#!/bin/sh\ncase \"$2/$3\" in\nstopped/begin) true ;;\nesac\n") ==
        Found{{"operation-never-fires"}, 3});
}

TEST_CASE("doctor, broken: a script relies on HOME", "[cli][doctor]") {
  CHECK(found_in("#!/bin/sh\n. /etc/default/hooks.d/x 2>/dev/null\n") == Found{{}, 0});
  CHECK(found_in("#!/bin/sh\n\"$HOME/bin/prepare-gpu\"\n") ==
        Found{{"relies-on-home"}, 2});
  CHECK(found_in("#!/bin/sh\ntrue >>~/hooks.log\n") == Found{{"relies-on-home"}, 2});
  CHECK(found_in("#!/usr/bin/python3\nimport os\nlog = os.environ['HOME'] + '/log'\n") ==
        Found{{"relies-on-home"}, 3});
}
