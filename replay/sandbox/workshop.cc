#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <sstream>

#include "engine/error.h"
#include "replay/sandbox/folder_names.h"
#include "replay/sandbox/mounting.h"
#include "replay/sandbox/scene.h"

namespace hookjournal {

namespace {

// Knobs below /proc are small; what is larger is none.
constexpr std::size_t kLargestKnob = 64 << 10;

std::string read_file(const char* path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

// Whether what is mounted there is still what one sees there.
bool is_visible(const HostMount& mount) {
  struct stat status {};
  if (::stat(mount.path.c_str(), &status) != 0) return false;
  const std::string device =
      std::to_string(major(status.st_dev)) + ":" + std::to_string(minor(status.st_dev));
  // btrfs shows other numbers for its subvolumes.
  return device == mount.device || mount.type == "btrfs";
}

// It is hidden under our memory file system in our namespace only, and overlays on "/"
// still show it.
std::string folder_to_hide(const std::vector<HostMount>& mounts) {
  for (const char* folder : {"/mnt", "/media", "/srv", "/opt", "/var/tmp", "/var/cache",
                             "/usr/local", "/boot", "/tmp", "/home", "/root"}) {
    struct stat status {};
    if (::stat(folder, &status) == 0 && S_ISDIR(status.st_mode) &&
        !has_mount_at_or_below(mounts, folder))
      return folder;
  }
  throw Error(
      "cannot find a folder to put a sandbox in: none of /mnt, /srv, /opt, /var/tmp is "
      "there without something mounted in it");
}

// Copies what can be read of a folder of small text files; a file that cannot be read is
// there and empty.
void copy_knobs(const std::string& from, const std::string& to) {
  make_folder(to);
  for (const std::string& name : names_in(from)) {
    const std::string source = from + "/" + name, target = to + "/" + name;
    struct stat status {};
    if (::lstat(source.c_str(), &status) != 0) continue;
    if (S_ISDIR(status.st_mode)) {
      // A network namespace has its own.
      if (source == "/proc/sys/net")
        make_folder(target);
      else
        copy_knobs(source, target);
    } else if (S_ISREG(status.st_mode)) {
      const UniqueFd in(::open(source.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
      std::string bytes(kLargestKnob, '\0');
      const ssize_t got = in ? ::read(in.get(), bytes.data(), bytes.size()) : 0;
      bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
      write_tree_file(target, status.st_mode & 07777, bytes);
    }
  }
}

bool is_number(const std::string& name) {
  return std::ranges::all_of(name, [](char each) { return each >= '0' && each <= '9'; });
}

// Most folders of /proc only tell; each that is made read-only costs every sandbox.
bool has_writable_file(const std::string& folder) {
  return std::ranges::any_of(names_in(folder), [&folder](const std::string& name) {
    struct stat status {};
    const std::string path = folder + "/" + name;
    if (::lstat(path.c_str(), &status) != 0) return false;
    if (S_ISDIR(status.st_mode)) return has_writable_file(path);
    return S_ISREG(status.st_mode) && (status.st_mode & 0222) != 0;
  });
}

// Of this network namespace, by path. Those of others are the other's to guard.
std::vector<std::string> sockets_of_host() {
  std::vector<std::string> sockets;
  std::istringstream lines(read_file("/proc/net/unix"));
  for (std::string line; std::getline(lines, line);) {
    if (const auto slash = line.find(" /"); slash != std::string::npos)
      sockets.push_back(line.substr(slash + 1));
  }
  return sockets;
}

// What of /proc acts on the whole host. Processes and /proc/sys/net have namespaces.
void look_through_proc(Workshop& workshop) {
  for (const std::string& name : names_in("/proc")) {
    if (is_number(name) || name == "sys" || name == "irq") continue;
    const std::string path = "/proc/" + name;
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) continue;
    if (S_ISDIR(status.st_mode) && has_writable_file(path))
      workshop.proc_folders.push_back(name);
    if (S_ISREG(status.st_mode) && (status.st_mode & 0222) != 0)
      workshop.proc_files.push_back(name);
  }
}

}  // namespace

void write_tree_file(const std::string& path, unsigned mode, const std::string& bytes) {
  if (const auto slash = path.rfind('/'); slash != std::string::npos && slash > 0)
    make_folders(path.substr(0, slash));
  UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  std::size_t written = 0;
  while (file && written < bytes.size()) {
    const ssize_t now =
        ::write(file.get(), bytes.data() + written, bytes.size() - written);
    if (now <= 0) break;
    written += static_cast<std::size_t>(now);
  }
  if (!file || written < bytes.size() || ::fchmod(file.get(), mode) != 0)
    throw Error(with_errno("cannot write " + path + " in a sandbox", errno));
}

Workshop make_workshop(bool user_namespace) {
  Workshop workshop;
  workshop.user_namespace = user_namespace;
  const auto all = parse_mountinfo(read_file("/proc/self/mountinfo"));
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    throw Error(with_errno("cannot make the mounts of a sandbox private", errno));
  for (HostMount& mount : mounts_to_show(all)) {
    if (!is_visible(mount)) continue;
    workshop.mounts.push_back(std::move(mount));
  }
  for (const HostMount& mount : all) {
    // Overlays take control groups, each hierarchy by itself.
    if (mount.path.starts_with("/sys/fs/cgroup") && is_visible(mount))
      workshop.control_groups.push_back(mount);
  }
  look_through_proc(workshop);
  workshop.sockets = sockets_of_host();

  workshop.folder = folder_to_hide(workshop.mounts);
  mount_new("tmpfs", workshop.folder, MS_NOSUID | MS_NODEV, "mode=0755,size=512m");
  for (const char* name : {"/stand-ins", "/box", "/copies", "/copies/trees"})
    make_folder(workshop.folder + name);
  copy_knobs("/proc/sys", workshop.copies() + "/sys");
  copy_knobs("/proc/irq", workshop.copies() + "/irq");
  return workshop;
}

}  // namespace hookjournal
