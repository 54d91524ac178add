#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Guests, scripts and whoever names them write what they like; none of it may move a
// cursor, retitle a window, turn the reading direction or hide. Everything that is shown
// as text goes through here, whether a terminal is there or not: the reader of a pipe is
// often one.
namespace hookjournal {

enum class Keep {
  nothing,
  lines,  // newline and tab stay what they are
};

// Valid UTF-8 that shows all of `bytes`: control bytes, DEL and bytes that are no UTF-8
// as \xNN; C1 controls, marks of direction, invisible and separator characters as \u{..}.
// A backslash stays one, so the text is for reading, not for decoding.
std::string visible(std::string_view bytes, Keep keep = Keep::nothing);

// For a terminal that does not speak UTF-8, where some bytes of a harmless letter are
// controls: everything beyond ASCII of valid UTF-8 as \u{..}.
std::string ascii_only(std::string_view text);

// Columns that visible text takes: two for the wide characters of East Asia and for
// emoji, none for combining ones.
std::size_t display_width(std::string_view text);

// As much as fits `width` columns, with "..." at the end when that is not all.
std::string cut_to_width(std::string_view text, std::size_t width);

}  // namespace hookjournal
