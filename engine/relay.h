#pragma once

#include <poll.h>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/unique_fd.h"

namespace hookjournal {

// Carries bytes from one descriptor to another, as they come, holding at most `limit`
// back while the reader is slow. Never blocks on either side.
class Relay {
 public:
  using Seen = std::function<void(std::string_view)>;

  // Either end may be missing: no source (bytes are given with `feed`), no sink (bytes
  // are only seen). `owned` ends are closed when done; libvirt's own descriptors are not
  // ours.
  struct End {
    int fd = -1;
    UniqueFd owned;
  };
  static End borrowed(int fd) { return {fd, UniqueFd()}; }
  static End owned(UniqueFd fd) {
    const int number = fd.get();
    return {number, std::move(fd)};
  }

  // A sink that refuses (its reader is gone) makes an output relay close its source, so
  // that the writer behind it hears of it as it would have; an input relay goes on
  // reading, so that what was offered is seen.
  enum class OnRefusal { close_source, keep_reading };

  Relay(End source, End sink, OnRefusal on_refusal, std::size_t limit, Seen seen);

  void feed(std::string bytes);

  int source_fd() const { return source_.fd; }
  int sink_fd() const { return sink_.fd; }
  bool source_open() const { return source_.fd >= 0; }
  bool sink_open() const { return sink_.fd >= 0; }
  bool refused() const { return refused_; }
  // Nothing more will be carried.
  bool done() const { return !source_open() && pending_.empty(); }

  void add_to(std::vector<pollfd>& polled) const;
  void handle(const std::vector<pollfd>& polled);

  void close_source();

 private:
  void read_some();
  void write_some();
  void refuse();
  void close_sink();

  End source_, sink_;
  OnRefusal on_refusal_;
  std::size_t limit_;
  Seen seen_;
  std::string pending_;
  std::size_t written_ = 0;  // of pending_
  bool refused_ = false;
};

}  // namespace hookjournal
