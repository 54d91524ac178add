#include "replay/scripts_tree.h"

#include <sys/stat.h>

#include "engine/error.h"
#include "engine/first_line.h"
#include "tests/unit/catch.h"
#include "tests/unit/engine/scratch_dir.h"
#include "tests/unit/replay/simulation/recorded_host.h"

using namespace hookjournal;
using Names = std::vector<std::string>;

namespace {

constexpr const char* kScript = "#!/bin/sh\necho\n";
const std::string kRecorder = "/usr/bin/hookjournal-hook";

Names paths(const ScriptsTree& tree) {
  Names names;
  for (const auto& file : tree.files) names.push_back(file.path);
  return names;
}

// A hooks directory in one of the shapes that libvirt's rules tell apart.
struct Shape {
  const char* name;
  void (*make)(const ScratchDir& hooks);
};

void script(const ScratchDir& hooks, const std::string& name, mode_t mode = 0755) {
  hooks.write(name, kScript, mode);
}

constexpr Shape kShapes[] = {
    {"none", [](const ScratchDir&) {}},
    {"main only", [](const ScratchDir& hooks) { script(hooks, "qemu"); }},
    {"main and .d",
     [](const ScratchDir& hooks) {
       for (const char* name : {"qemu.d/zz", "qemu", "qemu.d/00", "lxc", "network.d/1"})
         script(hooks, name);
     }},
    {"byte order and odd names",
     [](const ScratchDir& hooks) {
       for (const char* name :
            {"qemu.d/a", "qemu.d/A", "qemu.d/9-b", "qemu.d/10-a", "qemu.d/.x",
             "qemu.d/sp ace", "qemu.d/b.sh~", "qemu.d/x.log", "qemu.d/\u00e9",
             "qemu.d/-x", "qemu.d/foo.bak", "qemu.d/.#lock", "qemu.d/.swp"})
         script(hooks, name);
     }},
    {"a main file that sorts among neighbours",
     [](const ScratchDir& hooks) {
       for (const char* name :
            {"qemu-old", "qemu", "qemu.d-old/x", "qemu.d/x", "qemu.conf"})
         script(hooks, name);
     }},
    {"deep folders",
     [](const ScratchDir& hooks) {
       script(hooks, "qemu.d/run");
       script(hooks, "qemu.d/win11/prepare/begin/x.sh");
       script(hooks, "lib/qemu");
       script(hooks, "lib/qemu.d/x");
     }},
    {"modes",
     [](const ScratchDir& hooks) {
       script(hooks, "qemu", 0644);
       script(hooks, "qemu.d/none", 0600);
       script(hooks, "qemu.d/owner", 0700);
       script(hooks, "qemu.d/group", 0610);
       script(hooks, "qemu.d/others", 0601);
       script(hooks, "qemu.d/setuid", 04644);
     }},
    {"links",
     [](const ScratchDir& hooks) {
       script(hooks, "elsewhere/program");
       hooks.write("qemu.d/README", "text", 0644);
       std::filesystem::create_symlink("elsewhere/program", hooks.path() / "qemu");
       std::filesystem::create_symlink("../qemu", hooks.path() / "qemu.d/link");
       std::filesystem::create_symlink("nowhere", hooks.path() / "qemu.d/dangling");
       std::filesystem::create_symlink("README", hooks.path() / "qemu.d/text");
       std::filesystem::create_symlink("../elsewhere", hooks.path() / "qemu.d/folder");
     }},
    {"a linked .d",
     [](const ScratchDir& hooks) {
       script(hooks, "elsewhere/10-x");
       std::filesystem::create_directory_symlink("elsewhere", hooks.path() / "qemu.d");
     }},
    {"an empty .d",
     [](const ScratchDir& hooks) {
       script(hooks, "qemu");
       std::filesystem::create_directory(hooks.path() / "qemu.d");
     }},
    {"a .d that is a file",
     [](const ScratchDir& hooks) {
       script(hooks, "qemu");
       script(hooks, "qemu.d", 0644);
     }},
    {"an executable file as .d, without a main one",
     [](const ScratchDir& hooks) { script(hooks, "qemu.d"); }},
    {"a folder as main file, a pipe in .d",
     [](const ScratchDir& hooks) {
       std::filesystem::create_directory(hooks.path() / "qemu");
       script(hooks, "qemu.d/x");
       ::mkfifo((hooks.path() / "qemu.d/pipe").c_str(), 0755);
     }},
    {"a .d that leads nowhere",
     [](const ScratchDir& hooks) {
       script(hooks, "qemu");
       std::filesystem::create_symlink("nowhere", hooks.path() / "qemu.d");
     }},
    {"with the recorder in it",
     [](const ScratchDir& hooks) {
       hooks.write("qemu", *with_recorder(kScript, kRecorder), 0755);
       hooks.write("hookjournal/qemu.d/compiled", "\177ELF", 0755);
       hooks.write(
           "qemu.d/compiled",
           launcher(kRecorder, (hooks.path() / "hookjournal/qemu.d/compiled").native()),
           0755);
       hooks.write("hookjournal/config.json", "{}");
     }},
};

}  // namespace

TEST_CASE("of a tree libvirt runs what it would run of the directory", "[replay]") {
  for (const Shape& shape : kShapes) {
    INFO(shape.name);
    const ScratchDir hooks;
    shape.make(hooks);
    const ScriptsTree tree = tree_of_directory(hooks.path());
    for (const char* driver : {"qemu", "lxc", "network", "daemon"}) {
      INFO(driver);
      const Discovery expected = discover(hooks.path(), driver);
      const Discovery found = discover(tree, driver);
      CHECK(found.scripts == expected.scripts);
      CHECK(found.bad_directory == expected.bad_directory);
    }
    CHECK(tree.missing.empty());
  }
}

TEST_CASE("a tree of the journal is that of the directory it was recorded from",
          "[replay]") {
  RecordedHost host;
  host.script("qemu", *with_recorder(kScript, kRecorder));
  host.script("qemu.d/10-x", "#!/bin/sh\n");
  host.script("lib/helper.py", "pass\n", 0644);
  const auto call = host.call("g1", "prepare");
  auto journal = host.reader();
  const ScriptsTree recorded = tree_of_journal(journal, journal.call(call)->tree);
  const ScriptsTree now = tree_of_directory(host.hooks());
  CHECK(paths(recorded) == Names{"lib/helper.py", "qemu", "qemu.d/10-x"});
  CHECK(recorded.find("qemu")->bytes == kScript);
  CHECK(recorded.find("qemu")->mode == 0755);
  CHECK(recorded.id == now.id);
  CHECK(recorded.missing.empty());
}

TEST_CASE("a tree's id follows content, name and mode of its files", "[replay]") {
  const ScratchDir hooks;
  hooks.write("qemu", kScript, 0755);
  const std::string before = tree_of_directory(hooks.path()).id;
  CHECK(tree_of_directory(hooks.path()).id == before);
  SECTION("content") { hooks.write("qemu", "#!/bin/sh\n", 0755); }
  SECTION("mode") { hooks.write("qemu", kScript, 0700); }
  SECTION("name") {
    std::filesystem::rename(hooks.path() / "qemu", hooks.path() / "lxc");
  }
  SECTION("another file") { hooks.write("x", ""); }
  CHECK(tree_of_directory(hooks.path()).id != before);
}

TEST_CASE("what the journal has by digest only is named as missing", "[replay]") {
  RecordedHost host;
  host.script("qemu", kScript);
  host.script("password", "secret", 0600);
  host.script("big", std::string(2 << 20, 'b'), 0644);
  const auto call = host.call("g1", "prepare");
  auto journal = host.reader();
  const ScriptsTree tree = tree_of_journal(journal, journal.call(call)->tree);
  CHECK(paths(tree) == Names{"qemu"});
  REQUIRE(tree.missing.size() == 2);
  CHECK_THAT(tree.missing[0], ContainsSubstring("big (large"));
  CHECK_THAT(tree.missing[1], ContainsSubstring("password (others may not read it"));
}

TEST_CASE("what the journal has by digest only is found where it still is", "[replay]") {
  RecordedHost host;
  host.script("qemu", kScript, 0700);
  host.script("password", "secret", 0600);
  host.script("big", std::string(2 << 20, 'b'), 0644);
  host.script("big-key", std::string(2 << 20, 'k'), 0600);
  const auto call = host.call("g1", "prepare");
  auto journal = host.reader();
  const std::string digest = journal.call(call)->tree;
  const ScratchDir other;
  other.write("qemu", "#!/bin/sh\nexit 1\n", 0700);
  other.write("password", "secret", 0644);
  other.write("big", std::string(2 << 20, 'c'));
  const ScriptsTree candidate = tree_of_directory(other.path());
  const ScriptsTree installed = tree_of_directory(host.hooks());

  const ScriptsTree of_candidate = tree_of_journal(journal, digest, {&candidate});
  CHECK(paths(of_candidate) == Names{"password"});
  CHECK(of_candidate.find("password")->mode == 0600);
  CHECK(of_candidate.missing.size() == 3);

  const ScriptsTree whole = tree_of_journal(journal, digest, {&candidate, &installed});
  CHECK(whole.missing.empty());
  CHECK(whole.id == installed.id);
}

TEST_CASE("a file that scripts change is taken as it is now, and that is told",
          "[replay]") {
  RecordedHost host;
  host.script("qemu", kScript);
  host.script("counter", "1", 0644);
  host.scripts_change("counter");
  const auto call = host.call("g1", "prepare");
  auto journal = host.reader();
  host.script("counter", "2", 0644);
  const ScriptsTree installed = tree_of_directory(host.hooks());
  const ScriptsTree tree =
      tree_of_journal(journal, journal.call(call)->tree, {&installed});
  REQUIRE(tree.find("counter") != nullptr);
  CHECK(tree.find("counter")->bytes == "2");
  REQUIRE(tree.missing.size() == 1);
  CHECK_THAT(tree.missing[0], ContainsSubstring("counter as it was then"));
}

TEST_CASE("a directory is taken whole, large and private files too", "[replay]") {
  const ScratchDir hooks;
  hooks.write("qemu", kScript, 0700);
  hooks.write("big", std::string(3 << 20, 'b'));
  const ScriptsTree tree = tree_of_directory(hooks.path());
  CHECK(tree.find("qemu")->bytes == kScript);
  CHECK(tree.find("big")->bytes.size() == 3 << 20);
  CHECK(tree.missing.empty());
}

TEST_CASE("a launcher in a copy of the hooks stands for the copy's own file",
          "[replay]") {
  const ScratchDir original, copy;
  original.write("hookjournal/qemu", "old", 0755);
  copy.write("hookjournal/qemu", "new", 0755);
  copy.write("qemu", launcher(kRecorder, (original.path() / "hookjournal/qemu").native()),
             0700);
  const ScriptsTree tree = tree_of_directory(copy.path());
  CHECK(paths(tree) == Names{"qemu"});
  CHECK(tree.find("qemu")->bytes == "new");
  CHECK(tree.find("qemu")->mode == 0755);
}

TEST_CASE("a launcher without what it launches is a missing script", "[replay]") {
  const ScratchDir hooks;
  hooks.write("qemu", launcher(kRecorder, "/nowhere/qemu"), 0755);
  const ScriptsTree tree = tree_of_directory(hooks.path());
  CHECK(tree.files.empty());
  REQUIRE(tree.missing.size() == 1);
  CHECK_THAT(tree.missing[0], ContainsSubstring("No such file"));
}

TEST_CASE("where only the recorder watches, there is no script", "[replay]") {
  const ScratchDir hooks;
  hooks.write("lxc", watcher(kRecorder), 0755);
  const ScriptsTree tree = tree_of_directory(hooks.path());
  CHECK(discover(tree, "lxc").scripts.empty());
  CHECK(tree.watchers == Names{"lxc"});
}

TEST_CASE("what is no readable directory of scripts is refused", "[replay]") {
  const ScratchDir hooks;
  hooks.write("qemu", kScript, 0755);
  CHECK_THROWS_WITH(tree_of_directory(hooks.path() / "missing"),
                    ContainsSubstring("No such file"));
  CHECK_THROWS_WITH(tree_of_directory(hooks.path() / "qemu"),
                    ContainsSubstring("Not a directory"));
  std::filesystem::create_symlink("lxc.d", hooks.path() / "lxc.d");
  CHECK_THROWS_WITH(tree_of_directory(hooks.path()), ContainsSubstring("symbolic links"));
}
