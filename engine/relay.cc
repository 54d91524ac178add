#include "engine/relay.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

namespace hookjournal {

namespace {
constexpr std::size_t kPiece = 65536;
}

Relay::Relay(End source, End sink, OnRefusal on_refusal, std::size_t limit, Seen seen)
    : source_(std::move(source)),
      sink_(std::move(sink)),
      on_refusal_(on_refusal),
      limit_(limit),
      seen_(std::move(seen)) {
  // All that it will ever hold: carrying must not fail for want of memory.
  if (source_open() && sink_open()) pending_.reserve(limit_ + kPiece);
}

void Relay::feed(std::string bytes) {
  pending_ = std::move(bytes);
  if (pending_.empty()) close_sink();
}

void Relay::add_to(std::vector<pollfd>& polled) const {
  if (source_open() && pending_.size() - written_ < limit_)
    polled.push_back({source_.fd, POLLIN, 0});
  // Asked for even when there is nothing to write: POLLERR tells that the reader has
  // gone.
  if (sink_open())
    polled.push_back({sink_.fd, static_cast<short>(pending_.empty() ? 0 : POLLOUT), 0});
}

void Relay::handle(const std::vector<pollfd>& polled) {
  const int source = source_.fd;
  const int sink = sink_.fd;
  for (const pollfd& entry : polled) {
    if (entry.revents == 0) continue;
    if (entry.fd == source && (entry.events & POLLIN) != 0) read_some();
    if (entry.fd == sink && (entry.events & POLLIN) == 0) {
      if ((entry.revents & POLLERR) != 0)
        refuse();
      else if ((entry.revents & POLLOUT) != 0)
        write_some();
    }
  }
  // Most pieces fit at once: no need to be told that there is room.
  if (source >= 0 && !pending_.empty() && sink_open()) {
    pollfd room{sink_.fd, POLLOUT, 0};
    if (::poll(&room, 1, 0) == 1 && (room.revents & POLLOUT) != 0) write_some();
  }
}

void Relay::read_some() {
  char buffer[kPiece];
  const ssize_t count = ::read(source_.fd, buffer, sizeof buffer);
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (count <= 0) {
    close_source();
    return;
  }
  const std::string_view bytes(buffer, static_cast<std::size_t>(count));
  seen_(bytes);
  if (!sink_open()) return;
  // A reader that is always a little behind would have it grow without end.
  pending_.erase(0, written_);
  written_ = 0;
  pending_.append(bytes);
}

void Relay::write_some() {
  // A pipe that polls writable takes PIPE_BUF bytes without blocking. We must not make it
  // non-blocking: its other users would find it so.
  while (written_ < pending_.size()) {
    const std::size_t piece = std::min<std::size_t>(pending_.size() - written_, PIPE_BUF);
    const ssize_t count = ::write(sink_.fd, pending_.data() + written_, piece);
    if (count < 0) {
      if (errno == EINTR || errno == EAGAIN) return;
      refuse();
      return;
    }
    written_ += static_cast<std::size_t>(count);
    pollfd room{sink_.fd, POLLOUT, 0};
    if (written_ < pending_.size() &&
        (::poll(&room, 1, 0) != 1 || (room.revents & (POLLOUT | POLLERR)) != POLLOUT))
      break;
  }
  if (written_ < pending_.size()) return;
  pending_.clear();
  written_ = 0;
  if (!source_open()) close_sink();
}

void Relay::refuse() {
  refused_ = true;
  pending_.clear();
  written_ = 0;
  close_sink();
  if (on_refusal_ == OnRefusal::close_source) close_source();
}

void Relay::close_source() {
  source_ = {};
  if (pending_.empty()) close_sink();
}

void Relay::close_sink() { sink_ = {}; }

}  // namespace hookjournal
