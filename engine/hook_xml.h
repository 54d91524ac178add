#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hookjournal {

// What a reader wants to know first about a call's input.
struct InputSummary {
  std::string root;  // "domain", or "hookData" around a network
  std::string type;  // of a domain: "kvm", "qemu", "lxc" ...
  std::string name;
  std::string uuid;
  std::string port_owner;  // of a network port: the guest it belongs to
};

// Nothing when the bytes are not well-formed XML for tinyxml2. Never used by the hook
// program: it parses no XML.
std::optional<InputSummary> summarize_input(std::string_view xml);

}  // namespace hookjournal
