#pragma once

#include <string>
#include <vector>

namespace hookjournal {

// A virtual network that a simulated libvirt knows.
struct SimulatedNetwork {
  std::string name;
  std::string uuid;
  std::string xml;      // <network>...</network>, as libvirt writes it
  std::string bridge;   // "" when it has none
  int connections = 0;  // ports, of guests that nothing more is known of too
};

// A network card of a guest on a SimulatedNetwork.
struct SimulatedNic {
  SimulatedNetwork* network = nullptr;  // not owned
  std::string mac;
  std::string port_uuid;
  bool connected = false;  // its port exists
};

// A guest that a simulated libvirt knows.
struct SimulatedGuest {
  std::string driver;  // "qemu", "lxc", "libxl", "bhyve"
  std::string name;
  std::string uuid;
  // Its XML as it is defined, and as it is from the `start` hook on, when ports, aliases
  // and addresses are there. Neither with an id.
  std::string definition;
  std::string live;
  std::vector<SimulatedNic> nics;
  int id = -1;  // while it runs
};

// The input of a network's hook. `nic`: the port it is about, with its owner.
// `<hookData>` has no newline at its end (libvirt 10.7 bridge_driver.c:277-287).
std::string network_input(const SimulatedNetwork& network, const SimulatedGuest* owner,
                          const SimulatedNic* nic);

// The same for `plugged` and `unplugged`, before libvirt 6.0: the guest's <interface>
// before the network, its <domain> after it.
std::string plug_input(const SimulatedNetwork& network, const SimulatedGuest& owner,
                       const SimulatedNic& nic);

}  // namespace hookjournal
