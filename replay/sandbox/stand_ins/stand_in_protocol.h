#pragma once

#include <cstddef>
#include <cstdint>

// How a stand-in asks what to answer: one call and one answer over a stream socket in the
// sandbox. Both ends are the same build on the same machine: numbers as they lie in
// memory. Nothing but C in here, the program at the other end has no standard library.
namespace hookjournal {

inline constexpr char kStandInSocket[] = "/.hookjournal/stand-ins";

// Followed by `bytes` bytes: texts, each ended by '\0'. The program as the kernel
// executed it, the working directory, then the arguments from argv[0] on.
struct StandInCallHead {
  std::uint32_t bytes;
};

// Longer ones are dropped; the kernel takes 6 MiB of arguments at most.
inline constexpr std::uint32_t kLongestStandInCall = 8 << 20;

// Followed by what to write to stdout and to stderr.
struct StandInAnswerHead {
  std::int32_t exit_status;
  std::uint32_t reads_input;  // to its end, before anything is written
  std::uint32_t out_bytes;
  std::uint32_t err_bytes;
};

// The status without an answer, as of a shell that finds no such command.
inline constexpr int kNobodyAnswers = 127;

}  // namespace hookjournal
