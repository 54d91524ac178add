#pragma once

#include <string>

namespace hookjournal {

enum class Language { shell, python, perl, other };

// What a script is written in, by its first line without the recorder's words.
Language language_of(const std::string& text);

}  // namespace hookjournal
