#include "replay/simulation/sample_guest.h"

#include <cstdio>
#include <cstdlib>
#include <functional>

#include "engine/error.h"
#include "engine/xml/hook_xml.h"
#include "engine/xml/strict_xml.h"
#include "replay/simulation/domain_text.h"

namespace hookjournal {

namespace {

using std::to_string;

// In libvirt's words, with the line.
std::string where_it_breaks(const std::string& xml) {
  const StrictXml parsed = parse_strictly(xml);
  const auto* broken = std::get_if<NotWellFormed>(&parsed);
  return broken == nullptr ? "" : "; libvirt would say: " + broken->message;
}

std::string head(const std::string& type, const SimulatedGuest& guest, int memory_mib,
                 int vcpus) {
  const std::string kib = to_string(memory_mib * 1024);
  return "<domain type='" + type + "'>\n  <name>" + xml_escaped(guest.name) +
         "</name>\n  <uuid>" + guest.uuid + "</uuid>\n  <memory unit='KiB'>" + kib +
         "</memory>\n  <currentMemory unit='KiB'>" + kib +
         "</currentMemory>\n  <vcpu placement='static'>" + to_string(vcpus) + "</vcpu>\n";
}

constexpr const char* kLifeEvents =
    "  <clock offset='utc'/>\n  <on_poweroff>destroy</on_poweroff>\n"
    "  <on_reboot>restart</on_reboot>\n  <on_crash>destroy</on_crash>\n";

std::string pci(int slot) {
  char text[128];
  std::snprintf(text, sizeof text,
                "      <address type='pci' domain='0x0000' bus='0x%02x' slot='0x00' "
                "function='0x0'/>\n",
                slot);
  return text;
}

std::string disk(const std::string& guest, int number) {
  const auto letter = static_cast<char>('a' + number);
  return std::string("    <disk type='file' device='disk'>\n") +
         "      <driver name='qemu' type='qcow2' cache='none' discard='unmap'/>\n"
         "      <source file='/var/lib/libvirt/images/" +
         xml_escaped(guest) + "-" + letter + ".qcow2'/>\n      <target dev='vd" + letter +
         "' bus='virtio'/>\n" + pci(number + 4) + "    </disk>\n";
}

std::string root_port(int number) {
  char text[512];
  std::snprintf(text, sizeof text,
                "    <controller type='pci' index='%d' model='pcie-root-port'>\n"
                "      <model name='pcie-root-port'/>\n"
                "      <target chassis='%d' port='0x%x'/>\n"
                "      <address type='pci' domain='0x0000' bus='0x00' slot='0x%02x' "
                "function='0x%d'%s/>\n    </controller>\n",
                number, number, 15 + number, 2 + (number - 1) / 8, (number - 1) % 8,
                (number - 1) % 8 == 0 ? " multifunction='on'" : "");
  return text;
}

std::string card(const std::string& mac, const std::string& model, int slot) {
  return "    <interface type='network'>\n      <mac address='" + mac +
         "'/>\n      <source network='default'/>\n      <model type='" + model + "'/>\n" +
         (slot > 0 ? pci(slot) : "") + "    </interface>\n";
}

// A line before each such text.
std::string with_line_before(std::string xml, const std::string& text,
                             const std::function<std::string()>& line) {
  for (std::size_t at = xml.find(text); at != std::string::npos;) {
    const std::string added = line();
    xml.insert(at, added);
    at = xml.find(text, at + added.size() + text.size());
  }
  return xml;
}

// An alias in each such device, before its address as libvirt has it.
std::string with_aliases(std::string xml, const std::string& device) {
  const std::string begin = "    <" + device, end = "    </" + device + ">";
  int number = 0;
  for (std::size_t at = xml.find(end); at != std::string::npos;) {
    const std::size_t from = xml.rfind(begin, at);
    const std::size_t address = xml.rfind("      <address ", at);
    const bool inside = address != std::string::npos && address > from;
    const std::string alias =
        "      <alias name='" + device + to_string(number++) + "'/>\n";
    xml.insert(inside ? address : at, alias);
    at = xml.find(end, at + alias.size() + end.size());
  }
  return xml;
}

}  // namespace

int Samples::between(int low, int high) {
  // Not std::uniform_int_distribution: its values differ between libraries.
  return low + static_cast<int>(random_() % static_cast<std::uint64_t>(high - low + 1));
}

std::string Samples::uuid() {
  const std::uint64_t high = (random_() & ~0xf000ULL) | 0x4000ULL;
  const std::uint64_t low = (random_() & ~(3ULL << 62)) | (2ULL << 62);
  char text[40];
  std::snprintf(text, sizeof text, "%08x-%04x-%04x-%04x-%012llx",
                static_cast<unsigned>(high >> 32),
                static_cast<unsigned>(high >> 16) & 0xffffU,
                static_cast<unsigned>(high) & 0xffffU, static_cast<unsigned>(low >> 48),
                static_cast<unsigned long long>(low & 0xffffffffffffULL));
  return text;
}

std::string Samples::mac() {
  char text[24];
  std::snprintf(text, sizeof text, "52:54:00:%02x:%02x:%02x", between(0, 255),
                between(0, 255), between(0, 255));
  return text;
}

SimulatedGuest Samples::guest(const std::string& driver, const std::string& name) {
  SimulatedGuest guest{.driver = driver, .name = name, .uuid = uuid()};
  const int memory = 512 << between(0, 4), vcpus = 1 << between(0, 3);
  std::string& xml = guest.definition;
  if (driver == "qemu") {
    xml = head("kvm", guest, memory, vcpus) +
          "  <os>\n    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n"
          "    <boot dev='hd'/>\n  </os>\n"
          "  <features>\n    <acpi/>\n    <apic/>\n  </features>\n"
          "  <cpu mode='host-passthrough' check='none' migratable='on'/>\n" +
          kLifeEvents +
          "  <devices>\n    <emulator>/usr/bin/qemu-system-x86_64</emulator>\n";
    for (int i = 0, disks = between(1, 4); i < disks; ++i) xml += disk(name, i);
    xml += "    <controller type='pci' index='0' model='pcie-root'/>\n";
    for (int i = 1, ports = between(6, 14); i <= ports; ++i) xml += root_port(i);
    xml += card(mac(), "virtio", 1) +
           "    <serial type='pty'>\n      <target type='isa-serial' port='0'>\n"
           "        <model name='isa-serial'/>\n      </target>\n    </serial>\n"
           "    <console type='pty'>\n      <target type='serial' port='0'/>\n"
           "    </console>\n"
           "    <input type='mouse' bus='ps2'/>\n    <input type='keyboard' bus='ps2'/>\n"
           "    <graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'>\n"
           "      <listen type='address' address='127.0.0.1'/>\n    </graphics>\n"
           "    <audio id='1' type='none'/>\n"
           "    <video>\n      <model type='virtio' heads='1' primary='yes'/>\n" +
           pci(2) + "    </video>\n    <memballoon model='virtio'>\n" + pci(3) +
           "    </memballoon>\n  </devices>\n";
  } else if (driver == "lxc") {
    xml = head("lxc", guest, memory, vcpus) +
          "  <os>\n    <type arch='x86_64'>exe</type>\n    <init>/sbin/init</init>\n"
          "  </os>\n" +
          kLifeEvents +
          "  <devices>\n    <emulator>/usr/lib/libvirt/libvirt_lxc</emulator>\n"
          "    <filesystem type='mount' accessmode='passthrough'>\n"
          "      <source dir='/var/lib/machines/" +
          xml_escaped(name) + "'/>\n      <target dir='/'/>\n    </filesystem>\n" +
          card(mac(), "virtio", 0) +
          "    <console type='pty'>\n      <target type='lxc' port='0'/>\n"
          "    </console>\n  </devices>\n";
  } else if (driver == "libxl") {
    xml = head("xen", guest, memory, vcpus) +
          "  <os>\n    <type arch='x86_64' machine='xenfv'>hvm</type>\n"
          "    <loader type='rom'>/usr/lib/xen/boot/hvmloader</loader>\n"
          "    <boot dev='hd'/>\n  </os>\n" +
          kLifeEvents +
          "  <devices>\n    <emulator>/usr/lib/xen/bin/qemu-system-i386</emulator>\n"
          "    <disk type='block' device='disk'>\n      <driver name='phy'/>\n"
          "      <source dev='/dev/vg0/" +
          xml_escaped(name) + "'/>\n      <target dev='hda' bus='ide'/>\n    </disk>\n" +
          card(mac(), "netfront", 0) + "  </devices>\n";
  } else if (driver == "bhyve") {
    xml = head("bhyve", guest, memory, vcpus) +
          "  <os>\n    <type arch='x86_64'>hvm</type>\n  </os>\n" + kLifeEvents +
          "  <devices>\n    <disk type='file' device='disk'>\n"
          "      <driver name='file' type='raw'/>\n      <source file='/var/vm/" +
          xml_escaped(name) +
          ".img'/>\n      <target dev='hda' bus='sata'/>\n    </disk>\n" +
          card(mac(), "virtio", 0) + "  </devices>\n";
  } else {
    throw Error("no driver " + driver + " with guests is known");
  }
  xml += "</domain>\n";
  guest.live = xml;
  return guest;
}

SimulatedGuest Samples::guest_of(const std::string& driver, const std::string& xml,
                                 const std::string& name, const std::string& uuid) {
  const auto summary = summarize_input(xml);
  if (!summary) throw Error("the input is not well-formed XML" + where_it_breaks(xml));
  if (summary->root != "domain")
    throw Error("the input's root element is <" + summary->root +
                ">; a guest's is <domain>");
  if (summary->name.empty() && name.empty())
    throw Error("the input's <domain> has no <name>");
  SimulatedGuest guest{.driver = driver,
                       .name = name.empty() ? summary->name : name,
                       .uuid = uuid.empty() ? summary->uuid : uuid};
  if (guest.uuid.empty()) guest.uuid = this->uuid();
  const bool same = guest.name == summary->name && guest.uuid == summary->uuid;
  guest.definition = as_libvirt_writes(
      with_id(same ? xml : with_identity(xml, guest.name, guest.uuid), -1));
  guest.live = guest.definition;
  return guest;
}

SimulatedNetwork Samples::network(const std::string& name) {
  SimulatedNetwork network{.name = name, .uuid = uuid(), .bridge = "virbr0"};
  network.xml = "<network>\n  <name>" + xml_escaped(name) + "</name>\n  <uuid>" +
                network.uuid +
                "</uuid>\n  <forward mode='nat'>\n    <nat>\n"
                "      <port start='1024' end='65535'/>\n    </nat>\n  </forward>\n"
                "  <bridge name='virbr0' stp='on' delay='0'/>\n  <mac address='" +
                mac() +
                "'/>\n  <ip address='192.168.122.1' netmask='255.255.255.0'>\n"
                "    <dhcp>\n      <range start='192.168.122.2' end='192.168.122.254'/>\n"
                "    </dhcp>\n  </ip>\n</network>\n";
  return network;
}

SimulatedNetwork Samples::network_of(const std::string& xml) {
  const auto summary = summarize_input(xml);
  if (!summary)
    throw Error("the network's file is not well-formed XML" + where_it_breaks(xml));
  if (summary->root != "network")
    throw Error("the network's root element is <" + summary->root + ">, not <network>");
  if (summary->name.empty()) throw Error("the <network> has no <name>");
  SimulatedNetwork network{
      .name = summary->name,
      .uuid = summary->uuid,
      .bridge = summary->bridge,
      .connections = std::atoi(root_attribute(xml, "connections").c_str())};
  if (network.uuid.empty()) network.uuid = uuid();
  network.xml = as_libvirt_writes(
      summary->uuid.empty() ? with_identity(xml, network.name, network.uuid) : xml);
  return network;
}

void Samples::connect(SimulatedGuest& guest, SimulatedNetwork& network,
                      bool at_least_one) {
  for (const NetworkCard& card : network_cards(guest.definition))
    if (card.network == network.name)
      guest.nics.push_back(
          {&network, card.mac.empty() ? mac() : card.mac, uuid(), false});
  if (guest.nics.empty() && at_least_one)
    guest.nics.push_back({&network, mac(), uuid(), false});
}

void Samples::boot(SimulatedGuest& guest) {
  std::string xml = guest.definition;
  for (const char* device :
       {"disk", "interface", "controller", "serial", "console", "video", "memballoon",
        "channel", "filesystem", "hostdev", "sound", "rng"})
    xml = with_aliases(std::move(xml), device);
  xml = with_line_before(xml, "      <alias name='interface", [&] {
    return "      <target dev='vnet" + to_string(between(0, 9999)) + "'/>\n";
  });
  xml = with_line_before(xml, "      <alias name='console", [&] {
    return "      <source path='/dev/pts/" + to_string(between(0, 99)) + "'/>\n";
  });
  const std::string automatic = " port='-1'";
  if (const auto at = xml.find(automatic); at != std::string::npos)
    xml.replace(at, automatic.size(), " port='" + to_string(between(5900, 6100)) + "'");
  guest.live = xml;
}

}  // namespace hookjournal
