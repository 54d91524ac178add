#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <map>

#include "cli/install/uninstaller.h"
#include "engine/discovery.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/hook_trees.h"

using namespace hookjournal;
using namespace hookjournal::test;
namespace fs = std::filesystem;

namespace {

int run(const fs::path& script) {
  std::string path = script;
  char* const arguments[] = {path.data(), nullptr};
  char* const environment[] = {nullptr};
  pid_t pid = 0;
  if (::posix_spawn(&pid, path.c_str(), nullptr, nullptr, arguments, environment) != 0)
    return -1;
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// Like libvirt, calls the driver's scripts again and again, until `stop` exists. The exit
// status says how that went. (A process of its own, as our locks are per process.)
int call_until(const fs::path& stop, const fs::path& hooks,
               const std::map<std::string, int>& answers) noexcept {
  int calls = 0;
  for (; !fs::exists(stop); ++calls) {
    const auto scripts = discover(hooks, "qemu").scripts;
    if (scripts.size() != answers.size()) return 1;
    for (const auto& script : scripts)
      if (run(hooks / script) != answers.at(script)) return 2;
  }
  return calls > 2 ? 0 : 3;
}

}  // namespace

TEST_CASE("hooks called while install and uninstall run answer as ever", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\nexit 7\n");
  tree.copy("qemu.d/10-program", "/bin/false");
  tree.link("qemu.d/20-link", "/bin/false");
  tree.file("qemu.d/30-script", "#!/bin/sh\nexit 9\n");
  const std::map<std::string, int> answers = {{"qemu", 7},
                                              {"qemu.d/10-program", 1},
                                              {"qemu.d/20-link", 1},
                                              {"qemu.d/30-script", 9}};
  // A machine under load: the launcher has begun, its original is asked for later.
  std::ofstream(tree.recorder)
      << "#!/bin/sh\nwords=$1 script=$2\ncase $words in\n"
         "  '--exec '*) sleep 0.05; exec \"${words#--exec }\";;\n"
         "  *) exec $words \"$script\";;\nesac\n";
  const pid_t libvirt = ::fork();
  if (libvirt == 0) ::_exit(call_until(tree.root / "stop", tree.hooks, answers));
  for (int round = 0; round < 20; ++round) {
    install(request_for(tree));
    FileOps ops;
    Uninstaller(ops, tree.hooks, std::chrono::milliseconds(200)).uninstall();
  }
  std::ofstream(tree.root / "stop");
  int status = 0;
  ::waitpid(libvirt, &status, 0);
  CHECK(status == 0);
}
