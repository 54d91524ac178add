#pragma once

#include <string>
#include <string_view>

#include "engine/language.h"

namespace hookjournal {

// What follows a launcher's first line, for a call that was under way when the launcher
// took the script's place: the kernel had started the script's interpreter, which opens
// the script by its name, and finds the launcher. Read as a script of this language it
// must not pass for one that does nothing and succeeds. Nothing for what the kernel loads
// itself, and for perl, which follows a first line that is not its own.
std::string launcher_body(const std::string& original, Language language);

// Whether a launcher has such a body, and nothing else.
bool has_launcher_body(std::string_view launcher);

}  // namespace hookjournal
