#pragma once

#include <stdexcept>
#include <string>

namespace hookjournal {

// A world that refuses: says what was tried, on what, why it failed and, where known,
// what to do. Caught in two places: cli/main.cc prints it; the hook notes it and carries
// on, for trouble with the journal never changes libvirt's answer.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The user asked for something that cannot be meant: exit status 2 instead of 3.
class UsageError : public Error {
 public:
  using Error::Error;
};

// "WHAT: strerror(errno_value)"
std::string with_errno(const std::string& what, int errno_value);

}  // namespace hookjournal
