#include "replay/simulation/simulated_objects.h"

#include "replay/simulation/domain_text.h"

namespace hookjournal {

namespace {

std::string network_xml(const SimulatedNetwork& network) {
  return indented(with_root_attribute(
                      network.xml, "connections",
                      network.connections > 0 ? std::to_string(network.connections) : ""),
                  2);
}

// What of a <networkport> every port has (virnetworkportdef.c).
std::string port_xml(const SimulatedNetwork& network, const SimulatedGuest& owner,
                     const SimulatedNic& nic) {
  std::string xml = "<networkport>\n  <uuid>" + nic.port_uuid + "</uuid>\n  <owner>\n" +
                    "    <name>" + xml_escaped(owner.name) + "</name>\n    <uuid>" +
                    owner.uuid + "</uuid>\n  </owner>\n  <mac address='" + nic.mac +
                    "'/>\n";
  if (!network.bridge.empty())
    xml += "  <plug type='network' bridge='" + xml_escaped(network.bridge) + "'/>\n";
  return indented(xml + "</networkport>\n", 2);
}

}  // namespace

std::string network_input(const SimulatedNetwork& network, const SimulatedGuest* owner,
                          const SimulatedNic* nic) {
  std::string input = "<hookData>\n" + network_xml(network);
  if (owner != nullptr && nic != nullptr) input += port_xml(network, *owner, *nic);
  return input + "</hookData>";
}

std::string plug_input(const SimulatedNetwork& network, const SimulatedGuest& owner,
                       const SimulatedNic& nic) {
  const std::string interface = "<interface type='network'>\n  <mac address='" + nic.mac +
                                "'/>\n  <source network='" + xml_escaped(network.name) +
                                "'/>\n</interface>\n";
  return "<hookData>\n" + indented(interface, 2) + network_xml(network) +
         indented(with_id(owner.live, owner.id), 2) + "</hookData>";
}

}  // namespace hookjournal
