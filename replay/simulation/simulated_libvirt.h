#pragma once

#include <functional>
#include <optional>
#include <string>

#include "engine/driver_rules.h"
#include "engine/hook_engine.h"
#include "replay/simulation/simulated_objects.h"

namespace hookjournal {

// Where a simulated libvirt calls its hooks: real scripts, or a test's answers.
class Hooks {
 public:
  virtual ~Hooks() = default;
  virtual Answer call(const HookCall& call) = 0;
};

// What is made to fail between the hooks, to see which hooks clean up.
enum class Fault {
  none,
  validate,    // before `prepare`
  allocate,    // after `prepare`: devices and network ports
  build,       // later, before `start`
  process,     // after `start`: the guest's process
  transfer,    // of a migration, after `started`; of a Xen guest's before
  connection,  // the source's, of a migration
  crash,       // of the incoming guest, during the transfer
};

// One step of what libvirt does: a hook call, or what follows from one.
struct SimulatedStep {
  std::optional<HookCall> call;
  Answer answer;  // of the call
  bool failed = false;
  std::string text;   // what libvirt makes of it; "" when it just goes on
  std::string error;  // libvirt's message for its client and log, when it fails
};

// libvirt's side of the contract: its decisions between the hook calls of guests,
// networks and daemons, as its source has them. Acts on nothing but the objects it is
// given.
class SimulatedLibvirt {
 public:
  // Why libvirt would refuse this output of a filter; nothing when it would take it.
  using OutputJudge = std::function<std::optional<std::string>(
      const HookCall& call, const std::string& output)>;
  struct Setting {
    LibvirtVersion version = kNewestLibvirt;
    Fault fault = Fault::none;
    OutputJudge refuses;  // none: every output is taken
    std::function<void(const SimulatedStep&)> tell;
  };
  SimulatedLibvirt(Hooks& hooks, Setting setting)
      : hooks_(hooks), setting_(std::move(setting)) {}

  const LibvirtVersion& version() const { return setting_.version; }

  // Each returns whether libvirt reached what was asked for.

  bool start(SimulatedGuest& guest);
  // It is gone already; nothing can fail any more. `reason` as newer versions give it.
  void stop(SimulatedGuest& guest, const std::string& reason);
  bool restore(SimulatedGuest& guest);
  // A start that finds a managed save.
  bool start_saved(SimulatedGuest& guest);
  // The destination's side. A filter's output replaces the guest's XML.
  bool migrate_in(SimulatedGuest& guest);
  // The same with a transfer that fails, for the fault's reason if it has one. Whether it
  // came that far.
  bool migrate_in_vain(SimulatedGuest& guest);
  bool reconnect(SimulatedGuest& guest);
  bool reboot(SimulatedGuest& guest);
  bool revert(SimulatedGuest& guest);
  bool attach(SimulatedGuest& guest);

  bool start_network(SimulatedNetwork& network);
  void stop_network(SimulatedNetwork& network);
  // Of its definition; of the running network.
  bool update_network(SimulatedNetwork& network);
  void update_running_network(SimulatedNetwork& network);
  bool create_port(SimulatedGuest& owner, SimulatedNic& nic);
  void delete_port(SimulatedGuest& owner, SimulatedNic& nic);
  // The network's daemon has come back and finds the guest's ports.
  void reclaim_ports(SimulatedGuest& owner);

  void daemon(const std::string& operation);

 private:
  bool start_process(SimulatedGuest& guest, bool incoming);
  bool launch(SimulatedGuest& guest, bool incoming);
  bool launch_prepared(SimulatedGuest& guest, const std::string& refused);
  bool allocate(SimulatedGuest& guest, const std::string& refused);
  bool run(SimulatedGuest& guest, bool incoming);
  bool undo(SimulatedGuest& guest, StartStep failed);
  void stop(SimulatedGuest& guest, const std::string& reason, const std::string& xml);
  bool fails_at(Fault fault, const std::string& text);
  void release_ports(SimulatedGuest& guest);
  bool plug(const SimulatedGuest& owner, const SimulatedNic& nic,
            const std::string& refused);
  bool filter(SimulatedGuest& guest, const std::string& operation,
              const std::string& refused);
  bool guest_hook(const SimulatedGuest& guest, const std::string& operation,
                  const std::string& input, const std::string& refused);
  bool network_hook(const SimulatedNetwork& network, const std::string& operation,
                    const std::string& input, const std::string& refused);
  bool ask(HookCall call, const std::string& refused);
  bool ask(HookCall call, const std::string& refused, SimulatedStep& step);
  void tell(const SimulatedStep& step) const;
  void say(const std::string& text) const;
  std::string xml_at(SimulatedGuest& guest, StartStep step);

  Hooks& hooks_;
  Setting setting_;
  int next_id_ = 1;
};

}  // namespace hookjournal
