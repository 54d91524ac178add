#pragma once

#include <optional>
#include <string>
#include <vector>

namespace hookjournal {

// One hook invocation by libvirt. A script gets [path, object, operation, suboperation,
// extra]; libvirt always passes all five and "-" for what is absent (virhook.c:268-298).
struct HookCall {
  std::string
      driver;  // file name in the hooks directory: daemon, qemu, lxc ... or unknown
  std::string object;  // guest or network name; "-" for the daemon
  std::string operation;
  std::string suboperation = "-";
  std::string extra = "-";
  // What the scripts read on stdin. Nothing (the daemon driver) is /dev/null, which is
  // not the same as an empty input.
  std::optional<std::string> input;

  bool operator==(const HookCall&) const = default;
};

// `migrate` and `restore`: the only operations whose output libvirt reads
// (virhook.c:412).
bool is_filter(const HookCall& call);

// The four arguments after the script's path.
std::vector<std::string> script_arguments(const HookCall& call);

}  // namespace hookjournal
