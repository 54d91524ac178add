#include "engine/driver_rules.h"

#include <algorithm>

namespace hookjournal {

namespace {

using enum StartStep;

constexpr DriverRules kRules[] = {
    {.driver = "qemu",
     .cleaned_up_from = prepare,
     .id_from = prepare,
     .id_at_stopped = false,
     .destroys_before_stopped = false,
     .release_has_reason = true,
     .reason_of_failed_reconnect = "daemon",
     .survives_failed_reconnect = false,
     .reboot_restarts = false,
     .reboot_prepares = false,
     .reason_of_crash = "crashed",
     .network_ports = NetworkPorts::before_devices,
     .started_before_transfer = true,
     .saves = true,
     .migrates = true,
     .reverts = true},
    {.driver = "lxc",
     .cleaned_up_from = prepare,
     .id_from = started,
     .id_at_stopped = true,
     .destroys_before_stopped = false,
     .release_has_reason = true,
     .reason_of_failed_reconnect = "failed",
     .survives_failed_reconnect = false,
     .reboot_restarts = true,
     .reboot_prepares = true,
     .reason_of_crash = "shutdown",
     .network_ports = NetworkPorts::after_devices,
     .started_before_transfer = false,
     .saves = false,
     .migrates = false,
     .reverts = false},
    {.driver = "libxl",
     .cleaned_up_from = build,
     .id_from = started,
     .id_at_stopped = true,
     .destroys_before_stopped = true,
     .release_has_reason = false,
     .reason_of_failed_reconnect = "-",
     .survives_failed_reconnect = true,
     .reboot_restarts = true,
     .reboot_prepares = true,
     .reason_of_crash = "-",
     .network_ports = NetworkPorts::before_devices,
     .started_before_transfer = false,
     .saves = true,
     .migrates = true,
     .reverts = false},
    {.driver = "bhyve",
     .cleaned_up_from = never,
     .id_from = started,
     .id_at_stopped = true,
     .destroys_before_stopped = false,
     .release_has_reason = false,
     .reason_of_failed_reconnect = "-",
     .survives_failed_reconnect = false,
     .reboot_restarts = true,
     .reboot_prepares = false,
     .reason_of_crash = "-",
     .network_ports = NetworkPorts::never,
     .started_before_transfer = false,
     .saves = false,
     .migrates = false,
     .reverts = false},
};

}  // namespace

const DriverRules* driver_rules(std::string_view driver) {
  const auto* rules = std::ranges::find(kRules, driver, &DriverRules::driver);
  return rules == std::end(kRules) ? nullptr : rules;
}

// virhook.c:52-128 for the names; the versions are those of libvirt's documentation. But
// for lxc's `release` it copies qemu's 0.9.0: before 0.9.13 lxc had `start` and
// `stopped`.
const std::vector<CallSite>& call_sites() {
  static const std::vector<CallSite> sites = {
      {"daemon", "start", {0, 8, 0}},
      {"daemon", "reload", {0, 8, 0}},
      {"daemon", "shutdown", {0, 8, 0}},
      {"qemu", "prepare", {0, 9, 0}},
      {"qemu", "start", {0, 8, 0}},
      {"qemu", "started", {0, 9, 13}},
      {"qemu", "stopped", {0, 8, 0}},
      {"qemu", "release", {0, 9, 0}},
      {"qemu", "migrate", {0, 9, 11}},
      {"qemu", "restore", {1, 2, 9}},
      {"qemu", "reconnect", {0, 9, 13}},
      {"qemu", "attach", {0, 9, 13}, kNoAttachSince},
      {"lxc", "prepare", {0, 9, 13}},
      {"lxc", "start", {0, 8, 0}},
      {"lxc", "started", {0, 9, 13}},
      {"lxc", "stopped", {0, 8, 0}},
      {"lxc", "release", {0, 9, 13}},
      {"lxc", "reconnect", {0, 9, 13}},
      {"libxl", "prepare", {2, 1, 0}},
      {"libxl", "start", {2, 1, 0}},
      {"libxl", "started", {2, 1, 0}},
      {"libxl", "stopped", {2, 1, 0}},
      {"libxl", "release", {2, 1, 0}},
      {"libxl", "migrate", {2, 1, 0}},
      {"libxl", "reconnect", {2, 1, 0}},
      {"bhyve", "prepare", {6, 1, 0}},
      {"bhyve", "start", {6, 1, 0}},
      {"bhyve", "started", {6, 1, 0}},
      {"bhyve", "stopped", {6, 1, 0}},
      {"bhyve", "release", {6, 1, 0}},
      {"network", "start", {1, 2, 2}},
      {"network", "started", {1, 2, 2}},
      {"network", "stopped", {1, 2, 2}},
      {"network", "updated", {1, 2, 2}},
      {"network", "port-created", kNetworkPortsSince},
      {"network", "port-deleted", kNetworkPortsSince},
      {"network", "plugged", {1, 2, 2}, kNetworkPortsSince},
      {"network", "unplugged", {1, 2, 2}, kNetworkPortsSince},
  };
  return sites;
}

bool is_called(std::string_view driver, std::string_view operation,
               const LibvirtVersion& version) {
  return std::ranges::any_of(call_sites(), [&](const CallSite& site) {
    return site.driver == driver && site.operation == operation &&
           version >= site.since && version < site.before;
  });
}

}  // namespace hookjournal
