#pragma once

#include <string>
#include <string_view>

#include "replay/sandbox/sandbox.h"

// The first message that the keeper of sandboxes gets. See sandbox_codec.h.
namespace hookjournal {

std::string encode(const SandboxSettings& settings);
SandboxSettings decode_settings(std::string_view message);

}  // namespace hookjournal
