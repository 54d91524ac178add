#include "journal/writer_link.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace hookjournal {

namespace {
constexpr std::size_t kHead = 5;
}

void MessageSender::send(Message kind, std::string_view payload) {
  if (broken_) return;
  queue_ += static_cast<char>(kind);
  for (int shift = 0; shift < 32; shift += 8)
    queue_ += static_cast<char>(payload.size() >> shift & 0xff);
  queue_.append(payload);
  flush();
}

void MessageSender::flush() {
  while (pending() && !broken_) {
    const ssize_t count = ::send(socket_.get(), queue_.data() + sent_,
                                 queue_.size() - sent_, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == ENOBUFS)) return;
    if (count < 0) {
      broken_ = true;
      break;
    }
    sent_ += static_cast<std::size_t>(count);
  }
  queue_.clear();
  sent_ = 0;
}

std::optional<Ack> MessageSender::receive() {
  char byte = 0;
  const ssize_t count = ::recv(socket_.get(), &byte, 1, MSG_DONTWAIT);
  if (count == 1) return static_cast<Ack>(byte);
  if (count == 0 || (errno != EAGAIN && errno != EINTR)) broken_ = true;
  return {};
}

std::optional<MessageReceiver::Received> MessageReceiver::receive(
    std::optional<std::chrono::milliseconds> patience) {
  for (;;) {
    if (buffer_.size() >= kHead) {
      std::size_t size = 0;
      for (std::size_t i = kHead; i-- > 1;)
        size = size << 8 | static_cast<unsigned char>(buffer_[i]);
      if (buffer_.size() >= kHead + size) {
        Received received{static_cast<Message>(buffer_[0]), buffer_.substr(kHead, size)};
        buffer_.erase(0, kHead + size);
        return received;
      }
    }
    if (closed_) return {};
    pollfd readable{socket_.get(), POLLIN, 0};
    const int ready =
        ::poll(&readable, 1, patience ? static_cast<int>(patience->count()) : -1);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return {};
    char chunk[65536];
    const ssize_t count = ::recv(socket_.get(), chunk, sizeof chunk, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0)
      closed_ = true;
    else
      buffer_.append(chunk, static_cast<std::size_t>(count));
  }
}

void MessageReceiver::acknowledge(Ack ack) {
  const char byte = static_cast<char>(ack);
  // The other side may have given up waiting.
  if (::send(socket_.get(), &byte, 1, MSG_NOSIGNAL) < 0) closed_ = true;
}

}  // namespace hookjournal
