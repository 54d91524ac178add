#include "replay/simulation/scenario.h"

#include <algorithm>
#include <list>

namespace hookjournal {

namespace {

// --- guests ----------------------------------------------------------------------------

bool start(const Cast& cast) { return cast.libvirt.start(*cast.guest); }

// For a guest that ran before the scenario: it has its id, and its ports. They are among
// those that the network's XML counts, if that is of a time when the guest ran.
void as_running(const Cast& cast) {
  cast.guest->id = 1;
  const DriverRules* rules = driver_rules(cast.guest->driver);
  if (rules != nullptr && rules->network_ports == NetworkPorts::never) return;
  auto& nics = cast.guest->nics;
  for (SimulatedNic& nic : nics) {
    nic.connected = true;
    const auto ports = std::ranges::count(nics, nic.network, &SimulatedNic::network);
    nic.network->connections =
        std::max(nic.network->connections, static_cast<int>(ports));
  }
}

bool shutdown(const Cast& cast) {
  as_running(cast);
  cast.libvirt.stop(*cast.guest, "shutdown");
  return true;
}

bool destroy(const Cast& cast) {
  as_running(cast);
  // A container's reason is the same, however it was ended from outside.
  cast.libvirt.stop(*cast.guest, "destroyed");
  return true;
}

bool crash(const Cast& cast) {
  as_running(cast);
  cast.libvirt.stop(*cast.guest,
                    std::string(driver_rules(cast.guest->driver)->reason_of_crash));
  return true;
}

bool save(const Cast& cast) {
  as_running(cast);
  cast.libvirt.stop(*cast.guest, "saved");
  return true;
}

bool restore(const Cast& cast) { return cast.libvirt.restore(*cast.guest); }

bool start_saved(const Cast& cast) { return cast.libvirt.start_saved(*cast.guest); }

bool migrate_in(const Cast& cast) {
  if (cast.source == nullptr) return cast.libvirt.migrate_in(*cast.guest);
  // As it runs at its source, on networks of the same names there: what the hooks make of
  // its XML here is nothing to the source.
  SimulatedGuest there = *cast.guest;
  std::list<SimulatedNetwork> networks;
  for (SimulatedNic& nic : there.nics) {
    const SimulatedNetwork& same = *nic.network;
    auto known = std::ranges::find(networks, same.name, &SimulatedNetwork::name);
    if (known == networks.end()) known = networks.insert(known, same);
    nic.network = &*known;
  }
  as_running({.libvirt = *cast.source, .guest = &there});
  if (!cast.libvirt.migrate_in(*cast.guest)) return false;
  cast.source->stop(there, "migrated");
  return true;
}

bool migrate_in_fails(const Cast& cast) {
  return cast.libvirt.migrate_in_vain(*cast.guest);
}

bool migrate_out(const Cast& cast) {
  as_running(cast);
  (cast.source != nullptr ? *cast.source : cast.libvirt).stop(*cast.guest, "migrated");
  return true;
}

bool snapshot_revert(const Cast& cast) {
  as_running(cast);
  return cast.libvirt.revert(*cast.guest);
}

bool reconnect(const Cast& cast) {
  as_running(cast);
  return cast.libvirt.reconnect(*cast.guest);
}

bool reconnect_dead(const Cast& cast) {
  as_running(cast);
  cast.libvirt.stop(*cast.guest, "crashed");
  return true;
}

bool reboot(const Cast& cast) {
  as_running(cast);
  return cast.libvirt.reboot(*cast.guest);
}

bool attach(const Cast& cast) { return cast.libvirt.attach(*cast.guest); }

bool lifecycle(const Cast& cast) {
  if (!cast.libvirt.start(*cast.guest)) return false;
  cast.libvirt.stop(*cast.guest, "shutdown");
  return true;
}

// --- networks and daemons --------------------------------------------------------------

bool net_start(const Cast& cast) { return cast.libvirt.start_network(*cast.network); }

bool net_destroy(const Cast& cast) {
  cast.libvirt.stop_network(*cast.network);
  return true;
}

bool net_update(const Cast& cast) { return cast.libvirt.update_network(*cast.network); }

bool net_update_live(const Cast& cast) {
  cast.libvirt.update_running_network(*cast.network);
  return true;
}

bool port_create(const Cast& cast) {
  cast.guest->id = 1;  // it runs
  for (SimulatedNic& nic : cast.guest->nics)
    if (!cast.libvirt.create_port(*cast.guest, nic)) return false;
  return true;
}

bool port_delete(const Cast& cast) {
  as_running(cast);
  for (SimulatedNic& nic : cast.guest->nics) cast.libvirt.delete_port(*cast.guest, nic);
  return true;
}

bool port_reclaim(const Cast& cast) {
  as_running(cast);
  cast.libvirt.reclaim_ports(*cast.guest);
  return true;
}

bool daemon_start(const Cast& cast) {
  cast.libvirt.daemon("start");
  return true;
}

bool daemon_reload(const Cast& cast) {
  cast.libvirt.daemon("reload");
  return true;
}

bool daemon_shutdown(const Cast& cast) {
  cast.libvirt.daemon("shutdown");
  return true;
}

}  // namespace

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> all = {
      {"lifecycle",
       {"qemu", "lxc", "libxl", "bhyve"},
       "a start, then a shutdown",
       true,
       lifecycle},
      {"start", {"qemu", "lxc", "libxl", "bhyve"}, "a guest is started", true, start},
      {"shutdown",
       {"qemu", "lxc", "libxl", "bhyve"},
       "a running guest shuts itself down",
       false,
       shutdown},
      {"destroy",
       {"qemu", "lxc", "libxl", "bhyve"},
       "a running guest is switched off",
       false,
       destroy},
      {"crash",
       {"qemu", "lxc", "libxl", "bhyve"},
       "a running guest's process dies",
       false,
       crash},
      {"reboot",
       {"qemu", "lxc", "libxl", "bhyve"},
       "a running guest reboots",
       true,
       reboot},
      {"save", {"qemu", "libxl"}, "a running guest is saved to a file", false, save},
      {"restore", {"qemu", "libxl"}, "a saved guest is restored", true, restore},
      {"managed-save-start",
       {"qemu", "libxl"},
       "a guest with a managed save is started",
       true,
       start_saved},
      {"snapshot-revert",
       {"qemu"},
       "a running guest goes back to a snapshot",
       true,
       snapshot_revert},
      {"migrate-in",
       {"qemu", "libxl"},
       "a guest arrives from another host",
       true,
       migrate_in},
      {"migrate-in-fails",
       {"qemu", "libxl"},
       "a guest is on its way here, and the transfer fails",
       true,
       migrate_in_fails},
      {"migrate-out",
       {"qemu", "libxl"},
       "a guest has left for another host",
       false,
       migrate_out},
      {"reconnect",
       {"qemu", "lxc", "libxl", "bhyve"},
       "the daemon comes back and finds the guest running",
       false,
       reconnect},
      {"reconnect-dead",
       {"qemu"},
       "the daemon comes back and finds the guest gone",
       false,
       reconnect_dead},
      {"attach",
       {"qemu"},
       "libvirt takes over a QEMU process it did not start (before 5.5.0)",
       false,
       attach},
      {"net-start", {"network"}, "a network is started", false, net_start},
      {"net-destroy", {"network"}, "a network is taken down", false, net_destroy},
      {"net-update", {"network"}, "a network's definition changes", false, net_update},
      {"net-update-live",
       {"network"},
       "a running network changes",
       false,
       net_update_live},
      {"port-create",
       {"network"},
       "a guest's card is plugged into a network",
       false,
       port_create},
      {"port-delete",
       {"network"},
       "a guest's card is unplugged from a network",
       false,
       port_delete},
      {"port-reclaim",
       {"network"},
       "the network's daemon comes back and finds a guest's card plugged in",
       false,
       port_reclaim},
      {"daemon-start", {"daemon"}, "the daemon starts", false, daemon_start},
      {"daemon-reload", {"daemon"}, "the daemon gets SIGHUP", false, daemon_reload},
      {"daemon-shutdown", {"daemon"}, "the daemon stops", false, daemon_shutdown},
  };
  return all;
}

const Scenario* scenario_named(std::string_view name) {
  const auto found = std::ranges::find(scenarios(), name, &Scenario::name);
  return found == scenarios().end() ? nullptr : &*found;
}

const std::vector<FaultName>& faults() {
  static const std::vector<FaultName> all = {
      {"validate", Fault::validate, "before `prepare`", false},
      {"allocate", Fault::allocate, "after `prepare`, while devices are prepared", false},
      {"build", Fault::build, "after that, before `start`", false},
      {"start-process", Fault::process, "after `start`", false},
      {"transfer", Fault::transfer, "of a migration, after `started`", true},
      {"connection", Fault::connection, "the source's, during the transfer", true},
      {"guest-crash", Fault::crash, "during the transfer", true},
  };
  return all;
}

}  // namespace hookjournal
