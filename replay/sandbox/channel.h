#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/unique_fd.h"

namespace hookjournal {

// One end of a stream socket between two of our own processes. Messages are bytes of any
// length; one may carry a descriptor.
class Channel {
 public:
  explicit Channel(UniqueFd socket) : socket_(std::move(socket)) {}
  // Both ends; closed on exec.
  static std::pair<Channel, Channel> pair();

  int fd() const { return socket_.get(); }
  void close() { socket_.reset(); }
  UniqueFd take() { return std::move(socket_); }

  // False when the other end is gone.
  bool send(std::string_view message, int descriptor = -1);
  struct Message {
    std::string bytes;
    UniqueFd descriptor;
  };
  // Waits. Nothing when the other end is gone.
  std::optional<Message> receive();

 private:
  UniqueFd socket_;
};

}  // namespace hookjournal
