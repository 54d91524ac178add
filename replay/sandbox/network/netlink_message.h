#pragma once

#include <linux/netlink.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The layout of netlink's messages: a header, a struct of the family, attributes that
// may hold attributes. Nothing here trusts a length: what reaches beyond its message is
// taken for absent.
namespace hookjournal {

using Bytes = std::string_view;

// The attributes of a message, or those within an attribute. A view: the bytes outlive
// it.
class NetlinkAttributes {
 public:
  NetlinkAttributes() = default;
  explicit NetlinkAttributes(Bytes bytes) : bytes_(bytes) {}

  struct Item {
    unsigned type = 0;  // without the flags for nesting and byte order
    Bytes value;
  };
  // In order; stops where the lengths make no sense.
  std::vector<Item> items() const;
  // The last of that type, as the kernel takes it.
  std::optional<Bytes> find(unsigned type) const;

  bool has(unsigned type) const { return find(type).has_value(); }
  NetlinkAttributes nested(unsigned type) const {
    return NetlinkAttributes(find(type).value_or(Bytes()));
  }
  // Without the terminating zero; empty when absent.
  std::string text(unsigned type) const;
  // Of 1, 2, 4 or 8 bytes, in the host's byte order.
  std::optional<std::uint64_t> number(unsigned type) const;

 private:
  Bytes bytes_;
};

// In the host's byte order; nothing for a length that no number has.
std::optional<std::uint64_t> number_of(Bytes value);

struct NetlinkMessage {
  unsigned type = 0;
  unsigned flags = 0;
  Bytes payload;  // behind nlmsghdr

  // The struct of the family that the payload begins with, zeroes where it is shorter.
  template <typename Header>
  Header header() const {
    Header header{};
    std::memcpy(&header, payload.data(), std::min(sizeof header, payload.size()));
    return header;
  }
  template <typename Header>
  NetlinkAttributes attributes() const {
    const std::size_t offset = NLMSG_ALIGN(sizeof(Header));
    return NetlinkAttributes(offset < payload.size() ? payload.substr(offset) : Bytes());
  }
};

// Those in what one read from a netlink socket gave.
std::vector<NetlinkMessage> messages_in(Bytes datagram);

// A message to be sent.
class NetlinkRequest {
 public:
  NetlinkRequest(unsigned type, unsigned flags);

  template <typename Header>
  NetlinkRequest& header(const Header& header) {
    append(Bytes(reinterpret_cast<const char*>(&header), sizeof header));
    return *this;
  }
  NetlinkRequest& attribute(unsigned type, Bytes value);
  NetlinkRequest& attribute(unsigned type, std::uint32_t value);
  // With all that has been added by `inside`.
  template <typename Inside>
  NetlinkRequest& nested(unsigned type, Inside inside) {
    const std::size_t start = bytes_.size();
    attribute(type, Bytes());
    inside(*this);
    end_attribute(start);
    return *this;
  }

  // With its length; the sequence number is the socket's to set.
  std::string& bytes();

 private:
  void append(Bytes value);
  void end_attribute(std::size_t start);

  std::string bytes_;
};

}  // namespace hookjournal
