#pragma once

namespace hookjournal {

// What the maker's side tells a keeper: one of these, then the argument.
enum KeeperRequest : char {
  kAddTree = 't',   // 64 digits, then encoded files
  kDropTree = 'x',  // 64 digits
  kOpen = 'o',      // an encoded SceneRequest, with the sandbox's end of a channel
};

// Where the program that becomes a keeper finds its end of the channel. Its one argument
// is the version of who started it.
constexpr int kKeeperSocket = 3;

// The life of the process that all sandboxes of a maker come from: it holds what they
// share, on memory in a mount namespace of its own, and is small, so that they are born
// fast. Ends when the other side is gone, and its sandboxes with it. Its first message,
// after it was told the encoded settings, is kDone or kFailed with an error.
[[noreturn]] void live_as_sandbox_keeper();

}  // namespace hookjournal
