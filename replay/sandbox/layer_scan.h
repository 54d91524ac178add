#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "replay/sandbox/effects.h"
#include "replay/sandbox/scene.h"

namespace hookjournal {

// What the layers of a sandbox hold, path by path. Nothing: removed.
using Manifest = std::map<std::string, std::optional<FileState>>;

// What is written in these layers now and differs from what lies below. What was only
// opened for writing, or touched, does not differ.
Manifest scan_layers(const std::vector<Layer>& layers);

// What changed from one manifest to a later one of the same layers. A path that only one
// of them names is in the other as it is below the layer.
std::vector<FileChange> manifest_changes(const Manifest& before, const Manifest& after,
                                         const std::vector<Layer>& layers);

}  // namespace hookjournal
