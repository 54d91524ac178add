#include "replay/sandbox/network/netlink_socket.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstddef>
#include <optional>

#include "engine/error.h"

namespace hookjournal {

namespace {

// The kernel allocates as much as the reader offers, for each answer.
constexpr std::size_t kBufferSize = 16 << 10;

ssize_t receive_bytes(int fd, char* into, std::size_t size, int flags) {
  for (;;) {
    const ssize_t count = ::recv(fd, into, size, flags);
    if (count >= 0 || errno != EINTR) return count;
  }
}

}  // namespace

NetlinkSocket::NetlinkSocket(int protocol)
    : fd_(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol)) {
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  if (!fd_ ||
      ::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw Error(with_errno(
        "cannot open a netlink socket (protocol " + std::to_string(protocol) + ")",
        errno));
}

int NetlinkSocket::ask(NetlinkRequest& request, const Receive& receive) {
  buffer_.resize(kBufferSize);
  std::string& bytes = request.bytes();
  ++sequence_;
  std::memcpy(bytes.data() + offsetof(nlmsghdr, nlmsg_seq), &sequence_, sizeof sequence_);
  if (::send(fd_.get(), bytes.data(), bytes.size(), 0) < 0)
    throw Error(with_errno("cannot send a netlink request", errno));
  bool interrupted = false;
  for (;;) {
    const ssize_t count = receive_bytes(fd_.get(), buffer_.data(), buffer_.size(), 0);
    if (count < 0) throw Error(with_errno("cannot read a netlink answer", errno));
    for (const NetlinkMessage& message :
         messages_in(Bytes(buffer_.data(), static_cast<std::size_t>(count)))) {
      if (message.flags & NLM_F_DUMP_INTR) interrupted = true;
      if (message.type == NLMSG_DONE) return interrupted ? EINTR : -message.header<int>();
      if (message.type == NLMSG_ERROR) return -message.header<nlmsgerr>().error;
      receive(message);
      if (!(message.flags & NLM_F_MULTI)) {
        // Without an acknowledgement asked for, one message is the whole answer.
        const auto sent = NetlinkMessage{0, 0, bytes}.header<nlmsghdr>();
        if (!(sent.nlmsg_flags & NLM_F_ACK)) return 0;
      }
    }
  }
}

bool NetlinkSocket::subscribe(unsigned group) {
  return ::setsockopt(fd_.get(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
                      sizeof group) == 0;
}

bool NetlinkSocket::has_news() const {
  char byte = 0;
  // ENOBUFS: more came than fits.
  return receive_bytes(fd_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT | MSG_TRUNC) > 0 ||
         (errno != EAGAIN && errno != EWOULDBLOCK);
}

void NetlinkSocket::drop_news() {
  char byte = 0;
  while (receive_bytes(fd_.get(), &byte, 1, MSG_DONTWAIT | MSG_TRUNC) > 0 ||
         errno == ENOBUFS) {
  }
}

}  // namespace hookjournal
