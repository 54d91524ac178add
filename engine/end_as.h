#pragma once

#include "engine/ending.h"

namespace hookjournal {

// Ends this process as a script ended, so that whoever waits for us sees its ending: a
// signal as that signal, but without a core of ours.
[[noreturn]] void end_as(const Ending& ending);

}  // namespace hookjournal
