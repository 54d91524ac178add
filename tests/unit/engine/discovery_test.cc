#include "engine/discovery.h"

#include <sys/fsuid.h>
#include <sys/stat.h>

#include <cerrno>

#include "tests/unit/catch.h"
#include "tests/unit/engine/scratch_dir.h"

using namespace hookjournal;
using Names = std::vector<std::string>;

namespace {

constexpr const char* kScript = "#!/bin/sh\n";

// A hooks directory with executable scripts of these names.
ScratchDir hooks_with(const Names& scripts) {
  ScratchDir hooks;
  for (const std::string& script : scripts) hooks.write(script, kScript, 0755);
  return hooks;
}

// Files are opened as somebody who is not root, whom permissions do not bind.
struct AsNobody {
  AsNobody() : before(::setfsuid(65534)) {}
  ~AsNobody() { ::setfsuid(static_cast<uid_t>(before)); }
  int before;
};

}  // namespace

TEST_CASE("the main script runs first, then those of its .d", "[engine]") {
  const ScratchDir hooks = hooks_with({"qemu.d/00-first", "qemu", "qemu.d/zz-last"});
  const Discovery found = discover(hooks.path(), "qemu");
  CHECK(found.scripts == Names{"qemu", "qemu.d/00-first", "qemu.d/zz-last"});
  CHECK_FALSE(found.bad_directory);
}

TEST_CASE("a driver without scripts has none", "[engine]") {
  const ScratchDir hooks = hooks_with({"qemu", "lxc.d/x"});
  CHECK(discover(hooks.path(), "network").scripts.empty());
  CHECK_FALSE(discover(hooks.path(), "network").bad_directory);
  CHECK(discover(hooks.path() / "missing", "qemu").scripts.empty());
  CHECK_FALSE(discover(hooks.path() / "missing", "qemu").bad_directory);
}

TEST_CASE("a .d works without a main script", "[engine]") {
  const ScratchDir hooks = hooks_with({"network.d/10-x"});
  CHECK(discover(hooks.path(), "network").scripts == Names{"network.d/10-x"});
}

TEST_CASE("an empty .d is as none", "[engine]") {
  const ScratchDir hooks = hooks_with({"qemu"});
  std::filesystem::create_directory(hooks.path() / "qemu.d");
  CHECK(discover(hooks.path(), "qemu").scripts == Names{"qemu"});
  CHECK_FALSE(discover(hooks.path(), "qemu").bad_directory);
}

TEST_CASE("scripts of a .d go by bytes, not by the language's rules", "[engine]") {
  const ScratchDir hooks =
      hooks_with({"qemu.d/a", "qemu.d/A", "qemu.d/9-b", "qemu.d/10-a", "qemu.d/.x"});
  CHECK(discover(hooks.path(), "qemu").scripts ==
        Names{"qemu.d/.x", "qemu.d/10-a", "qemu.d/9-b", "qemu.d/A", "qemu.d/a"});
}

TEST_CASE("hidden files, backups, blanks, letters beyond ASCII and links all run",
          "[engine]") {
  const ScratchDir hooks =
      hooks_with({"qemu", "qemu.d/.hidden", "qemu.d/10-b", "qemu.d/2-a", "qemu.d/A-upper",
                  "qemu.d/Zz", "qemu.d/a-lower", "qemu.d/b.sh~", "qemu.d/foo.bak",
                  "qemu.d/foo.dpkg-old", "qemu.d/sp ace", "qemu.d/\u00e9"});
  std::filesystem::create_symlink("../qemu", hooks.path() / "qemu.d/link");
  CHECK(discover(hooks.path(), "qemu").scripts ==
        Names{"qemu", "qemu.d/.hidden", "qemu.d/10-b", "qemu.d/2-a", "qemu.d/A-upper",
              "qemu.d/Zz", "qemu.d/a-lower", "qemu.d/b.sh~", "qemu.d/foo.bak",
              "qemu.d/foo.dpkg-old", "qemu.d/link", "qemu.d/sp ace", "qemu.d/\u00e9"});
}

TEST_CASE("folders, non-executables and dangling links in a .d are passed over",
          "[engine]") {
  const ScratchDir hooks = hooks_with({"qemu.d/run", "qemu.d/win11/prepare/begin/x.sh"});
  hooks.write("qemu.d/README", "text", 0644);
  std::filesystem::create_symlink("nowhere", hooks.path() / "qemu.d/dangling");
  std::filesystem::create_symlink("README", hooks.path() / "qemu.d/link-to-text");
  std::filesystem::create_symlink("win11", hooks.path() / "qemu.d/link-to-folder");
  REQUIRE(::mkfifo((hooks.path() / "qemu.d/pipe").c_str(), 0755) == 0);
  CHECK(discover(hooks.path(), "qemu").scripts == Names{"qemu.d/run"});
}

TEST_CASE("a main file that is a folder, a dangling link or not executable is none",
          "[engine]") {
  const ScratchDir hooks;
  std::filesystem::create_directory(hooks.path() / "qemu");
  std::filesystem::create_symlink("nowhere", hooks.path() / "lxc");
  hooks.write("network", kScript, 0644);
  CHECK(discover(hooks.path(), "qemu").scripts.empty());
  CHECK(discover(hooks.path(), "lxc").scripts.empty());
  CHECK(discover(hooks.path(), "network").scripts.empty());
}

TEST_CASE("any one of the three x bits makes a script", "[engine]") {
  const ScratchDir hooks;
  const unsigned mode = GENERATE(0100u, 0010u, 0001u, 0711u, 0755u);
  CHECK(is_executable_file(hooks.write("qemu", kScript, mode)));
}

TEST_CASE("without an x bit a file is no script, whoever asks", "[engine]") {
  const ScratchDir hooks;
  const unsigned mode = GENERATE(0000u, 0644u, 0666u, 04644u);
  CHECK_FALSE(is_executable_file(hooks.write("qemu", kScript, mode)));
}

TEST_CASE("an x bit of the file a link leads to counts", "[engine]") {
  const ScratchDir hooks = hooks_with({"elsewhere/program"});
  std::filesystem::create_symlink("elsewhere/program", hooks.path() / "qemu");
  CHECK(discover(hooks.path(), "qemu").scripts == Names{"qemu"});
}

TEST_CASE("a linked .d is read through the link", "[engine]") {
  const ScratchDir hooks = hooks_with({"elsewhere/10-x"});
  std::filesystem::create_directory_symlink("elsewhere", hooks.path() / "qemu.d");
  CHECK(discover(hooks.path(), "qemu").scripts == Names{"qemu.d/10-x"});
}

TEST_CASE("a .d that is a file is named as such, beside the main script", "[engine]") {
  const ScratchDir hooks = hooks_with({"qemu"});
  hooks.write("qemu.d", "", 0644);
  const Discovery found = discover(hooks.path(), "qemu");
  CHECK(found.scripts == Names{"qemu"});
  CHECK(found.bad_directory == std::errc::not_a_directory);
}

TEST_CASE("a .d that is a link to itself is named as such", "[engine]") {
  const ScratchDir hooks = hooks_with({"qemu"});
  std::filesystem::create_symlink("qemu.d", hooks.path() / "qemu.d");
  CHECK(discover(hooks.path(), "qemu").bad_directory ==
        std::errc::too_many_symbolic_link_levels);
}

TEST_CASE("a .d that leads nowhere is as none", "[engine]") {
  const ScratchDir hooks = hooks_with({"qemu"});
  std::filesystem::create_symlink("nowhere", hooks.path() / "qemu.d");
  CHECK_FALSE(discover(hooks.path(), "qemu").bad_directory);
}

TEST_CASE("a .d that may not be read is named as such", "[engine]") {
  const ScratchDir hooks = hooks_with({"qemu", "qemu.d/10-x"});
  REQUIRE(::chmod((hooks.path() / "qemu.d").c_str(), 0) == 0);
  REQUIRE(::chmod(hooks.path().c_str(), 0711) == 0);
  Discovery found;
  {
    const AsNobody nobody;
    found = discover(hooks.path(), "qemu");
  }
  REQUIRE(::chmod((hooks.path() / "qemu.d").c_str(), 0755) == 0);
  CHECK(found.bad_directory == std::errc::permission_denied);
}

TEST_CASE("the place of a script is read from its own path", "[engine]") {
  const ScriptPlace main = place_of("/etc/libvirt/hooks/qemu");
  CHECK(main.hooks_dir == "/etc/libvirt/hooks");
  CHECK(main.name == "qemu");
  CHECK(main.driver == "qemu");

  const ScriptPlace in_folder = place_of("/var/lib/libvirt/hooks/network.d/10-x y");
  CHECK(in_folder.hooks_dir == "/var/lib/libvirt/hooks");
  CHECK(in_folder.name == "network.d/10-x y");
  CHECK(in_folder.driver == "network");

  const ScriptPlace unknown = place_of("/h/acrn");
  CHECK(unknown.driver == "acrn");

  const ScriptPlace directory = place_of("/h/qemu.d");
  CHECK(directory.name == "qemu.d");
  CHECK(directory.driver == "qemu");
}

TEST_CASE("what discovery names is where its place is", "[engine]") {
  const ScratchDir hooks = hooks_with({"qemu", "qemu.d/10-x"});
  for (const std::string& script : discover(hooks.path(), "qemu").scripts) {
    const ScriptPlace place = place_of(hooks.path() / script);
    CHECK(place.hooks_dir == hooks.path());
    CHECK(place.name == script);
    CHECK(place.driver == "qemu");
  }
}
