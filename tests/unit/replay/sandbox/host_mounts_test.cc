#include "replay/sandbox/host_mounts.h"

#include "../../catch.h"

namespace hookjournal {

namespace {

std::vector<std::string> paths_of(const std::vector<HostMount>& mounts) {
  std::vector<std::string> paths;
  for (const HostMount& mount : mounts) paths.push_back(mount.path);
  return paths;
}

HostMount mount_at(const std::string& path, const std::string& type = "ext4") {
  return {.path = path, .type = type, .device = "8:1"};
}

}  // namespace

TEST_CASE("the table of mounts is read with its optional fields and escapes",
          "[replay]") {
  const auto mounts = parse_mountinfo(
      "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
      "30 22 0:26 / /mnt/with\\040blank ro,nosuid master:2 propagate_from:3 - tmpfs t "
      "rw\n"
      "31 22 0:27 /sub /plain rw - xfs /dev/sdb rw\n");

  REQUIRE(mounts.size() == 3);
  CHECK(mounts[0] == HostMount{"/", "ext4", "8:1", false});
  CHECK(mounts[1] == HostMount{"/mnt/with blank", "tmpfs", "0:26", true});
  CHECK(mounts[2] == HostMount{"/plain", "xfs", "0:27", false});
}

TEST_CASE("a sandbox shows what is mounted, outer before inner", "[replay]") {
  const auto shown = mounts_to_show({mount_at("/"), mount_at("/var/lib/libvirt"),
                                     mount_at("/var"), mount_at("/run", "tmpfs")});

  // A later mount hides what was below it before.
  CHECK(paths_of(shown) == std::vector<std::string>{"/run", "/var"});
}

TEST_CASE("a mount hidden by a later one is not shown, its neighbour is", "[replay]") {
  const auto shown = mounts_to_show({mount_at("/"), mount_at("/srv/a"),
                                     mount_at("/srv/ab"), mount_at("/srv/a", "xfs")});

  REQUIRE(paths_of(shown) == std::vector<std::string>{"/srv/a", "/srv/ab"});
  CHECK(shown[0].type == "xfs");
}

TEST_CASE("kernel file systems are made anew, not shown", "[replay]") {
  const auto shown =
      mounts_to_show({mount_at("/"), mount_at("/proc", "proc"), mount_at("/sys", "sysfs"),
                      mount_at("/sys/fs/cgroup", "cgroup2"), mount_at("/dev", "devtmpfs"),
                      mount_at("/dev/shm", "tmpfs"), mount_at("/net", "autofs"),
                      mount_at("/devices", "ext4")});

  CHECK(paths_of(shown) == std::vector<std::string>{"/devices"});
}

TEST_CASE("what lies on a network or is read-only stays read-only", "[replay]") {
  HostMount read_only = mount_at("/snap/core");
  read_only.read_only = true;

  CHECK(showing_of(mount_at("/images", "nfs4")) == Showing::read_only);
  CHECK(showing_of(read_only) == Showing::read_only);
  CHECK(showing_of(mount_at("/home", "btrfs")) == Showing::overlay);
  CHECK(showing_of(mount_at("/net", "autofs")) == Showing::not_at_all);
}

}  // namespace hookjournal
