#include "engine/libvirt_locks.h"

namespace hookjournal {

bool holds_object_lock(const HookCall& call) {
  return call.driver != "daemon" && !is_filter(call);
}

bool is_libvirt_socket(std::string_view path) {
  const auto name = path.substr(path.rfind('/') + 1);
  const bool in_folder = path.find("/libvirt/") != std::string_view::npos;
  return in_folder && (name.ends_with("-sock") || name.ends_with("-sock-ro"));
}

}  // namespace hookjournal
