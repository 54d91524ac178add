#include "tests/unit/catch.h"
#include "tests/unit/cli/doctor/doctor_fixture.h"

using namespace hookjournal;
using namespace hookjournal::test;

// Texts that look like a fault and are none: a false alarm costs more than silence.
namespace {

void check_silent(std::initializer_list<const char*> bodies,
                  const std::string& driver = "qemu") {
  for (const char* body : bodies) {
    CAPTURE(body);
    CHECK(rules_of_body(body, driver) == Rules{});
  }
}

void check_silent_script(std::initializer_list<const char*> scripts) {
  for (const char* script : scripts) {
    CAPTURE(script);
    CHECK(rules_of_script(script) == Rules{});
  }
}

}  // namespace

TEST_CASE("doctor, near miss: virsh where nothing runs it", "[cli][doctor]") {
  check_silent({
      "# virsh list",
      "true # and then virsh start",
      "logger 'virsh list failed'",
      "logger \"run virsh start $1 by hand; virsh list tells\"",
      "cat >/tmp/help <<'END'\nvirsh list\nEND",
      "cat >/tmp/help <<-END\n\tvirsh list\n\tEND",
      "command -v virsh >/dev/null",
      "VIRSH=/usr/bin/virsh",
      "ssh backup virsh list",
      "virsh -c qemu+ssh://backup/system list >/dev/null",
      "virsh --version >/dev/null",
      "my-virsh list",
      "( sleep 5; virsh start other ) >/dev/null 2>&1 &",
      "grep -q virsh /etc/hosts",
  });
  check_silent_script({
      "#!/usr/bin/python3\n# import libvirt\n\"\"\"\nimport libvirt\n\"\"\"\n",
      "#!/usr/bin/python3\nimport libvirt_hooks\nimport sys\n",
      "#!/usr/bin/perl\nuse strict;  # no Sys::Virt\nwarn \"virsh is not asked\";\n",
  });
}

TEST_CASE("doctor, near miss: an ampersand that leaves no child", "[cli][doctor]") {
  check_silent({
      "true && false",
      "true >&2",
      "true 2>&1",
      "true &>/dev/null",
      "logger 'a & b'",
      "logger \"sleep 5 &\"",
      "# sleep 5 &",
      "logger a\\&b",
      "cat >/tmp/x <<END\nsleep 5 &\nEND",
      "case \"$3\" in end) true ;& *) true ;; esac",
      "[[ a && b ]]",
      "(( flags & 1 ))",
      "x=$(( 6 & 3 ))",
  });
}

TEST_CASE("doctor, near miss: a child with all streams led away", "[cli][doctor]") {
  check_silent({
      "sleep 5 >/dev/null 2>&1 &",
      "sleep 5 &>/dev/null &",
      "nohup sleep 5 >>/var/log/x 2>>/var/log/x </dev/null &",
      "{ sleep 5; modprobe x; } >/dev/null 2>&1 &",
      "( exec >/dev/null 2>&1; sleep 5 ) &",
      "exec >/var/log/hooks.log 2>&1\nsleep 5 &",
      "f() { sleep 5 & }\nexec >/var/log/hooks.log 2>&1\nf",
      "sleep 5 &\nwait",
      "for i in 1 2; do modprobe $i & done\nwait",
      "logger done &",
      "sleep 5 2>/dev/null | logger -t x >/dev/null 2>&1 &",
  });
  check_silent_script({
      "#!/usr/bin/python3\nimport subprocess\nsubprocess.Popen(['x'],\n"
      "    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n",
      "#!/usr/bin/python3\nimport subprocess\np = subprocess.Popen(['x'])\np.wait()\n",
      "#!/usr/bin/python3\nimport subprocess\nsubprocess.run(['a & b'])\n",
  });
}

TEST_CASE("doctor, near miss: what is printed never reaches a filter", "[cli][doctor]") {
  check_silent({
      "echo starting >&2",
      "echo starting 1>&2",
      "echo starting >>/var/log/hooks.log",
      "# echo starting",
      "message=$(echo starting)",
      "echo starting | logger -t hooks",
      "if [ \"$2\" = prepare ]; then echo starting; fi",
      "op=$2\n[ \"$op\" = start ] && echo starting",
      "[ \"$2\" = start ] || exit 0\necho starting",
      "case \"$2\" in start) echo starting ;; esac",
      "case \"$1/$2\" in win11/start) echo starting ;; *) exit 0 ;; esac\necho more",
      "exec >/var/log/hooks.log 2>&1\necho starting",
      "exec 1> >(logger -t hooks)\necho starting",
      "log() { echo \"$*\" >>/var/log/hooks.log; }\nlog starting",
      "log() { echo \"$*\"; }\n[ \"$2\" = start ] && log starting",
      "{ echo a; echo b; } >>/tmp/log",
      "cat",
      "xml=$(cat)\necho \"$xml\"",
      "cat >/tmp/x <<END\ntext\nEND",
      "while read -r line; do echo \"$line\"; done",
  });
  check_silent_script({
      "#!/usr/bin/python3\nimport sys\nprint('x', file=sys.stderr)\n",
      "#!/usr/bin/python3\nimport sys\nif sys.argv[2] == 'start':\n    print('x')\n",
      "#!/usr/bin/perl\nprint STDERR \"x\\n\";\n",
  });
}

TEST_CASE("doctor, near miss: drivers that have no filter may print", "[cli][doctor]") {
  check_silent({"echo starting"}, "network");
  check_silent({"echo starting"}, "lxc");
  check_silent({"echo starting"}, "daemon");
}

TEST_CASE("doctor, near miss: pipes whose status nobody needs", "[cli][doctor]") {
  check_silent({
      "set -e\necho x | tee -a /var/log/l >/dev/null",
      "set -eo pipefail\nmodprobe x | tee -a /var/log/l >/dev/null",
      "set -e\nset -o pipefail\nmodprobe x | tee /var/log/l >/dev/null",
      "modprobe x | tee -a /var/log/l >/dev/null\nexit 0",
      "# modprobe x | tee log",
      "logger 'a | tee b'",
      "modprobe x || tee /tmp/x </dev/null >/dev/null",
      "modprobe x | tee /tmp/x >/dev/null\nexit ${PIPESTATUS[0]}",
      "x=$(lspci | tee /tmp/x)",
      "lsmod | grep -q vfio",
  });
}

TEST_CASE("doctor, near miss: scripts that take four arguments", "[cli][doctor]") {
  check_silent({
      "[ $# -eq 4 ] || exit 1",
      "if [ $# -lt 4 ]; then exit 1; fi",
      "if [ \"$#\" -ne 4 ]; then exit 1; fi",
      "(( $# >= 2 )) || exit 1",
      "# if [ $# -ne 3 ]; then exit 1; fi",
      "if [ $# -eq 5 ]; then exit 1; fi",
      "if [ $# -ne 3 ]; then true; fi",
      "use() { [ $# -eq 2 ] || exit 1; }\nuse a b",
      "use() { true \"$5\"; }\nuse a b c d e",
      "awk '{ print $5 }' /proc/mounts >/dev/null",
      "set -- a b c d e\ntrue \"$5\"",
      "true \"\\$5\" '$5' \"${15}\"",
  });
  check_silent_script({
      "#!/usr/bin/python3\nimport sys\nif len(sys.argv) != 5:\n    sys.exit(1)\n",
      "#!/usr/bin/python3\nimport sys\nif len(sys.argv) < 3:\n    sys.exit(1)\n",
      "#!/usr/bin/perl\nexit 1 if (@ARGV != 4);\n",
  });
}

TEST_CASE("doctor, near miss: operations that do come", "[cli][doctor]") {
  check_silent({
      "case \"$2\" in prepare | start | started | stopped | release) true ;; esac",
      "case \"$2\" in migrate | restore | reconnect) true ;; *) exit 0 ;; esac",
      "case \"$2/$3\" in prepare/begin | release/end) true ;; esac",
      "case \"$1\" in save | resume) true ;; esac",
      "case \"$1 $2\" in \"resume start\") true ;; esac",
      "case \"$2\" in start | attach) true ;; esac",
      "if [ \"$3\" = attach ]; then true; fi",
      "if [ \"$2\" != resume ]; then true; fi",
      "# [ \"$2\" = resume ]",
      "logger '[ \"$2\" = resume ]'",
      "run() { [ \"$2\" = resume ]; }\nrun a resume",
      "shift\n[ \"$2\" = begin ]",
      "op=$2\nop=resume\n[ \"$op\" = resume ]",
      "[ \"$2\" = \"$operation\" ]",
      "case \"$2\" in re*) true ;; esac",
      "if [ \"$2\" = release ] || [ \"$3\" = begin ]; then true; fi",
      "case \"$2 $4\" in \"release -\") true ;; esac",
  });
  check_silent({"case \"$2\" in plugged | port-created) true ;; esac"}, "network");
  check_silent({"[ \"$2\" = anything ]"}, "kvmtool");
}

TEST_CASE("doctor, near miss: HOME where nobody relies on it", "[cli][doctor]") {
  check_silent({
      "# $HOME", "export HOME=/root\n\"$HOME/x\"", "true \"${HOME:-/root}\"",
      "true '$HOME' \"\\$HOME\"", "sudo -u alice sh -c 'true $HOME'",
      "true a~ /x/~/y \"~\" ~alice/x", "cat >/tmp/x <<END\n$HOME\nEND",
      "true \"$HOMEPAGE\"",
      "true >>~/hooks.log",  // bash
  });
  check_silent_script({
      "#!/usr/bin/python3\nimport os\nhome = os.environ.get('HOME', '/root')\n",
  });
}

TEST_CASE("doctor, near miss: HOME of a daemon that has one", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n\"$HOME/x\"\n");
  auto host = host_with(tree, "libvirtd");
  host.daemons[0].environment = {{"HOME", "/root"}, {"PATH", "/usr/bin:/bin"}};
  CHECK(rules_in(tree, host) == Rules{});
}

TEST_CASE("doctor, near miss: text that is no shell at all", "[cli][doctor]") {
  check_silent({
      "if then fi ) ( ;; esac",
      "((((((((((((((((((((",
      "x=$(case a in a) echo ;; esac",
      "cat >/tmp/x <<END",
      "'",
      "\"$(",
      "`",
  });
}

TEST_CASE("doctor, near miss: words and lines of any length", "[cli][doctor]") {
  const std::string much(300'000, 'a');
  CHECK(rules_of_body("[ \"$1/$2\" = " + much + "/start ]") == Rules{});
  CHECK(rules_of_body("[ $# -ne " + much + " ] && exit 1") == Rules{});
  CHECK(rules_of_body("true \"" + much + "\" && " + much + "() { :; }") == Rules{});
  CHECK(rules_of_script("#!/usr/bin/python3\ndata = '" + much + "'\n") == Rules{});
  CHECK(rules_of_script("#!/usr/bin/perl\nmy $data = '" + much + "';\n") == Rules{});
}
