#include "replay/sandbox_hooks.h"

#include <utility>

#include "replay/sandbox_runner.h"
#include "replay/simulation/script_hooks.h"

namespace hookjournal {

SandboxHooks::SandboxHooks(SandboxMaker& maker, RunObserver& observer, Setting setting)
    : maker_(maker), observer_(observer), setting_(std::move(setting)) {
  // As libvirt's system daemons run them.
  context_.environment = setting_.environment;
  context_.working_directory = "/";
}

void SandboxHooks::begin(const SimulatedGuest& guest, const SimulatedNetwork* network) {
  sandbox_.reset();
  network_file_.reset();
  links_ = {};
  const HookCall of_guest{.driver = guest.driver,
                          .object = guest.name,
                          .operation = "prepare",
                          .input = guest.definition};
  guest_file_ = definition_file(of_guest);
  if (setting_.with_links) add_links(of_guest, links_);
  if (network == nullptr) return;
  const HookCall of_network{.driver = "network",
                            .object = network->name,
                            .operation = "start",
                            .input = network_input(*network, nullptr, nullptr)};
  network_file_ = definition_file(of_network);
  if (setting_.with_links) add_links(of_network, links_);
}

void SandboxHooks::open(const HookCall& first) {
  SandboxPlan plan{.hooks_dir = kHooksOfLibvirt,
                   .tree = &setting_.tree,
                   .files = {},
                   .bridges = links_.bridges,
                   .taps = links_.taps,
                   .host_name = {}};
  if (network_file_) plan.files.push_back(*network_file_);
  // The host that a guest migrates to does not know it yet.
  if (guest_file_ && first.operation != "migrate") plan.files.push_back(*guest_file_);
  sandbox_ = maker_.open(plan);
}

Answer SandboxHooks::call(const HookCall& call) {
  seen_.clear();
  Discovery found = discover(setting_.tree, call.driver);
  keep_scripts_of(setting_.version, call.driver, found);
  if (found.scripts.empty() && !found.bad_directory) return {.no_hook = true};
  if (!sandbox_) open(call);
  SandboxRunner runner(*sandbox_, context_, &observer_);
  Answer answer = HookEngine(runner, runner, setting_.environment)
                      .answer(call, kHooksOfLibvirt, found);
  seen_ = std::move(runner.runs);
  return answer;
}

}  // namespace hookjournal
