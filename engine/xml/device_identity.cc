#include "engine/xml/device_identity.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/xml/domain_values.h"

namespace hookjournal {

namespace {

using Elements = std::vector<const StrictElement*>;

// Those of which libvirt adds none by itself, with its words for them, in its order. Host
// devices stand between the two.
struct Kind {
  const char* element;
  const char* words;
};
constexpr Kind kBeforeHostDevices[] = {{"disk", "disk"},
                                       {"filesystem", "filesystem"},
                                       {"interface", "net card"},
                                       {"sound", "sound card"}};
constexpr Kind kAfterHostDevices[] = {
    {"smartcard", "smartcard"}, {"parallel", "parallel port"},
    {"channel", "channel"},     {"redirdev", "redirected devices"},
    {"rng", "RNG device"},      {"shmem", "shared memory device"},
    {"tpm", "TPM device"},      {"memory", "memory device"}};

Elements devices_of(const StrictElement& domain, std::string_view name) {
  Elements found;
  for (const StrictElement& devices : domain.children)
    if (devices.name == "devices" && devices.ns.empty())
      for (const StrictElement& device : devices.children)
        if (device.name == name && device.ns.empty()) found.push_back(&device);
  return found;
}

// A host's network device is both.
std::size_t host_devices(const StrictElement& domain) {
  const Elements interfaces = devices_of(domain, "interface");
  const auto of_host = std::ranges::count_if(interfaces, [](const StrictElement* device) {
    return device->attribute("type") == "hostdev";
  });
  return devices_of(domain, "hostdev").size() + static_cast<std::size_t>(of_host);
}

std::string disk_name(const StrictElement& disk) {
  return disk.child_attribute("target", "dev");
}

std::string disk_device(const StrictElement& disk) {
  return disk.attribute("device").value_or("disk");
}

// Where it is not given, the disk's name tells it.
std::string disk_bus(const StrictElement& disk) {
  constexpr std::pair<std::string_view, const char*> kOfNames[] = {
      {"vd", "virtio"}, {"hd", "ide"}, {"sd", "scsi"}, {"fd", "fdc"}, {"xvd", "xen"}};
  std::string given = disk.child_attribute("target", "bus");
  if (!given.empty()) return given;
  for (const auto& [name, bus] : kOfNames)
    if (disk_name(disk).starts_with(name)) return bus;
  return {};
}

bool is_read_only(const StrictElement& disk) {
  return disk.child("readonly") != nullptr || disk_device(disk) == "cdrom";
}

std::string disk_serial(const StrictElement& disk) {
  std::string given = disk.child_text("serial");
  return given.empty() ? "<null>" : given;
}

// By bus, in the order in which the buses come up, and by name on one bus
// (virDomainDiskInsert).
Elements in_libvirts_order(const Elements& disks) {
  std::vector<std::string> buses;
  for (const StrictElement* disk : disks)
    if (std::ranges::find(buses, disk_bus(*disk)) == buses.end())
      buses.push_back(disk_bus(*disk));
  Elements ordered = disks;
  std::ranges::stable_sort(ordered, {}, [&buses](const StrictElement* disk) {
    const std::string name = disk_name(*disk);
    return std::tuple(std::ranges::find(buses, disk_bus(*disk)) - buses.begin(),
                      name.size(), name);  // vdz, vdaa
  });
  return ordered;
}

void compare_disks(const StrictElement& source, const StrictElement& target,
                   IdentityFindings& findings) {
  findings.compare("disk device", disk_device(target), disk_device(source));
  findings.compare("disk bus", disk_bus(target), disk_bus(source));
  findings.compare("disk", disk_name(target), disk_name(source));
  findings.compare("disk serial", disk_serial(target), disk_serial(source));
  if (is_read_only(target) != is_read_only(source))
    findings.refuse("Target disk access mode does not match source");
}

void compare_interfaces(const StrictElement& source, const StrictElement& target,
                        IdentityFindings& findings) {
  const auto address = parse_mac(source.child_attribute("mac", "address"));
  const auto given = parse_mac(target.child_attribute("mac", "address"));
  // libvirt makes one up, which then differs.
  if (address)
    findings.compare("network card mac", given.value_or("(none given)"), *address);
  const std::string model = target.child_attribute("model", "type");
  const std::string before = source.child_attribute("model", "type");
  if (before.empty()) return;
  if (model.empty())
    findings.ask("an interface names no model, and libvirt then takes one of its own");
  else
    findings.compare("network card model", model, before);
}

// One by one, as far as both go: counts have been compared.
template <typename Compare>
void compare_each(const Elements& sources, const Elements& targets, Compare compare,
                  IdentityFindings& findings) {
  for (std::size_t i = 0; i < std::min(sources.size(), targets.size()); ++i)
    compare(*sources[i], *targets[i], findings);
}

}  // namespace

void compare_devices(const StrictElement& source, const StrictElement& target,
                     IdentityFindings& findings) {
  const auto count = [&](const Kind& kind) {
    findings.compare_counts("domain " + std::string(kind.words),
                            devices_of(target, kind.element).size(),
                            devices_of(source, kind.element).size());
  };
  for (const Kind& kind : kBeforeHostDevices) count(kind);
  findings.compare_counts("domain host device", host_devices(target),
                          host_devices(source));
  for (const Kind& kind : kAfterHostDevices) count(kind);
  if (devices_of(target, "vsock").empty() != devices_of(source, "vsock").empty())
    findings.refuse("Target domain vsock device count does not match source");
  compare_each(in_libvirts_order(devices_of(source, "disk")),
               in_libvirts_order(devices_of(target, "disk")), compare_disks, findings);
  compare_each(devices_of(source, "interface"), devices_of(target, "interface"),
               compare_interfaces, findings);
}

}  // namespace hookjournal
