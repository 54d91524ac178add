#pragma once

#include <string_view>
#include <vector>

#include "engine/libvirt_version.h"

// What differs between libvirt's drivers in how they call the hooks: the facts that
// `simulate` acts on and `timeline` reads a journal with.
namespace hookjournal {

// The way of a guest's start, in libvirt's order. `allocate` is what is prepared for it
// (network ports, devices), `build` the rest before the `start` hook.
enum class StartStep {
  validate,
  prepare,
  allocate,
  build,
  start,
  process,
  started,
  never,
};

// When a starting guest's cards get their ports of networks: before or after the host's
// devices are prepared (libxl_domain.c libxlDomainStartPrepare, lxc_process.c:1290), or
// never, for bhyve knows bridges only (bhyve_command.c bhyveBuildNetArgStr).
enum class NetworkPorts { never, before_devices, after_devices };

// One of the guest drivers.
struct DriverRules {
  std::string_view driver;
  // A start that fails at this step or later is followed by `stopped` and `release`; one
  // that fails earlier by nothing (qemu_process.c qemuProcessStart, lxc_process.c:1281,
  // libxl_domain.c:1210-1365, bhyve_process.c:210-281).
  StartStep cleaned_up_from;
  // From this step on the XML has an id.
  StartStep id_from;
  // The XML of `stopped` still has it (only qemu takes it away before).
  bool id_at_stopped;
  // A failed `started` has destroyed the guest before `stopped`, and its id is gone too
  // (libxl_domain.c destroy_dom).
  bool destroys_before_stopped;
  // `release` tells why since 10.5.0; otherwise it says "-".
  bool release_has_reason;
  // The reason after a failed `reconnect`.
  std::string_view reason_of_failed_reconnect;
  // The guest's process lives on after a failed `reconnect` (libxl_driver.c:489).
  bool survives_failed_reconnect;
  // A reboot stops and starts it; qemu's does not. bhyve's begins with `start`
  // (bhyve_process.c:378).
  bool reboot_restarts;
  bool reboot_prepares;
  // A container that ends by itself has always been shut down, even on an error
  // (lxc_process.c:672).
  std::string_view reason_of_crash;
  NetworkPorts network_ports;
  // `started` comes before a migration's transfer. A Xen guest gets its memory while its
  // process is made (libxl_domain.c libxlDomainStartPerform).
  bool started_before_transfer;
  bool saves;
  bool migrates;
  bool reverts;
};

// Nothing for the drivers without guests and those we have never heard of.
const DriverRules* driver_rules(std::string_view driver);

// One operation that libvirt's code calls a driver's hook with.
struct CallSite {
  std::string_view driver;
  std::string_view operation;
  LibvirtVersion since;
  LibvirtVersion before = {99, 0, 0};  // the first version without it
};
const std::vector<CallSite>& call_sites();

// Whether this version calls it at all. The operation may be known by name and never
// called: `attach` since 5.5.0.
bool is_called(std::string_view driver, std::string_view operation,
               const LibvirtVersion& version);

// Scripts in `<driver>.d` are run since 6.5.0.
inline constexpr LibvirtVersion kDirectoriesSince{6, 5, 0};
inline constexpr LibvirtVersion kReleaseReasonSince{10, 5, 0};
// virDomainQemuAttach is gone, and `attach` only a name.
inline constexpr LibvirtVersion kNoAttachSince{5, 5, 0};
// `port-created` and `port-deleted` were `plugged` and `unplugged` before.
inline constexpr LibvirtVersion kNetworkPortsSince{6, 0, 0};
// A network whose `start` or `started` failed is taken down, which calls `stopped`. 10.7
// did not, for what takes it down returned early for a network that was not active yet;
// 11.3 does (bridge_driver.c networkShutdownNetwork). NEWS is silent about it.
inline constexpr LibvirtVersion kRefusedNetworkStopsSince{11, 0, 0};
// A start with a managed save whose `restore` hook refuses: 9.0 reports the failure and
// keeps the image; 11.3 reports a success, removes the image and starts nothing (both
// observed; the release between is not known).
inline constexpr LibvirtVersion kRefusedSaveIsLostSince{11, 0, 0};

}  // namespace hookjournal
