#include "replay/sandbox/scene.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>

#include "engine/error.h"
#include "replay/sandbox/folder_names.h"
#include "replay/sandbox/mounting.h"

namespace hookjournal {

namespace {

constexpr std::uint64_t kLargestCopy = 1 << 20;  // of a file that is mounted itself

UniqueFd folder_descriptor(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) throw Error(with_errno("cannot open " + path, errno));
  return fd;
}

// Builds below `box_` until the root there is whole, then moves in.
class Builder {
 public:
  Builder(const Workshop& workshop, const ScenePlan& plan)
      : workshop_(workshop), plan_(plan), box_(workshop.folder + "/box") {}

  std::vector<Layer> build() {
    // Devices are made in it; overlays show none.
    mount_new("tmpfs", box_, MS_NOSUID, "mode=0755,size=" + std::to_string(plan_.disk));
    make_folder(root());
    if (workshop_.user_namespace) {
      mount_new("tmpfs", root(), MS_NOSUID | MS_NODEV, "mode=0755,size=16m");
      layers_.push_back({"/", folder_descriptor(root()), {}});
      part("/");
    } else {
      overlay("/", below_stand_ins("/"), "/");
      mounts();
    }
    copies();
    proc();
    sys();
    dev();
    tree();
    for (const auto& file : plan_.files)
      if (!is_closed(file.path))
        write_tree_file(root() + file.path, file.mode, file.bytes);
    make_folder(root() + kOurFolder);
    move_in();
    return std::move(layers_);
  }

 private:
  std::string root() const { return box_ + "/root"; }

  // Of an ordinary user's sandbox: what he may not read is not there.
  bool is_closed(const std::string& path) const {
    const std::string folder = root() + path.substr(0, path.rfind('/'));
    return workshop_.user_namespace && ::access(folder.c_str(), W_OK | X_OK) != 0 &&
           errno == EACCES;
  }

  // The next pair of folders for an overlay.
  std::string upper() {
    std::string name = box_ + "/upper" + std::to_string(layers_.size());
    make_folder(name);
    make_folder(box_ + "/work" + std::to_string(layers_.size()));
    return name;
  }

  // `lower_folder`: what to compare with. False when the kernel refuses.
  bool try_overlay(const std::string& path, const std::string& lower,
                   const std::string& lower_folder) {
    const std::string work = box_ + "/work" + std::to_string(layers_.size());
    const std::string written = upper();
    UniqueFd before = folder_descriptor(lower_folder);
    if (!mount_overlay({lower, written, work, workshop_.user_namespace},
                       path == "/" ? root() : root() + path))
      return false;
    layers_.push_back({path, folder_descriptor(written), std::move(before)});
    return true;
  }

  void overlay(const std::string& path, const std::string& lower,
               const std::string& lower_folder) {
    if (!try_overlay(path, lower, lower_folder))
      throw Error(with_errno(
          "cannot mount an overlay of " + path + " (does the kernel have overlayfs?)",
          errno));
  }

  void mounts() {
    for (const HostMount& mount : workshop_.mounts) {
      struct stat status {};
      if (::stat(mount.path.c_str(), &status) != 0) continue;
      if (!S_ISDIR(status.st_mode)) {
        file_mount(mount.path, status);
      } else if (showing_of(mount) != Showing::overlay ||
                 !try_overlay(mount.path, below_stand_ins(mount.path), mount.path)) {
        show_read_only(mount);
      }
    }
  }

  void show_read_only(const HostMount& mount) {
    if (mount.read_only)
      bind_mount(mount.path, root() + mount.path);
    else
      bind_read_only(mount.path, root() + mount.path);
    cover_sockets(mount.path);
    cover_programs(mount.path);
  }

  // The folder under its stand-ins, for an overlay: they lie over the host's programs.
  std::string below_stand_ins(const std::string& path) const {
    const std::string over = workshop_.stand_ins() + (path == "/" ? "" : path);
    struct stat status {};
    const bool any = ::stat(over.c_str(), &status) == 0;
    return (any ? overlay_escaped(over) + ":" : "") + overlay_escaped(path);
  }

  // What is shown as it is takes none that are not there, and those that are one by one.
  void cover_programs(const std::string& folder) const {
    for (const std::string& path : workshop_.stand_in_places) {
      struct stat status {};
      if (path.starts_with(folder + "/") &&
          ::lstat((root() + path).c_str(), &status) == 0 && S_ISREG(status.st_mode))
        bind_mount(workshop_.stand_ins() + path, root() + path);
    }
  }

  // In an overlay a socket is nobody's; in what is shown as it is somebody listens, and
  // needs nothing written to hear.
  void cover_sockets(const std::string& folder) const {
    const std::string cover = box_ + "/not-a-socket";
    for (const std::string& path : workshop_.sockets) {
      struct stat status {};
      if (!path.starts_with(folder + "/") ||
          ::lstat((root() + path).c_str(), &status) != 0 || !S_ISSOCK(status.st_mode))
        continue;
      write_tree_file(cover, 0444, "");
      bind_mount(cover, root() + path);
    }
  }

  // In a user namespace an overlay can show no folder with mounts below it, lest it
  // should show what they hide: such a folder is made, and what is in it shown one by
  // one.
  void part(const std::string& path) {
    const std::string below = path == "/" ? "" : path;
    if (is_made_anew(path)) return;
    if (path != "/" && !has_mount_below(workshop_.mounts, path)) return whole_part(path);
    if (path != "/") make_folder(root() + path);
    for (const std::string& name : names_in(path)) {
      const std::string inner = below + "/" + name;
      struct stat status {};
      if (::lstat(inner.c_str(), &status) != 0) continue;
      if (S_ISDIR(status.st_mode)) part(inner);
      if (S_ISREG(status.st_mode)) file_mount(inner, status);
      if (S_ISLNK(status.st_mode)) std::filesystem::copy_symlink(inner, root() + inner);
    }
  }

  void whole_part(const std::string& path) {
    make_folder(root() + path);
    if (::access(path.c_str(), R_OK | X_OK) != 0) return;  // another user's
    const auto mount = std::ranges::find(workshop_.mounts, path, &HostMount::path);
    const bool overlaid =
        mount == workshop_.mounts.end() || showing_of(*mount) == Showing::overlay;
    if (path == "/etc" || path == "/var") own_folders(path, upper(), 2);
    if (overlaid && try_overlay(path, below_stand_ins(path), path)) return;
    show_read_only(mount == workshop_.mounts.end() ? HostMount{.path = path} : *mount);
  }

  // An ordinary user may write nothing into root's folders, nor into their copies. In
  // folders that lie over them, and are ours, scripts may at least make files.
  static void own_folders(const std::string& from, const std::string& to, int deep) {
    for (const std::string& name : names_in(from)) {
      struct stat status {};
      const std::string folder = from + "/" + name;
      if (::lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) continue;
      if (status.st_uid == ::geteuid() || ::access(folder.c_str(), R_OK | X_OK) != 0)
        continue;
      make_folder(to + "/" + name, status.st_mode & 07777);
      if (deep > 1) own_folders(folder, to + "/" + name, deep - 1);
    }
  }

  static bool is_made_anew(const std::string& path) {
    return path == "/proc" || path == "/sys" || path == "/dev";
  }

  // A file with a mount of its own, as containers have for resolv.conf.
  void file_mount(const std::string& path, const struct stat& status) {
    if (!S_ISREG(status.st_mode)) return;
    if (static_cast<std::uint64_t>(status.st_size) > kLargestCopy)
      return bind_read_only(path, root() + path);
    const UniqueFd in(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
    const ssize_t got = in ? ::read(in.get(), bytes.data(), bytes.size()) : 0;
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    write_tree_file(root() + path, status.st_mode & 07777, bytes);
  }

  void proc() {
    const std::string proc = root() + "/proc";
    make_folder(proc);
    mount_new("proc", proc, MS_NOSUID | MS_NODEV | MS_NOEXEC);
    // Before it is covered: the network's part of /proc/sys, by its own namespace.
    const UniqueFd network(
        ::open((proc + "/sys/net").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    for (const std::string& name : workshop_.proc_folders)
      bind_read_only(proc + "/" + name, proc + "/" + name);
    copied_proc_files(proc);
    show_copy("irq", "/proc/irq");
    show_copy("sys", "/proc/sys");
    if (network)
      bind_mount("/proc/self/fd/" + std::to_string(network.get()), proc + "/sys/net");
  }

  // /proc/sysrq-trigger and the like: a script writes to an empty file.
  void copied_proc_files(const std::string& proc) {
    const std::string folder = box_ + "/proc-files";
    make_folder(folder);
    for (const std::string& name : workshop_.proc_files) {
      struct stat status {};
      if (::stat((proc + "/" + name).c_str(), &status) != 0) continue;
      write_tree_file(folder + "/" + name, status.st_mode & 07777, "");
      bind_mount(folder + "/" + name, proc + "/" + name);
    }
    layers_.push_back({"/proc", folder_descriptor(folder), {}});
  }

  void sys() {
    // A new one shows the network namespace it is mounted in.
    const std::string fresh = box_ + "/sys";
    make_folder(fresh);
    mount_new("sysfs", fresh, MS_NOSUID | MS_NODEV | MS_NOEXEC);
    make_folder(root() + "/sys");
    overlay("/sys", overlay_escaped(fresh), fresh);
    if (!plan_.control_groups) return;
    for (const HostMount& mount : workshop_.control_groups) {
      struct stat status {};
      if (::stat((root() + mount.path).c_str(), &status) == 0)
        try_overlay(mount.path, overlay_escaped(mount.path), mount.path);
    }
  }

  void dev() {
    const std::string dev = box_ + "/dev";
    make_folder(dev);
    for (const char* name : {"null", "zero", "full", "random", "urandom", "tty"})
      device(name);
    make_folder(dev + "/net");
    device("net/tun");
    make_folder(dev + "/shm", 01777);
    ::chmod((dev + "/shm").c_str(), 01777);
    make_folder(dev + "/mapper");
    write_tree_file(dev + "/kmsg", 0644, "");
    const std::array<std::array<const char*, 2>, 4> links = {{{"/proc/self/fd", "fd"},
                                                              {"fd/0", "stdin"},
                                                              {"fd/1", "stdout"},
                                                              {"fd/2", "stderr"}}};
    for (const auto& [target, name] : links) {
      if (::symlink(target, (dev + "/" + name).c_str()) != 0)
        throw Error(with_errno("cannot make /dev/" + std::string(name), errno));
    }
    make_folder(root() + "/dev");
    bind_mount(dev, root() + "/dev");
    layers_.push_back({"/dev", folder_descriptor(dev), {}});
  }

  void device(const std::string& name) {
    const std::string source = "/dev/" + name, target = box_ + source;
    struct stat status {};
    if (::stat(source.c_str(), &status) != 0 || !S_ISCHR(status.st_mode)) return;
    if (!workshop_.user_namespace) {
      const mode_t mode = S_IFCHR | 0666;
      if (::mknod(target.c_str(), mode, status.st_rdev) != 0 ||
          ::chmod(target.c_str(), 0666) != 0)
        throw Error(with_errno("cannot make device " + source, errno));
      return;
    }
    write_tree_file(target, 0666, "");
    bind_mount(source, target);
  }

  void tree() {
    make_folders(root() + plan_.hooks_dir);
    show_copy("trees/" + plan_.tree, plan_.hooks_dir);
  }

  // What is no part of the host's file systems, all in one overlay: each costs a sandbox
  // more than all else in here.
  void copies() {
    const std::string written = box_ + "/copies-upper", work = box_ + "/copies-work";
    for (const std::string& name : {written, work, box_ + "/copies"}) make_folder(name);
    for (const std::string& name :
         {std::string("/irq"), std::string("/sys"), "/trees/" + plan_.tree})
      make_folders(written + name);
    if (!mount_overlay({overlay_escaped(workshop_.copies()), written, work,
                        workshop_.user_namespace},
                       box_ + "/copies"))
      throw Error(with_errno("cannot mount an overlay of our own copies", errno));
  }

  void show_copy(const std::string& name, const std::string& at) {
    bind_mount(box_ + "/copies/" + name, root() + at);
    layers_.push_back({at, folder_descriptor(box_ + "/copies-upper/" + name),
                       folder_descriptor(workshop_.copies() + "/" + name)});
  }

  void move_in() {
    if (::chdir(root().c_str()) != 0 || ::syscall(SYS_pivot_root, ".", ".") != 0)
      throw Error(with_errno("cannot make a sandbox the root of its processes", errno));
    if (::umount2(".", MNT_DETACH) != 0 || ::chdir("/") != 0)
      throw Error(with_errno("cannot leave the host's file systems behind", errno));
  }

  const Workshop& workshop_;
  const ScenePlan& plan_;
  std::string box_;
  std::vector<Layer> layers_;
};

}  // namespace

std::vector<Layer> enter_scene(const Workshop& workshop, const ScenePlan& plan) {
  return Builder(workshop, plan).build();
}

}  // namespace hookjournal
