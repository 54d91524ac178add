#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "cli/pager.h"

namespace hookjournal {

enum class Style { plain, heading, bad, good, warning, faint };

// Standard output as commands write results to it. A terminal gets colour (unless
// NO_COLOR is set or TERM is dumb), a pager and, when its locale is not UTF-8, nothing
// beyond ASCII; anything else gets plain text.
class Output {
 public:
  enum class Paging { never, when_on_terminal };

  explicit Output(Paging paging);
  ~Output();

  bool terminal() const { return terminal_; }
  // Columns and lines of the terminal; 0 without one.
  std::size_t width() const { return width_; }
  std::size_t height() const { return height_; }

  // Text that is safe to show: ours, or out of visible().
  void text(std::string_view text);
  void text(std::string_view text, Style style);
  // As it is.
  void bytes(std::string_view bytes);

  // Writes what is still held back and waits for the pager. Throws Error when a result
  // could not be written: half a result must not look like a whole one.
  void finish();
  // Waits for the pager only: its reader wants no more.
  void finish_early();

 private:
  void flush();

  bool terminal_ = false, smart_ = false, colour_ = false, utf8_ = true, paged_ = false;
  std::size_t width_ = 0, height_ = 0;
  std::string held_back_;
  std::unique_ptr<Pager> pager_;
};

// Runs `write` and finishes its output. A reader who leaves a pager early ends it, and
// all is well.
void write_output(Output::Paging paging, const std::function<void(Output&)>& write);

}  // namespace hookjournal
