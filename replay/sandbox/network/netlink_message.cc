#include "replay/sandbox/network/netlink_message.h"

#include <cstddef>

namespace hookjournal {

namespace {

template <typename Header>
Header read_header(Bytes bytes) {
  Header header;
  std::memcpy(&header, bytes.data(), sizeof header);
  return header;
}

// What follows an element of that length, which is padded to four bytes but at the end.
Bytes behind(Bytes bytes, std::size_t length) {
  const std::size_t aligned = NLMSG_ALIGN(length);
  return aligned < bytes.size() ? bytes.substr(aligned) : Bytes();
}

template <typename Number>
std::uint64_t number_as(Bytes value) {
  Number number;
  std::memcpy(&number, value.data(), sizeof number);
  return number;
}

}  // namespace

std::optional<std::uint64_t> number_of(Bytes value) {
  switch (value.size()) {
    case 1:
      return number_as<std::uint8_t>(value);
    case 2:
      return number_as<std::uint16_t>(value);
    case 4:
      return number_as<std::uint32_t>(value);
    case 8:
      return number_as<std::uint64_t>(value);
    default:
      return {};
  }
}

std::vector<NetlinkAttributes::Item> NetlinkAttributes::items() const {
  std::vector<Item> items;
  for (Bytes rest = bytes_; rest.size() >= sizeof(nlattr);) {
    const auto header = read_header<nlattr>(rest);
    if (header.nla_len < sizeof header || header.nla_len > rest.size()) break;
    items.push_back({static_cast<unsigned>(header.nla_type & NLA_TYPE_MASK),
                     rest.substr(NLA_HDRLEN, header.nla_len - NLA_HDRLEN)});
    rest = behind(rest, header.nla_len);
  }
  return items;
}

std::optional<Bytes> NetlinkAttributes::find(unsigned type) const {
  std::optional<Bytes> found;
  for (const Item& item : items())
    if (item.type == type) found = item.value;
  return found;
}

std::string NetlinkAttributes::text(unsigned type) const {
  const Bytes value = find(type).value_or(Bytes());
  return std::string(value.substr(0, value.find('\0')));
}

std::optional<std::uint64_t> NetlinkAttributes::number(unsigned type) const {
  const auto value = find(type);
  return value ? number_of(*value) : std::nullopt;
}

std::vector<NetlinkMessage> messages_in(Bytes datagram) {
  std::vector<NetlinkMessage> messages;
  for (Bytes rest = datagram; rest.size() >= sizeof(nlmsghdr);) {
    const auto header = read_header<nlmsghdr>(rest);
    if (header.nlmsg_len < sizeof header || header.nlmsg_len > rest.size()) break;
    messages.push_back({header.nlmsg_type, header.nlmsg_flags,
                        rest.substr(NLMSG_HDRLEN, header.nlmsg_len - NLMSG_HDRLEN)});
    rest = behind(rest, header.nlmsg_len);
  }
  return messages;
}

NetlinkRequest::NetlinkRequest(unsigned type, unsigned flags) {
  nlmsghdr header{};
  header.nlmsg_type = static_cast<std::uint16_t>(type);
  header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
  append(Bytes(reinterpret_cast<const char*>(&header), sizeof header));
}

NetlinkRequest& NetlinkRequest::attribute(unsigned type, Bytes value) {
  nlattr header{};
  header.nla_type = static_cast<std::uint16_t>(type);
  header.nla_len = static_cast<std::uint16_t>(NLA_HDRLEN + value.size());
  append(Bytes(reinterpret_cast<const char*>(&header), sizeof header));
  append(value);
  return *this;
}

NetlinkRequest& NetlinkRequest::attribute(unsigned type, std::uint32_t value) {
  return attribute(type, Bytes(reinterpret_cast<const char*>(&value), sizeof value));
}

void NetlinkRequest::end_attribute(std::size_t start) {
  const auto length = static_cast<std::uint16_t>(bytes_.size() - start);
  std::memcpy(bytes_.data() + start + offsetof(nlattr, nla_len), &length, sizeof length);
}

std::string& NetlinkRequest::bytes() {
  const auto length = static_cast<std::uint32_t>(bytes_.size());
  std::memcpy(bytes_.data() + offsetof(nlmsghdr, nlmsg_len), &length, sizeof length);
  return bytes_;
}

void NetlinkRequest::append(Bytes value) {
  bytes_.append(value);
  bytes_.resize(NLMSG_ALIGN(bytes_.size()), '\0');
}

}  // namespace hookjournal
