#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hookjournal {

// What a reader wants to know first about a call's input.
struct InputSummary {
  std::string root;  // "domain", or "hookData" around a network
  std::string type;  // of a domain: "kvm", "qemu", "lxc" ...
  std::string name;
  std::string uuid;
  std::string bridge;      // of a network, its own
  std::string port_owner;  // of a network port: the guest it belongs to
};

// Nothing when the bytes are not well-formed XML for tinyxml2. Never used by the hook
// program: it parses no XML.
std::optional<InputSummary> summarize_input(std::string_view xml);

// A guest's card on one of libvirt's networks.
struct NetworkCard {
  std::string network;
  std::string mac;  // may be missing
};
std::vector<NetworkCard> network_cards(std::string_view domain_xml);

}  // namespace hookjournal
