#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/unique_fd.h"

// The socket between the process that answers libvirt and the one that writes the
// journal.
namespace hookjournal {

// From the answering process: one byte of kind, four of length, the payload.
enum class Message : char {
  input = 'i',      // what the script may read, as it passes
  secret = 's',     // in the input, but not in what is kept of it
  input_end = 'I',  // there is no more; the length of all that passed, decimal
  out = 'o',
  err = 'e',
  ended = 'x',    // facts of the end, without the streams' bytes (facts_codec.h)
  gave_up = 'g',  // why: the script runs on in our place, and nobody sees its end
};

// From the writer: one byte.
enum class Ack : char {
  hello = 'h',    // it holds none of libvirt's descriptors any more
  durable = 'd',  // the run is in the journal, on disk
  spooled = 's',  // the run is in the spool beside the journal, on disk
  counted = 'c',  // only a line about it is kept: the journal may take no more
  refused = 'n',  // it could keep nothing
};

// The answering side never waits in send(); the rest goes out with later calls.
class MessageSender {
 public:
  explicit MessageSender(UniqueFd socket) : socket_(std::move(socket)) {}
  void send(Message kind, std::string_view payload);
  void flush();  // as much as goes without waiting
  bool pending() const { return sent_ < queue_.size(); }
  bool broken() const { return broken_; }
  int fd() const { return socket_.get(); }
  // Nothing when none is there (yet).
  std::optional<Ack> receive();

 private:
  UniqueFd socket_;
  std::string queue_;
  std::size_t sent_ = 0;
  bool broken_ = false;  // the writer is gone
};

// The writer's side may wait.
class MessageReceiver {
 public:
  explicit MessageReceiver(UniqueFd socket) : socket_(std::move(socket)) {}

  struct Received {
    Message kind;
    std::string payload;
  };
  // Nothing after `patience` (forever when absent), or when the other side is gone:
  // closed().
  std::optional<Received> receive(std::optional<std::chrono::milliseconds> patience);
  bool closed() const { return closed_; }
  void acknowledge(Ack ack);
  int fd() const { return socket_.get(); }

 private:
  UniqueFd socket_;
  std::string buffer_;
  bool closed_ = false;
};

}  // namespace hookjournal
