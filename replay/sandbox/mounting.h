#pragma once

#include <string>

// System calls about mounts, with errors that say what was mounted where.
namespace hookjournal {

// A path as an overlay's option wants it.
std::string overlay_escaped(const std::string& path);

struct Overlay {
  std::string lower;  // escaped, several joined by ':', the first on top
  std::string upper, work;
  bool in_user_namespace = false;
};
// False when the kernel refuses such an overlay (errno says why).
bool mount_overlay(const Overlay& overlay, const std::string& at);

// Throw Error.
void mount_new(const char* type, const std::string& at, unsigned long flags,
               const std::string& options = "");
void bind_mount(const std::string& what, const std::string& at);
void bind_read_only(const std::string& what, const std::string& at);
void make_folder(const std::string& path, unsigned mode = 0755);   // one; may exist
void make_folders(const std::string& path, unsigned mode = 0755);  // with those above

}  // namespace hookjournal
