#include "engine/lifecycle.h"

#include <algorithm>
#include <vector>

#include "engine/driver_rules.h"

namespace hookjournal {

namespace {

using enum LifeState;

// What a failing hook leads to is the driver's: cleaned up, or gone without a call.
struct Transition {
  LifeState from;
  std::string_view operation;
  LifeState if_well;
  StartStep step = StartStep::never;  // of a start, for what follows its failure
};

constexpr Transition kGuest[] = {
    {absent, "migrate", arriving},
    {absent, "restore", arriving},
    {absent, "prepare", prepared, StartStep::prepare},
    {absent, "attach", running},
    {arriving, "prepare", prepared, StartStep::prepare},
    {prepared, "start", begun, StartStep::start},
    {prepared, "stopped", stopped},  // something between the hooks failed
    {begun, "started", running, StartStep::started},
    {begun, "stopped", stopped},
    {running, "reconnect", running},
    {running, "stopped", stopped},
    {failing, "stopped", stopped},
    {stopped, "release", absent},
};

constexpr Transition kNetwork[] = {
    {absent, "start", begun, StartStep::start},
    {absent, "updated", absent},  // of the definition only
    {begun, "started", running, StartStep::started},
    {running, "updated", running},
    {running, "port-created", running},
    {running, "port-deleted", running},
    {running, "plugged", running},
    {running, "unplugged", running},
    {running, "stopped", absent},
    // Since libvirt 11 a refused start is taken down with `stopped`; before, by nothing.
    {failing, "stopped", absent},
    {failing, "start", begun, StartStep::start},
    {failing, "updated", failing},
};

struct Table {
  const Transition* begin;
  const Transition* end;
};

std::optional<Table> table_of(const std::string& driver) {
  if (driver == "network") return Table{std::begin(kNetwork), std::end(kNetwork)};
  if (driver_rules(driver) != nullptr) return Table{std::begin(kGuest), std::end(kGuest)};
  return {};
}

const Transition* find(const Table& table, LifeState from, std::string_view operation) {
  const auto* found =
      std::find_if(table.begin, table.end, [&](const Transition& transition) {
        return transition.from == from && transition.operation == operation;
      });
  return found == table.end ? nullptr : found;
}

// Where this operation leads to wherever it comes from.
const Transition* find_anywhere(const Table& table, std::string_view operation) {
  const auto* found = std::find_if(
      table.begin, table.end,
      [&](const Transition& transition) { return transition.operation == operation; });
  return found == table.end ? nullptr : found;
}

// States that a call may find besides the one the record leads to.
std::vector<LifeState> also_possible(const std::string& driver, LifeState state) {
  const DriverRules* rules = driver_rules(driver);
  switch (state) {
    case unseen:
      return {absent, running};
    // What is let in may fail before its first hook.
    case arriving:
      return {absent};
    // Drivers that do not clean up after a failure leave without a call.
    case prepared:
      if (rules != nullptr && rules->cleaned_up_from > StartStep::allocate)
        return {absent};
      return {};
    case begun:
      if (driver == "network") return {};
      if (rules != nullptr && rules->cleaned_up_from > StartStep::process)
        return {absent};
      return {};
    default:
      return {};
  }
}

LifeState after_failure(const std::string& driver, const Transition& transition) {
  if (driver == "network") return transition.from == running ? running : failing;
  if (transition.operation == "stopped" || transition.operation == "release")
    return transition.if_well;  // nobody asks
  if (transition.operation == "reconnect") return failing;
  if (transition.step == StartStep::never) return absent;  // a filter
  return transition.step >= driver_rules(driver)->cleaned_up_from ? failing : absent;
}

// bhyve's reboot begins with `start`.
bool restarts_without_prepare(const std::string& driver) {
  const DriverRules* rules = driver_rules(driver);
  return rules != nullptr && rules->reboot_restarts && !rules->reboot_prepares;
}

// Reasons of a release that only a guest which had started can come to.
bool needs_to_have_run(std::string_view reason) {
  return reason == "shutdown" || reason == "saved" || reason == "migrated" ||
         reason == "from snapshot";
}

bool begins(std::string_view operation, const std::string& driver) {
  if (driver == "network") return operation == "start";
  return operation == "migrate" || operation == "restore" || operation == "prepare" ||
         operation == "attach";
}

Irregularity name_for(LifeState state, std::string_view operation,
                      const std::string& driver) {
  if (begins(operation, driver)) return Irregularity::never_released;
  const bool ends = operation == "stopped" || operation == "release";
  if (ends && state == absent) return Irregularity::stopped_without_start;
  if (state == running && operation == "started") return Irregularity::out_of_order;
  if (state == stopped || (ends && operation == "stopped"))
    return Irregularity::out_of_order;
  return Irregularity::missing_call;
}

}  // namespace

std::string_view to_string(Irregularity irregularity) {
  switch (irregularity) {
    case Irregularity::missing_call:
      return "missing-call";
    case Irregularity::stopped_without_start:
      return "stopped-without-start";
    case Irregularity::never_released:
      return "never-released";
    case Irregularity::out_of_order:
      return "out-of-order";
    case Irregularity::unfinished:
      return "unfinished";
  }
  return "unfinished";
}

LifeStep LifecycleReader::read(const std::string& operation, const std::string& extra,
                               Ended ended) {
  LifeStep told;
  const auto table = table_of(driver_);
  const Transition* anywhere = table ? find_anywhere(*table, operation) : nullptr;
  if (anywhere == nullptr) {
    told.first = state_ == unseen;
    return told;
  }
  const Transition* transition = find(*table, state_, operation);
  for (const LifeState other : also_possible(driver_, state_))
    if (transition == nullptr) transition = find(*table, other, operation);
  if (transition == nullptr && state_ == absent && operation == "start" &&
      restarts_without_prepare(driver_))
    transition = find(*table, prepared, operation);
  if (state_ == unsure) transition = anywhere;

  told.first = state_ == unseen || transition == nullptr
                   ? state_ == unseen || begins(operation, driver_)
                   : transition->from == absent || state_ == absent;
  if (transition == nullptr) {
    told.irregularity = name_for(state_, operation, driver_);
    told.expected = expected();
    transition = anywhere;
  }
  if (operation == "stopped") never_ran_ = state_ == prepared || state_ == begun;
  if (operation == "release" && never_ran_ && needs_to_have_run(extra) &&
      !told.irregularity)
    told.irregularity = Irregularity::missing_call;
  if (ended == Ended::unknown)
    state_ = unsure;
  else
    state_ =
        ended == Ended::well ? transition->if_well : after_failure(driver_, *transition);
  told.last = state_ == absent || (driver_ == "network" && state_ == failing);
  return told;
}

std::string LifecycleReader::expected() const {
  const auto table = table_of(driver_);
  if (!table) return {};
  std::vector<LifeState> states = also_possible(driver_, state_);
  states.push_back(state_);
  std::string words;
  for (const auto* at = table->begin; at != table->end; ++at)
    if (std::ranges::find(states, at->from) != states.end())
      words += (words.empty() ? "" : " or ") + std::string(at->operation);
  return words;
}

std::optional<Irregularity> LifecycleReader::at_end() const {
  switch (state_) {
    case unseen:
    case absent:
    case arriving:
    case running:
    case unsure:
      return {};
    case failing:
      if (driver_ == "network") return {};
      return Irregularity::unfinished;
    case prepared:
    case begun:
      // Where a failure is followed by nothing, this may be all there was.
      if (!also_possible(driver_, state_).empty()) return {};
      return Irregularity::unfinished;
    case stopped:
      return Irregularity::unfinished;
  }
  return {};
}

}  // namespace hookjournal
