#include "replay/sandbox/stand_ins/stand_in_rules.h"
#include "tests/unit/catch.h"

using namespace hookjournal;

namespace {

using Names = std::vector<std::string>;

Names missing(const std::string& text) {
  return missing_commands({"#!/bin/sh\n" + text}, "/usr/bin:/bin");
}

}  // namespace

TEST_CASE("a command that a script calls and the host lacks is missing", "[replay]") {
  CHECK(missing("no-such-a x; sh -c true\nif no-such-b; then /opt/no/such c; fi") ==
        Names{"/opt/no/such", "no-such-a", "no-such-b"});
  CHECK(missing("x=$(no-such-a | tr a b)\nnohup nice -n 5 no-such-b &") ==
        Names{"no-such-a", "no-such-b"});
  CHECK(missing("no-such-sudo no-such-b") == Names{"no-such-sudo"});
}

TEST_CASE("what a shell has itself or a text defines is not missing", "[replay]") {
  CHECK(missing("local a; shopt -s b; [ a = b ]; : c; . ./d; source e; return").empty());
  CHECK(missing("no_such_a() { true; }\nalias no-such-b='ls -l'\nno_such_a; no-such-b")
            .empty());
  CHECK(missing_commands({"#!/bin/bash\n. lib.sh\nno_such_a", "no_such_a() { :; }"}, "")
            .empty());
}

TEST_CASE("what only the shell would know at run time is not missing", "[replay]") {
  CHECK(missing("$tool x; \"$0.d/no\" y; eval \"no-such-a b\"; ./no-such-b; lib/no")
            .empty());
}

TEST_CASE("what a script tests for first is left absent", "[replay]") {
  for (const char* test :
       {"command -v no-such-a >/dev/null || exit 0", "if which no-such-a; then :; fi",
        "type no-such-a", "hash no-such-a 2>/dev/null",
        "for t in sh no-such-a; do command -v $t || exit 1; done",
        "need() { command -v \"$1\" || exit 1; }\nneed no-such-a"})
    CHECK(missing(std::string(test) + "\nno-such-a x").empty());
  for (const char* test : {"[ -x /opt/no/such ] || exit 0", "test -f /opt/no/such && :",
                           "if [[ -x /opt/no/such ]]; then :; fi"})
    CHECK(missing(std::string(test) + "\n/opt/no/such x").empty());
  CHECK(missing("command -v no-such-b\nno-such-a") == Names{"no-such-a"});
}

TEST_CASE("what a scripts tree lacks of itself is no missing command", "[replay]") {
  CHECK(missing("/etc/libvirt/hooks/lib/no-such-helper a").empty());
  CHECK(missing_commands({"#!/bin/sh\n/srv/hooks/no-such a"}, "", "/srv/hooks").empty());
}

TEST_CASE("only shell texts are looked through for commands", "[replay]") {
  CHECK(missing_commands(
            {"#!/usr/bin/python3\nno_such_a\n", "no-such-b = 1\nnat 10.0.0.1\n",
             std::string("#!/bin/sh\nno-such-c\0", 21)},
            "/bin")
            .empty());
  CHECK(missing_commands({"#!/usr/bin/hookjournal-hook /bin/bash\nno-such-a"}, "/bin") ==
        Names{"no-such-a"});
}

TEST_CASE("a command that only the PATH does not lead to is not missing", "[replay]") {
  CHECK(missing_commands({"#!/bin/sh\nls"}, "/nowhere").empty());
}
