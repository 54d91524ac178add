// What a script finds in a sandbox, and what is seen of it.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>

#include "tests/unit/catch.h"
#include "tests/unit/engine/scratch_dir.h"
#include "tests/unit/replay/sandbox/real_sandbox.h"

namespace hookjournal {

using namespace test;
using namespace std::chrono_literals;

TEST_CASE("a sandboxed script gets its arguments, its input and its environment",
          "[replay]") {
  const ObservedRun seen = run("echo \"$0 $*\"; cat; env | sort; pwd; umask >&2; exit 3");

  CHECK(seen.result.out ==
        "/etc/libvirt/hooks/qemu win11 prepare begin -\n<domain/>\nLC_ALL=C\n"
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin\nPWD=/\n/\n");
  CHECK(seen.result.err == "0022\n");
  CHECK(seen.result.ending == Ending{Exited{3}});
  CHECK(seen.effects.trouble.empty());
}

TEST_CASE("a sandboxed script has the recorded umask", "[replay]") {
  const ScriptsTree tree = tree_of("umask");
  SandboxedRun call = call_of("start");
  for (const auto& [mask, told] : {std::pair{0077, "0077\n"}, std::pair{0, "0000\n"}}) {
    call.umask = static_cast<mode_t>(mask);
    CHECK(sandbox_of(tree)->run(call).result.out == told);
  }
}

TEST_CASE("a call without input reads /dev/null", "[replay]") {
  const ScriptsTree tree = tree_of("cat; readlink /proc/$$/fd/0");
  SandboxedRun call = call_of("start");
  call.input.reset();

  CHECK(sandbox_of(tree)->run(call).result.out == "/dev/null\n");
}

TEST_CASE("a script starts with default signals, whatever the caller ignores",
          "[replay]") {
  const auto before = std::signal(SIGHUP, SIG_IGN);  // as under nohup
  const auto own_maker = make_sandbox_maker(settings());
  const ScriptsTree tree = tree_of("grep -E '^Sig(Blk|Ign)' /proc/self/status");
  const auto sandbox =
      own_maker->open({.hooks_dir = "/etc/libvirt/hooks", .tree = &tree});
  const ObservedRun seen = sandbox->run(call_of("start"));
  std::signal(SIGHUP, before);

  CHECK(seen.result.out == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_CASE("scripts of several users follow each other in one sandbox", "[replay]") {
  if (::geteuid() != 0) return;  // in a user namespace there is nobody but its maker
  const ScriptsTree tree = tree_of("id -u; id -g; echo x >/tmp/made-by-$(id -u)");
  const auto sandbox = sandbox_of(tree);
  SandboxedRun call = call_of("start");
  std::string users;
  for (const unsigned user : {0U, 65534U, 0U}) {
    call.uid = call.gid = user;
    const ObservedRun seen = sandbox->run(call);
    users += seen.result.out;
    CHECK(seen.effects.trouble.empty());
    CHECK(programs(seen.effects) ==
          std::vector<std::string>{"/usr/bin/id", "/usr/bin/id", "/usr/bin/id"});
  }

  CHECK(users == "0\n0\n65534\n65534\n0\n0\n");
}

TEST_CASE("a signal that ends a sandboxed script is told as that", "[replay]") {
  CHECK(run("kill -9 $$").result.ending == Ending{Signaled{9, false}});
}

TEST_CASE("an interpreter that is missing is told as libvirt would see it", "[replay]") {
  const ScriptsTree tree{
      .id = "x", .files = {{"qemu", 0755, "#!/no/such/interpreter\n"}}, .missing = {}};

  CHECK(sandbox_of(tree)->run(call_of("start")).result.ending ==
        Ending{NotStarted{ENOENT}});
}

TEST_CASE("every program executed is seen, by whatever way it is called", "[replay]") {
  const Effects seen = run("/bin/true 1; env true 2; (id -u); sh -c 'id -g; id -n; :'\n"
                           "echo x | cat; printf '#!/bin/sh\\n:\\n' >/tmp/own; "
                           "chmod +x /tmp/own; /tmp/own 6")
                           .effects;

  CHECK(programs(seen) == std::vector<std::string>{
                              "/bin/true", "/usr/bin/env", "/usr/bin/true", "/usr/bin/id",
                              "/usr/bin/sh", "/usr/bin/id", "/usr/bin/id", "/usr/bin/cat",
                              "/usr/bin/chmod", "/tmp/own"});
  CHECK(seen.commands.back().arguments == std::vector<std::string>{"/tmp/own", "6"});
  CHECK(seen.commands[1].replaced);
  CHECK(seen.commands[5].depth == 1);
}

TEST_CASE("what libraries start is seen: of a thread, by vfork and posix_spawn",
          "[replay]") {
  const Effects seen =
      run("python3 -c 'import os, subprocess, threading\n"
          "call = lambda: subprocess.run([\"/bin/true\", \"of a thread\"])\n"
          "thread = threading.Thread(target=call); thread.start(); thread.join()\n"
          "os.posix_spawn(\"/bin/true\", [\"true\", \"spawned\"], {}); os.wait()'\n"
          "perl -e 'system {\"/bin/true\"} \"true\", \"of perl\"'")
          .effects;

  std::vector<std::string> last_words;
  for (const Command& command : seen.commands)
    if (command.program.ends_with("/true"))
      last_words.push_back(command.arguments.back());
  CHECK(last_words == std::vector<std::string>{"of a thread", "spawned", "of perl"});
}

TEST_CASE("a script's processor time is told", "[replay]") {
  CHECK(run("i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done").result.cpu > 1ms);
}

TEST_CASE("a change of owner is seen", "[replay]") {
  if (::geteuid() != 0) return;  // in a user namespace there is nobody but its maker
  const Effects seen = run("chown 1:2 /etc/passwd").effects;

  REQUIRE(change_of(seen, "/etc/passwd") != nullptr);
  CHECK(change_of(seen, "/etc/passwd")->before->uid == 0);
  CHECK(change_of(seen, "/etc/passwd")->after->uid == 1);
  CHECK(change_of(seen, "/etc/passwd")->after->gid == 2);
}

TEST_CASE("what a script writes is seen with what was there before", "[replay]") {
  const Effects seen = run("echo new > /run/hookjournal-made; chmod 600 /etc/passwd\n"
                           "rm /etc/hostname; ln -s there /tmp/link; mkdir -p /srv/a/b")
                           .effects;

  REQUIRE(change_of(seen, "/run/hookjournal-made") != nullptr);
  CHECK(change_of(seen, "/run/hookjournal-made")->after->content == "new\n");
  REQUIRE(change_of(seen, "/etc/passwd") != nullptr);
  CHECK(change_of(seen, "/etc/passwd")->before->mode == 0644);
  CHECK(change_of(seen, "/etc/passwd")->after->mode == 0600);
  REQUIRE(change_of(seen, "/etc/hostname") != nullptr);
  CHECK_FALSE(change_of(seen, "/etc/hostname")->after);
  REQUIRE(change_of(seen, "/tmp/link") != nullptr);
  CHECK(change_of(seen, "/tmp/link")->after->content == "there");
  CHECK(change_of(seen, "/srv/a/b") != nullptr);
  CHECK(seen.files.size() == 6);
}

TEST_CASE("what was only opened for writing, or touched, has not changed", "[replay]") {
  CHECK(run(": >> /etc/passwd; touch /etc/passwd; exec 3<>/etc/group")
            .effects.files.empty());
}

TEST_CASE("a file made and removed again leaves no trace", "[replay]") {
  CHECK(run("echo x > /tmp/gone; rm /tmp/gone").effects.files.empty());
}

TEST_CASE("writes to /sys and /proc/sys are seen and not real", "[replay]") {
  const std::string knob = "/proc/sys/vm/swappiness";
  const std::string before = content(knob);
  const Effects seen = run("echo 7 > /proc/sys/vm/swappiness\n"
                           "echo 1 > /sys/kernel/mm/ksm/run; cat " +
                           knob)
                           .effects;

  REQUIRE(change_of(seen, knob) != nullptr);
  CHECK(change_of(seen, knob)->before->content == before);
  CHECK(change_of(seen, knob)->after->content == "7\n");
  CHECK(change_of(seen, "/sys/kernel/mm/ksm/run") != nullptr);
  CHECK(content(knob) == before);
}

TEST_CASE("a later run meets what an earlier one left", "[replay]") {
  const ScriptsTree tree = tree_of(
      "case $2 in prepare) echo kept > /run/state;; release) cat /run/state;; esac");
  const auto sandbox = sandbox_of(tree);
  sandbox->run(call_of("prepare"));
  const ObservedRun release = sandbox->run(call_of("release"));

  CHECK(release.result.out == "kept\n");
  CHECK(release.effects.files.empty());
  CHECK(std::ranges::count(sandbox->remains().files, std::string("/run/state"),
                           &FileChange::path) == 1);
}

TEST_CASE("sandboxes know nothing of each other", "[replay]") {
  run("echo x > /run/hookjournal-elsewhere");

  CHECK(run("ls /run/hookjournal-elsewhere 2>/dev/null").result.out.empty());
}

TEST_CASE("the tree stands alone at its place, and can be written to", "[replay]") {
  const ScriptsTree tree{.id = "with helpers",
                         .files = {{"lib/helper", 0644, "name=helper\n"},
                                   {"qemu", 0755,
                                    "#!/bin/sh\n. \"$(dirname \"$0\")/lib/helper\"\n"
                                    "echo $name; ls ${0%/*}; echo s > ${0%/*}/state\n"}},
                         .missing = {}};
  const ObservedRun seen = sandbox_of(tree)->run(call_of("start"));

  CHECK(seen.result.out == "helper\nlib\nqemu\n");
  CHECK(change_of(seen.effects, "/etc/libvirt/hooks/state") != nullptr);
}

TEST_CASE("a script finds its interpreter's own pid namespace and network", "[replay]") {
  const ObservedRun seen =
      run("ls /sys/class/net; grep -c . /proc/net/dev; ls -d /proc/[0-9]*"
          " | wc -l");

  // Two lines of heading, and lo's.
  REQUIRE(seen.result.out.starts_with("lo\n3\n"));
  CHECK(std::stoi(seen.result.out.substr(5)) < 10);
}

TEST_CASE("processes get their ids from where the plan says", "[replay]") {
  if (!std::filesystem::exists("/proc/sys/kernel/ns_last_pid")) return;
  const ScriptsTree tree = tree_of("echo $$");
  const auto sandbox =
      maker().open({.hooks_dir = "/etc/libvirt/hooks", .tree = &tree, .last_pid = 700});

  CHECK(sandbox->run(call_of("start")).result.out == "701\n");
}

TEST_CASE("a tree that names control groups sees those of the host, and changes none",
          "[replay]") {
  namespace fs = std::filesystem;
  fs::path folder;
  for (const char* each : {"/sys/fs/cgroup/cpuset", "/sys/fs/cgroup"})
    if (folder.empty() && fs::exists(fs::path(each) / "cgroup.procs")) folder = each;
  if (folder.empty()) return;  // a machine without any
  const fs::path made = folder / "hookjournal-test";

  const Effects seen = run("mkdir " + made.string() + "  # a cgroup").effects;

  CHECK(change_of(seen, made) != nullptr);
  CHECK_FALSE(fs::exists(made));
}

TEST_CASE("bridges and taps of the plan are there, and scripts can use them",
          "[replay]") {
  const ScriptsTree tree =
      tree_of("cd /sys/class/net; echo *; ip link set vnet7 master br7; ls br7/brif");
  const auto sandbox = maker().open({.hooks_dir = "/etc/libvirt/hooks",
                                     .tree = &tree,
                                     .bridges = {"br7"},
                                     .taps = {"vnet7"}});

  CHECK(sandbox->run(call_of("prepare")).result.out == "br7 lo vnet7\nvnet7\n");
}

TEST_CASE("files of the plan are there and are no change", "[replay]") {
  const ScriptsTree tree = tree_of("cat /etc/libvirt/qemu/win11.xml");
  const auto sandbox = maker().open(
      {.hooks_dir = "/etc/libvirt/hooks",
       .tree = &tree,
       .files = {{"/etc/libvirt/qemu/win11.xml", 0600, "<domain type='kvm'/>\n"}}});
  const ObservedRun seen = sandbox->run(call_of("start"));

  CHECK(seen.result.out == "<domain type='kvm'/>\n");
  CHECK(seen.effects.files.empty());
  CHECK(sandbox->remains().files.empty());
}

TEST_CASE("what was written can be kept", "[replay]") {
  const ScratchDir scratch;
  const std::string folder = scratch.path() / "kept";
  const ScriptsTree tree = tree_of("echo a > /run/made; rm /etc/hostname");
  const auto sandbox = sandbox_of(tree);
  sandbox->run(call_of("start"));
  sandbox->keep(folder);

  CHECK(content(folder + "/files/run/made") == "a\n");
  CHECK(content(folder + "/removed") == "/etc/hostname\n");
}

TEST_CASE("of what is too large to be kept, or no file, the names are", "[replay]") {
  const ScratchDir scratch;
  const std::string folder = scratch.path() / "kept";
  const ScriptsTree tree =
      tree_of("head -c 300000 /dev/zero > /run/large; mkfifo /run/pipe");
  const auto sandbox = sandbox_of(tree);
  sandbox->run(call_of("start"));
  sandbox->keep(folder);

  CHECK(content(folder + "/not-kept") ==
        "/run/large (300000 bytes)\n/run/pipe (a pipe, socket or device)\n");
  CHECK_FALSE(std::filesystem::exists(folder + "/files/run/large"));
}

TEST_CASE("what a lifecycle leaves in the network remains", "[replay]") {
  const ScriptsTree tree = tree_of(
      "case $2 in start) ip link add br7 type bridge; ip link add br8 type bridge;; "
      "*) ip link del br8;; esac");
  const auto sandbox = sandbox_of(tree);
  sandbox->run(call_of("start"));
  sandbox->run(call_of("stopped"));

  std::vector<std::string> objects;
  for (const NetworkChange& change : sandbox->remains().network)
    objects.push_back(change.object);
  CHECK(std::ranges::count(objects, "link br7") == 1);
  CHECK(std::ranges::count(objects, "link br8") == 0);
}

TEST_CASE("a sandbox shows a recorded host name", "[replay]") {
  const ScriptsTree tree = tree_of("uname -n");

  CHECK(maker()
            .open({.hooks_dir = "/etc/libvirt/hooks",
                   .tree = &tree,
                   .host_name = "hypervisor7"})
            ->run(call_of("start"))
            .result.out == "hypervisor7\n");
}

}  // namespace hookjournal
