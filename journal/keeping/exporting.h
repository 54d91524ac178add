#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "journal/keeping/bundle.h"
#include "journal/selection.h"

namespace hookjournal {

// What is to be replaced in a stream on its way out; returns how many secrets were.
using RedactStream = std::function<std::uint64_t(std::string& bytes)>;

// The selected calls with all they refer to. `streams` is for what scripts read and
// printed, `others` for the scripts and their environment; both may be empty.
Bundle export_calls(const std::filesystem::path& journal, const Selection& selection,
                    const RedactStream& streams, const RedactStream& others = {});

}  // namespace hookjournal
