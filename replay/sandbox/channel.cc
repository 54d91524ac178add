#include "replay/sandbox/channel.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <iterator>

#include "engine/error.h"

namespace hookjournal {

namespace {

using Length = std::uint64_t;

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool receive_all(int fd, char* to, std::size_t size) {
  while (size > 0) {
    const ssize_t got = ::recv(fd, to, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

// Room for one descriptor beside a message's length.
struct Ancillary {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> room{};
};

}  // namespace

std::pair<Channel, Channel> Channel::pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw Error(with_errno("cannot make a pair of sockets", errno));
  return {Channel(UniqueFd(ends[0])), Channel(UniqueFd(ends[1]))};
}

bool Channel::send(std::string_view message, int descriptor) {
  Length length = message.size();
  iovec parts[] = {{&length, sizeof length},
                   {const_cast<char*>(message.data()), message.size()}};
  msghdr header{};
  header.msg_iov = parts;
  header.msg_iovlen = std::size(parts);
  Ancillary ancillary;
  if (descriptor >= 0) {
    header.msg_control = ancillary.room.data();
    header.msg_controllen = ancillary.room.size();
    cmsghdr* control = CMSG_FIRSTHDR(&header);
    control->cmsg_level = SOL_SOCKET;
    control->cmsg_type = SCM_RIGHTS;
    control->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(control), &descriptor, sizeof descriptor);
  }
  ssize_t sent = 0;
  do sent = ::sendmsg(socket_.get(), &header, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  // Eight bytes of an empty or draining socket are never taken in part.
  if (sent < static_cast<ssize_t>(sizeof length)) return false;
  message.remove_prefix(static_cast<std::size_t>(sent) - sizeof length);
  return send_all(socket_.get(), message);
}

std::optional<Channel::Message> Channel::receive() {
  Length length = 0;
  iovec part{&length, sizeof length};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  Ancillary ancillary;
  header.msg_control = ancillary.room.data();
  header.msg_controllen = ancillary.room.size();
  ssize_t got = 0;
  do got = ::recvmsg(socket_.get(), &header, MSG_CMSG_CLOEXEC | MSG_WAITALL);
  while (got < 0 && errno == EINTR);
  Message message;
  for (cmsghdr* control = CMSG_FIRSTHDR(&header); got > 0 && control != nullptr;
       control = CMSG_NXTHDR(&header, control)) {
    if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS) continue;
    int descriptor = -1;
    std::memcpy(&descriptor, CMSG_DATA(control), sizeof descriptor);
    message.descriptor.reset(descriptor);
  }
  if (got != sizeof length) return {};
  message.bytes.resize(length);
  if (!receive_all(socket_.get(), message.bytes.data(), length)) return {};
  return message;
}

}  // namespace hookjournal
