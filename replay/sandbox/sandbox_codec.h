#pragma once

#include <string>
#include <string_view>

#include "replay/sandbox/effects.h"
#include "replay/sandbox/sandbox.h"
#include "replay/sandbox/scene.h"

// The messages between a replay, the keeper of its sandboxes and their first processes.
// All of the same version at the same moment: no format that lasts.
namespace hookjournal {

std::string encode(const SandboxedRun& run);
SandboxedRun decode_run(std::string_view message);

// Without the input, which the other side has.
std::string encode(const ObservedRun& run);
ObservedRun decode_observed(std::string_view message);

std::string encode(const Remains& remains);
Remains decode_remains(std::string_view message);

struct SceneRequest {
  ScenePlan scene;
  std::vector<std::string> bridges, taps;
  std::string host_name;
  int last_pid = 0;
};
std::string encode(const SceneRequest& request);
SceneRequest decode_scene(std::string_view message);

std::string encode(const std::vector<ScriptsTree::File>& files);
std::vector<ScriptsTree::File> decode_files(std::string_view message);

}  // namespace hookjournal
