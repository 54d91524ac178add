#include "tests/unit/catch.h"
#include "tests/unit/cli/doctor/doctor_fixture.h"

using namespace hookjournal;
using namespace hookjournal::test;

namespace {

constexpr const char* kFine = "#!/bin/sh\nexit 0\n";

// In the manner of the most copied one: everything below a folder of the guest's.
constexpr const char* kDispatcher = R"sh(#!/bin/bash
BASEDIR="$(dirname "$0")"
HOOKPATH="$BASEDIR/qemu.d/$1/$2/$3"
set -e
if [ -f "$HOOKPATH" ]; then
  "$HOOKPATH" "$@"
elif [ -d "$HOOKPATH" ]; then
  while read -r file; do
    "$file" "$@"
  done <<<"$(find -L "$HOOKPATH" -maxdepth 1 -type f -executable | sort)"
fi
)sh";

}  // namespace

TEST_CASE("doctor, not broken: a dispatcher and the scripts it runs", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", kDispatcher);
  tree.file("qemu.d/win11/prepare/begin/10-x", kFine);
  tree.file("qemu.d/win11/release/end/10-x", kFine);
  CHECK(rules_in(tree) == Rules{});
}

TEST_CASE("doctor, broken: libvirt runs what lies beside a dispatcher's folders",
          "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", kDispatcher);
  tree.file("qemu.d/win11/prepare/begin/10-x", kFine);
  tree.file("qemu.d/common", kFine);
  const auto findings = findings_in(tree);
  CHECK(rules_of(findings) == Rules{"dispatcher-shares-directory"});
  CHECK_THAT(findings.at(0).text, ContainsSubstring("common"));
}

TEST_CASE("doctor, broken: a main script runs all of its .d again", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu",
            "#!/bin/sh\nfor f in /etc/libvirt/hooks/qemu.d/*; do \"$f\" \"$@\"; done\n");
  tree.file("qemu.d/10-x", kFine);
  const auto findings = findings_in(tree);
  CHECK(rules_of(findings) == Rules{"dispatcher-shares-directory"});
  CHECK_THAT(findings.at(0).text, ContainsSubstring("again"));
}

TEST_CASE("doctor, not broken: a main script beside scripts in its .d", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n# libvirt runs qemu.d/* itself\nexit 0\n");
  tree.file("qemu.d/10-x", kFine);
  tree.file("qemu.d/lib/functions", kFine);
  CHECK(rules_in(tree) == Rules{});
}

TEST_CASE("doctor, broken: a dispatcher's folder for no operation", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", kDispatcher);
  tree.file("qemu.d/win11/resume/begin/10-x", kFine);
  const auto findings = findings_in(tree);
  CHECK(rules_of(findings) == Rules{"unknown-operation"});
  CHECK(findings.at(0).path == (tree.hooks / "qemu.d/win11/resume/begin").string());
}

TEST_CASE("doctor, broken: a dispatcher's folder for a call that never comes",
          "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", kDispatcher);
  tree.file("qemu.d/win11/stopped/begin/10-x", kFine);
  CHECK(rules_in(tree) == Rules{"operation-never-fires"});
}

TEST_CASE("doctor, broken: a dispatcher's script calls virsh", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", kDispatcher);
  tree.file("qemu.d/win11/prepare/begin/10-x",
            "#!/bin/bash\nvirsh dumpxml win11 >/tmp/win11\n");
  const auto findings = findings_in(tree);
  CHECK(rules_of(findings) == Rules{"calls-libvirt"});
  CHECK(findings.at(0).line == 2);
}

TEST_CASE("doctor, not broken: a dispatcher's script without #!, which its shell runs",
          "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", kDispatcher);
  tree.file("qemu.d/win11/prepare/begin/10-x", "echo started\n");
  CHECK(rules_in(tree) == Rules{});
}
