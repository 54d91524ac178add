#pragma once

#include <map>
#include <string>

#include "replay/sandbox/network/netlink_message.h"

namespace hookjournal {

// How one message of rtnetlink reads as an object of a NetworkState. Left out is what the
// kernel counts or invents: indexes, handles, counters, timers, whether a cable is in.
struct NetworkObject {
  std::string name;  // "link br0"; empty: nothing a script made
  std::string properties;
};

// What a message calls by its index.
struct LinkNames {
  std::map<std::uint64_t, std::string> names;
  // By index, as Ethernet or what else the link speaks has them.
  std::map<std::uint64_t, std::string> addresses;
  std::map<std::uint64_t, std::uint64_t> masters;

  // "link 7" when it is not known: in another namespace, or gone meanwhile.
  std::string name(std::uint64_t index) const;
};

// Properties, one a line: "mtu 1500".
class PropertyLines {
 public:
  PropertyLines& add(const std::string& line);
  PropertyLines& add(const std::string& name, const std::string& value);
  PropertyLines& add(const std::string& name, std::uint64_t value);
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// Of AF_INET, AF_INET6 and AF_BRIDGE (a MAC address); others in hexadecimal.
std::string address_text(int family, Bytes address);
// "link"; a number when it has no name.
std::string scope_text(unsigned scope);
// "52:54:00:12:34:56"
std::string mac_text(Bytes address);
std::string hex_text(Bytes bytes);

}  // namespace hookjournal
