#pragma once

#include <string_view>

#include "engine/hook_call.h"

namespace hookjournal {

// Whether libvirt holds the lock of the guest or network while it waits for this hook, so
// that whoever asks libvirt about that one (for a list of all, too) waits for the hook's
// end. In `migrate` and `restore` it does not yet; the daemon's own hooks have no object.
bool holds_object_lock(const HookCall& call);

// Whether a unix socket of this path is one of libvirt's daemons':
// "/run/libvirt/libvirt-sock", "/run/libvirt/virtqemud-sock-ro".
bool is_libvirt_socket(std::string_view path);

}  // namespace hookjournal
