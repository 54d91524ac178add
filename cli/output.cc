#include "cli/output.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "cli/escape.h"
#include "engine/error.h"

namespace hookjournal {

namespace {

constexpr std::size_t kHeldBack = 1 << 16;

// Thrown through a command when nobody reads on; no error.
struct ReaderLeft {};

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

// As setlocale() would choose; the locale itself need not be installed for a terminal to
// speak UTF-8.
bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view value = variable(name);
    if (value.empty()) continue;
    return value.find("UTF-8") != std::string_view::npos ||
           value.find("utf8") != std::string_view::npos ||
           value.find("UTF8") != std::string_view::npos ||
           value.find("utf-8") != std::string_view::npos;
  }
  return false;
}

std::string_view code_of(Style style) {
  switch (style) {
    case Style::heading:
      return "\x1b[1m";
    case Style::bad:
      return "\x1b[31m";
    case Style::good:
      return "\x1b[32m";
    case Style::warning:
      return "\x1b[33m";
    case Style::faint:
      return "\x1b[2m";
    case Style::plain:
      break;
  }
  return "";
}

}  // namespace

Output::Output(Paging paging) : terminal_(::isatty(STDOUT_FILENO) == 1) {
  if (!terminal_) return;
  const std::string_view kind = variable("TERM");
  smart_ = !kind.empty() && kind != "dumb";
  colour_ = smart_ && variable("NO_COLOR").empty();
  paged_ = smart_ && paging == Paging::when_on_terminal;
  utf8_ = locale_is_utf8();
  winsize size{};
  const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
  width_ = known && size.ws_col > 0 ? size.ws_col : 80;
  height_ = known && size.ws_row > 0 ? size.ws_row : 24;
}

Output::~Output() = default;

void Output::text(std::string_view text) {
  if (utf8_)
    bytes(text);
  else
    bytes(ascii_only(text));
}

void Output::text(std::string_view shown, Style style) {
  const std::string_view code = colour_ ? code_of(style) : "";
  if (!code.empty()) bytes(code);
  text(shown);
  if (!code.empty()) bytes("\x1b[0m");
}

void Output::bytes(std::string_view bytes) {
  held_back_ += bytes;
  if (held_back_.size() >= kHeldBack) flush();
}

void Output::flush() {
  if (held_back_.empty()) return;
  if (paged_ && !pager_) {
    // Not before there is something to show: an error goes to the bare terminal.
    if (const auto command = pager_command()) pager_ = std::make_unique<Pager>(*command);
    paged_ = pager_ != nullptr;
  }
  std::string_view rest = held_back_;
  while (!rest.empty()) {
    const int fd = pager_ ? pager_->fd() : STDOUT_FILENO;
    const ssize_t written = ::write(fd, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) {
      // Somebody we share it with made it non-blocking.
      pollfd room{fd, POLLOUT, 0};
      ::poll(&room, 1, -1);
      continue;
    }
    if (written < 0 && errno == EPIPE && pager_) throw ReaderLeft();
    if (written < 0) throw Error(with_errno("cannot write the result", errno));
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  held_back_.clear();
}

void Output::finish() {
  flush();
  if (pager_) pager_->finish();
}

void Output::finish_early() {
  held_back_.clear();
  finish();
}

void write_output(Output::Paging paging, const std::function<void(Output&)>& write) {
  Output output(paging);
  try {
    write(output);
    output.finish();
  } catch (const ReaderLeft&) {
    // It may have been no reader at all, but a pager that could not run.
    output.finish_early();
  }
}

}  // namespace hookjournal
