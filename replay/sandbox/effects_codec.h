#pragma once

#include <string>
#include <string_view>

#include "replay/sandbox/effects.h"

// What a script did, as part of a sandbox's messages; see sandbox_codec.h.
namespace hookjournal {

std::string encode_ending(const Ending& ending);
Ending decode_ending(std::string_view message);

std::string encode_change(const FileChange& change);
FileChange decode_file_change(std::string_view message);

std::string encode_change(const NetworkChange& change);
NetworkChange decode_network_change(std::string_view message);

std::string encode_effects(const Effects& effects);
Effects decode_effects(std::string_view message);

}  // namespace hookjournal
