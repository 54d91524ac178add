#include "replay/sandbox/mounting.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <utility>

#include "engine/error.h"

namespace hookjournal {

std::string overlay_escaped(const std::string& path) {
  std::string escaped;
  for (const char each : path) {
    if (each == ':' || each == ',' || each == '\\') escaped += '\\';
    escaped += each;
  }
  return escaped;
}

bool mount_overlay(const Overlay& overlay, const std::string& at) {
  std::string options = "lowerdir=" + overlay.lower + ",upperdir=" + overlay.upper +
                        ",workdir=" + overlay.work;
  // Every change is to be found in the upper layer, whole and by itself.
  options += ",index=off,metacopy=off";
  options += overlay.in_user_namespace ? ",redirect_dir=nofollow,userxattr"
                                       : ",redirect_dir=off";
  return ::mount("overlay", at.c_str(), "overlay", MS_NODEV | MS_NOATIME,
                 options.c_str()) == 0;
}

void mount_new(const char* type, const std::string& at, unsigned long flags,
               const std::string& options) {
  if (::mount(type, at.c_str(), type, flags, options.c_str()) != 0)
    throw Error(
        with_errno(std::string("cannot mount a new ") + type + " at " + at, errno));
}

void bind_mount(const std::string& what, const std::string& at) {
  if (::mount(what.c_str(), at.c_str(), nullptr, MS_BIND, nullptr) != 0)
    throw Error(with_errno("cannot mount " + what + " at " + at, errno));
}

namespace {

// In a user namespace a mount's flags are locked: a change has to give them again.
unsigned long flags_to_repeat(const std::string& at) {
  struct statvfs known {};
  if (::statvfs(at.c_str(), &known) != 0) return 0;
  unsigned long flags = 0;
  for (const auto& [told, given] :
       {std::pair<unsigned long, unsigned long>{ST_NOSUID, MS_NOSUID},
        {ST_NODEV, MS_NODEV},
        {ST_NOEXEC, MS_NOEXEC},
        {ST_NOATIME, MS_NOATIME},
        {ST_NODIRATIME, MS_NODIRATIME},
        {ST_RELATIME, MS_RELATIME}})
    if ((known.f_flag & told) != 0) flags |= given;
  return flags;
}

}  // namespace

void bind_read_only(const std::string& what, const std::string& at) {
  bind_mount(what, at);
  if (::mount(nullptr, at.c_str(), nullptr,
              MS_REMOUNT | MS_BIND | MS_RDONLY | flags_to_repeat(at), nullptr) == 0)
    return;
  const int refused = errno;
  ::umount2(at.c_str(), MNT_DETACH);
  throw Error(with_errno("cannot make " + at + " read-only", refused));
}

void make_folder(const std::string& path, unsigned mode) {
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST)
    throw Error(with_errno("cannot make folder " + path, errno));
}

void make_folders(const std::string& path, unsigned mode) {
  struct stat known {};
  if (::stat(path.c_str(), &known) == 0) return;
  const auto slash = path.rfind('/');
  if (slash != std::string::npos && slash > 0) make_folders(path.substr(0, slash), mode);
  make_folder(path, mode);
}

}  // namespace hookjournal
