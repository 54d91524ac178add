#include "engine/processes/socket_table.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <sstream>
#include <string_view>
#include <vector>

#include "engine/small_file.h"
#include "engine/unique_fd.h"

namespace hookjournal {

namespace {

using Sockets = std::map<std::uint64_t, SocketFacts>;

// A message's fixed part; false when it is shorter than that.
template <typename Part>
bool copy_from(std::string_view bytes, Part& part) {
  if (bytes.size() < sizeof part) return false;
  std::memcpy(&part, bytes.data(), sizeof part);
  return true;
}

std::string socket_path(std::string_view name) {
  if (name.empty()) return {};
  if (name.front() == '\0') return "@" + std::string(name.substr(1));
  return std::string(name.substr(0, name.find('\0')));
}

void add_unix_socket(std::string_view message, Sockets& sockets) {
  unix_diag_msg head{};
  if (!copy_from(message, head)) return;
  message.remove_prefix(NLMSG_ALIGN(sizeof head));
  SocketFacts& facts = sockets[head.udiag_ino];
  facts.kind = "unix";
  while (message.size() >= sizeof(rtattr)) {
    rtattr attribute{};
    copy_from(message, attribute);
    if (attribute.rta_len < sizeof attribute || attribute.rta_len > message.size())
      return;
    const std::string_view value =
        message.substr(sizeof attribute, attribute.rta_len - sizeof attribute);
    std::uint32_t inode = 0;
    if (attribute.rta_type == UNIX_DIAG_NAME) facts.local = socket_path(value);
    if (attribute.rta_type == UNIX_DIAG_PEER && copy_from(value, inode))
      facts.peer_inode = inode;
    message.remove_prefix(
        std::min<std::size_t>(RTA_ALIGN(attribute.rta_len), message.size()));
  }
}

// One datagram of the kernel's answer. False: it was the last.
bool take_messages(std::string_view bytes, Sockets& sockets) {
  nlmsghdr head{};
  while (copy_from(bytes, head)) {
    if (head.nlmsg_len < sizeof head || head.nlmsg_len > bytes.size()) return false;
    if (head.nlmsg_type == NLMSG_DONE || head.nlmsg_type == NLMSG_ERROR) return false;
    add_unix_socket(bytes.substr(NLMSG_HDRLEN, head.nlmsg_len - NLMSG_HDRLEN), sockets);
    bytes.remove_prefix(std::min<std::size_t>(NLMSG_ALIGN(head.nlmsg_len), bytes.size()));
  }
  return true;
}

// Where the kernel has no such table we know less: that is all.
void add_unix_sockets(Sockets& sockets) {
  const UniqueFd diag(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  struct {
    nlmsghdr head;
    unix_diag_req request;
  } message{};
  message.head.nlmsg_len = sizeof message;
  message.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  message.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  message.request.sdiag_family = AF_UNIX;
  message.request.udiag_states = ~0U;
  message.request.udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER;
  if (!diag || ::send(diag.get(), &message, sizeof message, 0) < 0) return;
  std::vector<char> buffer(64 << 10);
  for (;;) {
    const ssize_t got = ::recv(diag.get(), buffer.data(), buffer.size(), 0);
    if (got <= 0) break;
    if (!take_messages({buffer.data(), static_cast<std::size_t>(got)}, sockets)) break;
  }
  for (auto& [inode, facts] : sockets) {
    const auto peer = sockets.find(facts.peer_inode);
    if (facts.peer_inode != 0 && peer != sockets.end()) facts.peer = peer->second.local;
  }
}

// "0100007F:1F90": an address as the kernel has it in memory, in words of four bytes.
std::string address_text(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon % 8 != 0 || colon > 32) return {};
  std::array<std::uint32_t, 4> words{};
  for (std::size_t i = 0; i < colon / 8; ++i)
    std::from_chars(text.data() + 8 * i, text.data() + 8 * i + 8, words[i], 16);
  unsigned port = 0;
  std::from_chars(text.data() + colon + 1, text.data() + text.size(), port, 16);
  const bool six = colon == 32;
  std::array<char, INET6_ADDRSTRLEN> host{};
  ::inet_ntop(six ? AF_INET6 : AF_INET, words.data(), host.data(), host.size());
  const std::string address = six ? "[" + std::string(host.data()) + "]" : host.data();
  return address + ":" + std::to_string(port);
}

// "  0: LOCAL REMOTE STATE TX:RX TR:WHEN RETRANSMITS UID TIMEOUT INODE ..."
void add_inet_sockets(pid_t pid, const char* table, const char* kind, Sockets& sockets) {
  std::istringstream lines(
      read_small_file("/proc/" + std::to_string(pid) + "/net/" + table).value_or(""));
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string number, local, remote, unused;
    std::uint64_t inode = 0;
    words >> number >> local >> remote;
    for (int i = 0; i < 6; ++i) words >> unused;
    if (!(words >> inode) || inode == 0) continue;
    SocketFacts facts{.kind = kind, .local = address_text(local)};
    // Port 0: connected to nothing.
    if (!remote.ends_with(":0000")) facts.peer = address_text(remote);
    sockets[inode] = std::move(facts);
  }
}

}  // namespace

std::map<std::uint64_t, SocketFacts> sockets_of(pid_t pid) {
  Sockets sockets;
  add_unix_sockets(sockets);
  for (const char* table : {"tcp", "tcp6"}) add_inet_sockets(pid, table, "tcp", sockets);
  for (const char* table : {"udp", "udp6"}) add_inet_sockets(pid, table, "udp", sockets);
  return sockets;
}

std::optional<std::uint64_t> inode_in(const std::string& target,
                                      const std::string& kind) {
  const std::string prefix = kind + ":[";
  if (!target.starts_with(prefix)) return {};
  std::uint64_t inode = 0;
  const auto parsed = std::from_chars(target.data() + prefix.size(),
                                      target.data() + target.size(), inode);
  if (parsed.ec != std::errc()) return {};
  return inode;
}

}  // namespace hookjournal
