#pragma once

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <optional>
#include <stdexcept>
#include <string>

namespace hookjournal {

// An environment variable while it lives; null: none of that name.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* before = ::getenv(name)) before_ = before;
    value != nullptr ? ::setenv(name, value, 1) : ::unsetenv(name);
  }
  ~Variable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

// An environment that is the same whoever runs the tests.
struct PlainEnvironment {
  Variable term{"TERM", "xterm"}, no_colour{"NO_COLOR", nullptr}, pager{"PAGER", "cat"},
      all{"LC_ALL", "C.UTF-8"}, less{"LESS", nullptr};
};

// What is written to a terminal of this size: at most its buffer of 4 KiB.
class PseudoTerminal {
 public:
  struct Size {
    unsigned short columns = 120, rows = 24;
  };

  PseudoTerminal() : PseudoTerminal(Size{}) {}
  explicit PseudoTerminal(Size size)
      : master_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    if (master_ < 0 || ::grantpt(master_) != 0 || ::unlockpt(master_) != 0)
      throw std::runtime_error("no pseudo terminal");
    slave_ = ::open(::ptsname(master_), O_RDWR | O_NOCTTY | O_CLOEXEC);
    const winsize window{size.rows, size.columns, 0, 0};
    ::ioctl(slave_, TIOCSWINSZ, &window);
  }
  ~PseudoTerminal() {
    ::close(master_);
    ::close(slave_);
  }
  PseudoTerminal(const PseudoTerminal&) = delete;
  PseudoTerminal& operator=(const PseudoTerminal&) = delete;

  // A descriptor of it; the caller's.
  int open() const { return ::fcntl(slave_, F_DUPFD_CLOEXEC, 3); }

  // What has been written so far, newlines as they were.
  std::string written() const {
    ::fcntl(master_, F_SETFL, O_NONBLOCK);
    char part[8192];
    std::string all;
    for (ssize_t got; (got = ::read(master_, part, sizeof part)) > 0;)
      all.append(part, static_cast<std::size_t>(got));
    for (std::size_t at = 0; (at = all.find("\r\n", at)) != std::string::npos;)
      all.erase(at, 1);
    return all;
  }

 private:
  int master_, slave_ = -1;
};

}  // namespace hookjournal
