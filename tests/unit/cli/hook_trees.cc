#include "tests/unit/cli/hook_trees.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cstring>
#include <iterator>
#include <stdexcept>

#include "cli/install/uninstaller.h"
#include "tests/unit/catch.h"

namespace hookjournal::test {

namespace fs = std::filesystem;

namespace {

void build_single(HooksFixture& tree) { tree.file("qemu", "#!/bin/sh\necho \"$1\"\n"); }

void build_main_and_directory(HooksFixture& tree) {
  build_single(tree);
  tree.file("qemu.d/10-x", "#!/usr/bin/env python3\nprint()\n");
}

void build_directory_only(HooksFixture& tree) {
  tree.file("network.d/50-dns", "#!/usr/bin/perl -w\n");
  tree.file("network.d/60-fw", "#!/bin/sh -e\n");
}

void build_helpers(HooksFixture& tree) {
  tree.file("qemu", "#!/bin/bash\n. \"$(dirname \"$0\")/lib.sh\"\n");
  tree.file("lib.sh", "log() { :; }\n", 0644);
  tree.file("notify", "#!/bin/sh\n");
  tree.file("qemu.conf", "x=1\n", 0600);
}

void build_links(HooksFixture& tree) {
  tree.file("lib/main.sh", "#!/bin/sh\nexit 1\n");
  tree.link("qemu", "lib/main.sh");
  tree.link("qemu.d/10-relative", "../lib/main.sh");
  tree.link("qemu.d/20-absolute", "/bin/true");
  tree.link("qemu.d/30-absolute-inside", tree.hooks / "lib/main.sh");
  tree.link("qemu.d/40-dangling", "../nowhere");
  tree.file("qemu.d/guest/start.sh", "#!/bin/sh\n");
  tree.link("qemu.d/50-below", "guest/start.sh");
  tree.link("lxc", "/bin/false");
}

void build_link_to_script(HooksFixture& tree) {
  build_single(tree);
  tree.link("qemu.d/again", "../qemu");
  tree.link("qemu.d/thrice", "again");
}

void build_programs(HooksFixture& tree) {
  tree.copy("qemu", "/bin/true");
  tree.copy("qemu.d/10-false", "/bin/false");
  tree.copy("network.d/10-setuid", "/bin/true");
  fs::permissions(tree.hooks / "network.d/10-setuid", fs::perms(04755));
}

void build_odd_files(HooksFixture& tree) {
  tree.file("qemu", "#!/bin/sh\r\nexit 0\r\n");
  tree.file("qemu.d/.hidden", "#!/bin/sh\n");
  tree.file("qemu.d/foo~", "#!/bin/sh\n");
  tree.file("qemu.d/sp ace", "#!/bin/sh\n");
  tree.copy("qemu.d/sp ace program", "/bin/true");
  tree.file("qemu.d/no-interpreter", "echo\n");
  tree.file("qemu.d/empty", "");
  tree.file("qemu.d/long", "#!/bin/sh " + std::string(300, 'x') + "\n");
  tree.file("qemu.d/README", "text\n", 0644);
  tree.file("qemu.d/off.sh", "#!/bin/sh\n", 0644);
  tree.file("qemu.d/no-newline", "#!/bin/sh");
}

void build_modes(HooksFixture& tree) {
  tree.file("qemu", "#!/bin/sh\n", 0700);
  tree.file("qemu.d/10-x", "#!/bin/sh\n", 0100);
  tree.file("qemu.d/20-y", "#!/bin/sh\n", 0511);
  tree.copy("qemu.d/30-z", "/bin/true");
  fs::permissions(tree.hooks / "qemu.d/30-z", fs::perms(0710));
  fs::permissions(tree.hooks / "qemu.d", fs::perms(0700));
}

void build_with_attributes(HooksFixture& tree) {
  tree.file("qemu", "#!/bin/sh\n", 0750);
  build_attributes(tree, "qemu");
  tree.copy("qemu.d/10-x", "/bin/true");
  build_attributes(tree, "qemu.d/10-x");
  tree.link("qemu.d/20-y", "/bin/true");
  if (::geteuid() == 0) (void)::lchown((tree.hooks / "qemu.d/20-y").c_str(), 12, 13);
}

}  // namespace

const TreeShape kShapes[] = {
    {"a single script", build_single},
    {"main and .d", build_main_and_directory},
    {"dispatcher", build_dispatcher},
    {"helpers beside", build_helpers},
    {"only a .d", build_directory_only},
    {"links elsewhere", build_links},
    {"links to a script", build_link_to_script},
    {"programs", build_programs},
    {"odd files", build_odd_files},
    {"modes", build_modes},
    {"attributes", build_with_attributes},
    {"everything", build_everything},
    {"nothing", [](HooksFixture&) {}},
};
const int kShapeCount = static_cast<int>(std::size(kShapes));

void build_dispatcher(HooksFixture& tree) {
  tree.file("qemu",
            "#!/bin/bash\nfind \"$(dirname \"$0\")/qemu.d/$1/$2/$3\" -type f -exec {} "
            "\"$@\" \\;\n");
  tree.file("qemu.d/win10/prepare/begin/start.sh", "#!/bin/bash\nmodprobe vfio\n");
  tree.file("qemu.d/win10/release/end/revert.sh", "#!/bin/bash\nrmmod vfio\n");
}

void build_everything(HooksFixture& tree) {
  build_dispatcher(tree);
  tree.file("qemu.d/10-x", "#!/usr/bin/env python3\n");
  tree.copy("qemu.d/20-program", "/bin/true");
  tree.file("lib/real.sh", "#!/bin/sh\nexit 3\n");
  tree.link("qemu.d/30-link", "../lib/real.sh");
  tree.link("qemu.d/40-again", "10-x");
  tree.link("network", "/bin/false");
  tree.file("daemon", "no interpreter\n");
}

bool set_acl(const fs::path& path, const char* kind) {
  // Version 2, then (tag, permissions, id): owner rwx, user 12 r-x, group r-x, mask r-x,
  // other none.
  struct Entry {
    std::uint16_t tag, permissions;
    std::uint32_t id;
  };
  constexpr std::uint32_t kNobody = 0xffffffff;
  const Entry entries[] = {{0x01, 7, kNobody},
                           {0x02, 5, 12},
                           {0x04, 5, kNobody},
                           {0x10, 5, kNobody},
                           {0x20, 0, kNobody}};
  std::string value("\2\0\0\0", 4);
  value.append(reinterpret_cast<const char*>(entries), sizeof entries);
  if (::setxattr(path.c_str(), kind, value.data(), value.size(), 0) == 0) return true;
  WARN("NOT TESTED: this file system takes no ACL (" << std::strerror(errno) << ")");
  return false;
}

void build_attributes(HooksFixture& tree, const std::string& name) {
  const std::string path = tree.hooks / name;
  const Attributes times = attributes_of(path);
  if (::geteuid() != 0 || ::chown(path.c_str(), 12, 13) != 0)
    WARN("NOT TESTED: another owner (not root)");
  set_acl(path, "system.posix_acl_access");
  for (const auto* attribute : {"user.note", "security.hookjournal_test"})
    if (::setxattr(path.c_str(), attribute, "a\0b", 3, 0) != 0)
      WARN("NOT TESTED: attribute " << attribute << " (" << std::strerror(errno) << ")");
  const timespec both[2] = {times.accessed, times.modified};
  ::utimensat(AT_FDCWD, path.c_str(), both, 0);
}

InstallRequest request_for(const HooksFixture& tree) {
  return {tree.hooks, tree.recorder, {}, {}};
}

std::vector<PlannedChange> install(const InstallRequest& request) {
  FileOps ops;
  return Installer(ops, request).install([](OurFolder&) {});
}

std::vector<PlannedChange> uninstall(const HooksFixture& tree) {
  FileOps ops;
  return Uninstaller(ops, tree.hooks, kNoGrace).uninstall();
}

std::vector<PlannedChange> troubles(std::vector<PlannedChange> changes) {
  std::erase_if(changes, [](const auto& change) { return !change.trouble; });
  return changes;
}

std::string words(const HooksFixture& tree) {
  return "#!" + tree.recorder.string() + " ";
}

AsOrdinaryUser::AsOrdinaryUser(const HooksFixture& tree) {
  fs::permissions(tree.root, fs::perms(0755));
  if (::geteuid() == 0 && ::seteuid(65534) != 0) throw std::runtime_error("seteuid");
}

AsOrdinaryUser::~AsOrdinaryUser() {
  if (::getuid() == 0) (void)::seteuid(0);
}

}  // namespace hookjournal::test
