#include "replay/sandbox/network/network_object.h"

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace hookjournal {

namespace {

std::string hex_bytes(Bytes bytes, std::string_view between) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    if (!text.empty()) text += between;
    text += kDigits[static_cast<unsigned char>(byte) >> 4];
    text += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return text;
}

}  // namespace

std::string LinkNames::name(std::uint64_t index) const {
  const auto found = names.find(index);
  return found == names.end() ? "link " + std::to_string(index) : found->second;
}

PropertyLines& PropertyLines::add(const std::string& line) {
  if (!text_.empty()) text_ += '\n';
  text_ += line;
  return *this;
}

PropertyLines& PropertyLines::add(const std::string& name, const std::string& value) {
  return add(name + ' ' + value);
}

PropertyLines& PropertyLines::add(const std::string& name, std::uint64_t value) {
  return add(name, std::to_string(value));
}

std::string mac_text(Bytes address) { return hex_bytes(address, ":"); }

std::string hex_text(Bytes bytes) { return hex_bytes(bytes, ""); }

std::string address_text(int family, Bytes address) {
  char text[INET6_ADDRSTRLEN] = "";
  const bool fits = (family == AF_INET && address.size() == sizeof(in_addr)) ||
                    (family == AF_INET6 && address.size() == sizeof(in6_addr));
  if (!fits || ::inet_ntop(family, address.data(), text, sizeof text) == nullptr)
    return mac_text(address);
  return text;
}

std::string scope_text(unsigned scope) {
  switch (scope) {
    case RT_SCOPE_UNIVERSE:
      return "global";
    case RT_SCOPE_SITE:
      return "site";
    case RT_SCOPE_LINK:
      return "link";
    case RT_SCOPE_HOST:
      return "host";
    default:
      return std::to_string(scope);
  }
}

}  // namespace hookjournal
