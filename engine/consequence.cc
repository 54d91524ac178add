// The consequence table: what libvirt 10.7 does when a call fails, from its call sites
// (the rows keep the order of its drivers). There is no other place that knows.
#include "engine/consequence.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace hookjournal {

namespace {

using enum Consequence;

constexpr std::string_view kAnyOperation = "*";

struct Row {
  std::string_view driver;
  std::string_view operation;
  Consequence of_failure;
  // Where one more fact decides: what follows when it holds. While nobody knows it the
  // consequence is unknown.
  Consequence if_it_holds = unknown;
  std::optional<bool> Circumstances::*fact = nullptr;
};

constexpr auto kIncoming = &Circumstances::incoming;
constexpr auto kNewPort = &Circumstances::port_is_new;

constexpr Row kTable[] = {
    // Every daemon ignores its own hook, start included.
    {"daemon", kAnyOperation, ignored},

    // The destination of a migration starts the guest like any start, so these three can
    // refuse the migration: even `started` runs before any memory is transferred.
    {"qemu", "prepare", start_refused, migration_refused, kIncoming},
    {"qemu", "start", start_refused, migration_refused, kIncoming},
    {"qemu", "started", start_undone, migration_refused, kIncoming},
    {"qemu", "stopped", ignored},
    {"qemu", "release", ignored},
    {"qemu", "reconnect", guest_killed},
    {"qemu", "migrate", migration_refused},
    {"qemu", "restore", restore_refused},
    // `attach` has no call site since 5.5.0, and before that left the guest running
    // outside libvirt: no row.

    // lxc and bhyve cannot migrate.
    {"lxc", "prepare", start_refused},
    {"lxc", "start", start_refused},
    {"lxc", "started", start_undone},
    {"lxc", "stopped", ignored},
    {"lxc", "release", ignored},
    {"lxc", "reconnect", guest_killed},

    {"network", "start", network_start_refused},
    // What was set up by then (bridge, dnsmasq) stays, but the network does not count as
    // started.
    {"network", "started", network_start_refused},
    {"network", "stopped", ignored},
    {"network", "updated", update_reported},  // the API fails, the change stays
    {"network", "port-created", ignored, port_refused, kNewPort},
    {"network", "port-deleted", ignored},
    {"network", "plugged", ignored, port_refused, kNewPort},  // their names before 6.0
    {"network", "unplugged", ignored},

    {"libxl", "prepare", start_refused, migration_refused, kIncoming},
    {"libxl", "start", start_refused, migration_refused, kIncoming},
    {"libxl", "started", start_undone, migration_refused, kIncoming},
    {"libxl", "stopped", ignored},
    {"libxl", "release", ignored},
    // Not killed, whatever the documentation says: libvirt cleans up its state and the
    // domain runs on.
    {"libxl", "reconnect", guest_forgotten},
    {"libxl", "migrate", migration_refused},

    {"bhyve", "prepare", start_refused},
    {"bhyve", "start", start_refused},
    {"bhyve", "started", start_undone},
    {"bhyve", "stopped", ignored},
    {"bhyve", "release", ignored},
};

const Row* row_of(const HookCall& call) {
  const auto* row = std::ranges::find_if(kTable, [&call](const Row& candidate) {
    return candidate.driver == call.driver && (candidate.operation == call.operation ||
                                               candidate.operation == kAnyOperation);
  });
  return row == std::end(kTable) ? nullptr : row;
}

Consequence of_failure(const Row& row, const Circumstances& circumstances) {
  if (row.fact == nullptr) return row.of_failure;
  const std::optional<bool>& fact = circumstances.*row.fact;
  if (!fact) return unknown;
  return *fact ? row.if_it_holds : row.of_failure;
}

}  // namespace

Consequence consequence_of(const HookCall& call, const Circumstances& circumstances) {
  const Row* row = row_of(call);
  if (circumstances.failed) return row ? of_failure(*row, circumstances) : unknown;
  // All scripts succeeded. Only what a filter printed can do harm now: libvirt refuses
  // what it cannot use.
  if (!is_filter(call) || !circumstances.has_output) return none;
  if (!row || !circumstances.output_valid) return unknown;
  return *circumstances.output_valid ? none : row->of_failure;
}

namespace {

constexpr std::pair<Consequence, std::string_view> kNames[] = {
    {none, "none"},
    {start_refused, "start-refused"},
    {start_undone, "start-undone"},
    {guest_killed, "guest-killed"},
    {guest_forgotten, "guest-forgotten"},
    {migration_refused, "migration-refused"},
    {restore_refused, "restore-refused"},
    {network_start_refused, "network-start-refused"},
    {port_refused, "port-refused"},
    {update_reported, "update-reported"},
    {ignored, "ignored"},
    {unknown, "unknown"},
};

}  // namespace

std::string_view to_string(Consequence consequence) {
  const auto* entry = std::ranges::find(kNames, consequence,
                                        &std::pair<Consequence, std::string_view>::first);
  return entry == std::end(kNames) ? "unknown" : entry->second;
}

std::optional<Consequence> consequence_named(std::string_view name) {
  const auto* entry =
      std::ranges::find(kNames, name, &std::pair<Consequence, std::string_view>::second);
  if (entry == std::end(kNames)) return {};
  return entry->first;
}

}  // namespace hookjournal
