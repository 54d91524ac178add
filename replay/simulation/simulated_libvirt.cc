#include "replay/simulation/simulated_libvirt.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "engine/usual_words.h"
#include "replay/simulation/domain_text.h"

namespace hookjournal {

namespace {

const DriverRules& rules_of(const SimulatedGuest& guest) {
  const DriverRules* rules = driver_rules(guest.driver);
  if (rules == nullptr) throw std::logic_error("no guests of driver " + guest.driver);
  return *rules;
}

constexpr const char* kMigrationRefused = "refuses the migration";

bool is_of_transfer(Fault fault) {
  return fault == Fault::transfer || fault == Fault::connection || fault == Fault::crash;
}

}  // namespace

// --- asking the hooks ------------------------------------------------------------------

void SimulatedLibvirt::tell(const SimulatedStep& step) const {
  if (setting_.tell) setting_.tell(step);
}

void SimulatedLibvirt::say(const std::string& text) const {
  SimulatedStep step;
  step.text = text;
  tell(step);
}

bool SimulatedLibvirt::ask(HookCall call, const std::string& refused,
                           SimulatedStep& step) {
  step.answer = hooks_.call(call);
  step.failed = step.answer.failed;
  step.error = step.answer.error;
  if (is_filter(call) && !step.failed && step.answer.output && setting_.refuses) {
    if (auto why = setting_.refuses(call, *step.answer.output)) {
      step.failed = true;
      step.error = std::move(*why);
    }
  }
  if (step.failed) step.text = refused;
  step.call = std::move(call);
  return !step.failed;
}

bool SimulatedLibvirt::ask(HookCall call, const std::string& refused) {
  if (!is_called(call.driver, call.operation, setting_.version)) return true;
  SimulatedStep step;
  const bool fine = ask(std::move(call), refused, step);
  tell(step);
  return fine;
}

bool SimulatedLibvirt::guest_hook(const SimulatedGuest& guest,
                                  const std::string& operation, const std::string& input,
                                  const std::string& refused) {
  return ask({.driver = guest.driver,
              .object = guest.name,
              .operation = operation,
              .suboperation = usual_suboperation(guest.driver, operation),
              .input = input},
             refused);
}

bool SimulatedLibvirt::network_hook(const SimulatedNetwork& network,
                                    const std::string& operation,
                                    const std::string& input,
                                    const std::string& refused) {
  return ask({.driver = "network",
              .object = network.name,
              .operation = operation,
              .suboperation = usual_suboperation("network", operation),
              .input = input},
             refused);
}

bool SimulatedLibvirt::fails_at(Fault fault, const std::string& text) {
  if (setting_.fault != fault) return false;
  say(text);
  return true;
}

// The guest's XML at this step of its start, from which on it may have an id.
std::string SimulatedLibvirt::xml_at(SimulatedGuest& guest, StartStep step) {
  if (step == rules_of(guest).id_from) guest.id = next_id_++;
  return with_id(step < StartStep::start ? guest.definition : guest.live, guest.id);
}

// --- guests ----------------------------------------------------------------------------

bool SimulatedLibvirt::start(SimulatedGuest& guest) {
  return start_process(guest, false);
}

bool SimulatedLibvirt::start_process(SimulatedGuest& guest, bool incoming) {
  return launch(guest, incoming) && run(guest, incoming);
}

// A start as far as the guest's process.
bool SimulatedLibvirt::launch(SimulatedGuest& guest, bool incoming) {
  const std::string refused = incoming ? "refuses the migration" : "refuses the start";
  if (fails_at(Fault::validate, "finds the guest's configuration at fault; " + refused))
    return false;
  if (!guest_hook(guest, "prepare", xml_at(guest, StartStep::prepare), refused))
    return undo(guest, StartStep::prepare);
  return launch_prepared(guest, refused);
}

bool SimulatedLibvirt::launch_prepared(SimulatedGuest& guest,
                                       const std::string& refused) {
  if (!allocate(guest, refused)) return undo(guest, StartStep::allocate);
  if (fails_at(Fault::build, "cannot put the guest together; " + refused))
    return undo(guest, StartStep::build);
  if (!guest_hook(guest, "start", xml_at(guest, StartStep::start), refused))
    return undo(guest, StartStep::start);
  if (fails_at(Fault::process, "cannot start the guest's process; " + refused))
    return undo(guest, StartStep::process);
  return true;
}

bool SimulatedLibvirt::allocate(SimulatedGuest& guest, const std::string& refused) {
  const auto devices = [&] {
    return !fails_at(Fault::allocate, "cannot prepare a device of the guest; " + refused);
  };
  const auto ports = [&] {
    return std::ranges::all_of(
        guest.nics, [&](SimulatedNic& nic) { return create_port(guest, nic); });
  };
  switch (rules_of(guest).network_ports) {
    case NetworkPorts::before_devices:
      return ports() && devices();
    case NetworkPorts::after_devices:
      return devices() && ports();
    case NetworkPorts::never:
      break;
  }
  return devices();
}

// The guest's process is there.
bool SimulatedLibvirt::run(SimulatedGuest& guest, bool incoming) {
  return guest_hook(guest, "started", xml_at(guest, StartStep::started),
                    incoming ? "kills the guest and refuses the migration"
                             : "kills the guest and undoes the start") ||
         undo(guest, StartStep::started);
}

// What follows a start that failed at this step. Always false.
bool SimulatedLibvirt::undo(SimulatedGuest& guest, StartStep failed) {
  const DriverRules& rules = rules_of(guest);
  if (failed >= rules.cleaned_up_from) {
    if (rules.destroys_before_stopped) guest.id = -1;
    stop(guest, "failed", failed < StartStep::build ? guest.definition : guest.live);
  } else {
    release_ports(guest);
    guest.id = -1;
  }
  return false;
}

void SimulatedLibvirt::stop(SimulatedGuest& guest, const std::string& reason) {
  stop(guest, reason, guest.live);
}

void SimulatedLibvirt::stop(SimulatedGuest& guest, const std::string& reason,
                            const std::string& xml) {
  const DriverRules& rules = rules_of(guest);
  guest_hook(guest, "stopped", with_id(xml, rules.id_at_stopped ? guest.id : -1),
             "takes no notice");
  next_id_ = std::max(next_id_, guest.id + 1);
  guest.id = -1;
  release_ports(guest);
  const bool reasoned =
      rules.release_has_reason && setting_.version >= kReleaseReasonSince;
  ask({.driver = guest.driver,
       .object = guest.name,
       .operation = "release",
       .suboperation = "end",
       .extra = reasoned ? reason : "-",
       .input = xml},
      "takes no notice");
}

void SimulatedLibvirt::release_ports(SimulatedGuest& guest) {
  for (SimulatedNic& nic : guest.nics)
    if (nic.connected) delete_port(guest, nic);
}

// Only here does a script's output change what libvirt does.
bool SimulatedLibvirt::filter(SimulatedGuest& guest, const std::string& operation,
                              const std::string& refused) {
  HookCall call{.driver = guest.driver,
                .object = guest.name,
                .operation = operation,
                .suboperation = "begin",
                .input = guest.definition};
  if (!is_called(call.driver, call.operation, setting_.version)) return true;
  SimulatedStep step;
  const bool fine = ask(std::move(call), refused, step);
  if (fine && step.answer.output) {
    step.text = "takes the scripts' XML from here on";
    guest.definition = as_libvirt_writes(with_id(*step.answer.output, -1));
    guest.live = guest.definition;
  }
  tell(step);
  return fine;
}

bool SimulatedLibvirt::restore(SimulatedGuest& guest) {
  return filter(guest, "restore", "refuses to restore; the saved image stays") &&
         start_process(guest, false);
}

bool SimulatedLibvirt::start_saved(SimulatedGuest& guest) {
  const bool lost = setting_.version >= kRefusedSaveIsLostSince;
  return filter(guest, "restore",
                lost ? "reports a success, but the guest stays off and its saved state "
                       "is gone"
                     : "refuses the start; the saved image stays") &&
         start_process(guest, false);
}

bool SimulatedLibvirt::migrate_in(SimulatedGuest& guest) {
  if (is_of_transfer(setting_.fault)) {
    migrate_in_vain(guest);
    return false;
  }
  return filter(guest, "migrate", kMigrationRefused) && start_process(guest, true);
}

bool SimulatedLibvirt::migrate_in_vain(SimulatedGuest& guest) {
  if (!filter(guest, "migrate", kMigrationRefused) || !launch(guest, true)) return false;
  const bool waits = rules_of(guest).started_before_transfer;
  if (waits && !run(guest, true)) return false;
  const char* text = "gives up the transfer; the guest stays at its source";
  const char* reason = "failed";
  if (setting_.fault == Fault::connection) {
    text = "has lost the source and kills the incoming guest";
    reason = "destroyed";
  } else if (setting_.fault == Fault::crash) {
    text = "finds the incoming guest's process dead";
    reason = "crashed";
  }
  say(text);
  if (waits)
    stop(guest, reason);
  else
    undo(guest, StartStep::process);
  return true;
}

bool SimulatedLibvirt::reconnect(SimulatedGuest& guest) {
  const DriverRules& rules = rules_of(guest);
  if (guest.id < 0) guest.id = next_id_++;
  if (guest_hook(guest, "reconnect", with_id(guest.live, guest.id),
                 rules.survives_failed_reconnect
                     ? "forgets the guest, which runs on without it"
                     : "kills the guest"))
    return true;
  stop(guest, std::string(rules.reason_of_failed_reconnect));
  return false;
}

bool SimulatedLibvirt::reboot(SimulatedGuest& guest) {
  const DriverRules& rules = rules_of(guest);
  if (!rules.reboot_restarts) {
    say("resets the guest: no hook is called");
    return true;
  }
  if (guest.id < 0) guest.id = next_id_++;
  stop(guest, "shutdown");
  if (rules.reboot_prepares) return start(guest);
  // bhyve has no `prepare` here.
  const std::string refused = "does not start the guest again";
  return !fails_at(Fault::validate,
                   "finds the guest's configuration at fault; " + refused) &&
         launch_prepared(guest, refused) && run(guest, false);
}

bool SimulatedLibvirt::revert(SimulatedGuest& guest) {
  stop(guest, "from snapshot");
  return start(guest);
}

bool SimulatedLibvirt::attach(SimulatedGuest& guest) {
  if (setting_.version >= kNoAttachSince) {
    say("cannot attach to processes since 5.5.0: no hook is called");
    return false;
  }
  guest.id = next_id_++;
  return guest_hook(guest, "attach", with_id(guest.live, guest.id),
                    "does not attach to the process, which runs on without it");
}

// --- networks --------------------------------------------------------------------------

bool SimulatedLibvirt::start_network(SimulatedNetwork& network) {
  const std::string input = network_input(network, nullptr, nullptr);
  const bool taken_down = setting_.version >= kRefusedNetworkStopsSince;
  if (network_hook(network, "start", input, "refuses to start the network") &&
      network_hook(network, "started", input,
                   taken_down
                       ? "refuses to start the network and takes it down"
                       : "refuses to start the network; its bridge and dnsmasq stay"))
    return true;
  if (taken_down) stop_network(network);
  return false;
}

void SimulatedLibvirt::stop_network(SimulatedNetwork& network) {
  // Ports are dropped first, without a call (bridge_driver.c:3458), and are still
  // counted.
  network_hook(network, "stopped", network_input(network, nullptr, nullptr),
               "takes no notice");
  network.connections = 0;
}

bool SimulatedLibvirt::update_network(SimulatedNetwork& network) {
  return network_hook(network, "updated", network_input(network, nullptr, nullptr),
                      "reports an error; the change stays");
}

// The state is saved before the hook is called, and that result is the answer.
void SimulatedLibvirt::update_running_network(SimulatedNetwork& network) {
  network_hook(network, "updated", network_input(network, nullptr, nullptr),
               "takes no notice; the change stays");
}

bool SimulatedLibvirt::create_port(SimulatedGuest& owner, SimulatedNic& nic) {
  nic.connected = plug(owner, nic, "gives the network card no port");
  return nic.connected;
}

bool SimulatedLibvirt::plug(const SimulatedGuest& owner, const SimulatedNic& nic,
                            const std::string& refused) {
  ++nic.network->connections;
  const bool old = setting_.version < kNetworkPortsSince;
  const bool fine = network_hook(*nic.network, old ? "plugged" : "port-created",
                                 old ? plug_input(*nic.network, owner, nic)
                                     : network_input(*nic.network, &owner, &nic),
                                 refused);
  if (!fine) --nic.network->connections;
  return fine;
}

void SimulatedLibvirt::delete_port(SimulatedGuest& owner, SimulatedNic& nic) {
  --nic.network->connections;
  nic.connected = false;
  const bool old = setting_.version < kNetworkPortsSince;
  network_hook(*nic.network, old ? "unplugged" : "port-deleted",
               old ? plug_input(*nic.network, owner, nic)
                   : network_input(*nic.network, &owner, &nic),
               "takes no notice");
}

void SimulatedLibvirt::reclaim_ports(SimulatedGuest& owner) {
  // It counts anew, and not the ports whose hook fails (bridge_driver.c
  // networkNotifyPort); they stay, though, and so does what made them.
  for (SimulatedNic& nic : owner.nics)
    if (nic.connected) --nic.network->connections;
  for (SimulatedNic& nic : owner.nics)
    if (nic.connected) plug(owner, nic, "takes no notice: the port is there already");
}

// --- daemons ---------------------------------------------------------------------------

void SimulatedLibvirt::daemon(const std::string& operation) {
  ask({.driver = "daemon",
       .object = "-",
       .operation = operation,
       .suboperation = usual_suboperation("daemon", operation),
       .extra = usual_extra("daemon", operation)},
      "takes no notice");
}

}  // namespace hookjournal
