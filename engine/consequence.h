#pragma once

#include <optional>
#include <string_view>

#include "engine/hook_call.h"

namespace hookjournal {

// What libvirt does because of a call's answer.
enum class Consequence {
  none,
  start_refused,
  start_undone,
  guest_killed,
  guest_forgotten,
  migration_refused,
  restore_refused,
  network_start_refused,
  port_refused,
  update_reported,
  ignored,
  unknown,
};
std::string_view to_string(Consequence consequence);  // "start-refused"
std::optional<Consequence> consequence_named(std::string_view name);

// What the recorded facts say beside the call itself. Nothing: they do not decide.
struct Circumstances {
  bool failed = false;  // one of its scripts did
  std::optional<bool>
      output_valid;              // a filter printed something: would libvirt accept it?
  bool has_output = false;       // a filter printed something that is not blank
  std::optional<bool> incoming;  // this start belongs to an incoming migration
  std::optional<bool> port_is_new;  // port-created for a new NIC, not at daemon start
};

Consequence consequence_of(const HookCall& call, const Circumstances& circumstances);

}  // namespace hookjournal
