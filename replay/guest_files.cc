#include "replay/guest_files.h"

#include <algorithm>
#include <string_view>
#include <variant>

#include "engine/xml/strict_xml.h"
#include "replay/simulation/domain_text.h"

namespace hookjournal {

namespace {

constexpr std::size_t kLongestName = 250;  // NAME_MAX, less ".xml"
constexpr std::size_t kLongestLink = 15;   // IFNAMSIZ, less one

std::string folder_of(const std::string& driver) {
  if (driver == "network") return "/etc/libvirt/qemu/networks/";
  if (driver == "qemu" || driver == "lxc" || driver == "libxl")
    return "/etc/libvirt/" + driver + "/";
  return {};
}

// A name in the comment must not be able to end it (virxml.c virXMLPickShellSafeComment).
bool is_safe_in_comment(std::string_view name) {
  return name.find_first_of("\r\t\n !\"#$&'()*;<>?[\\]^`{|}~") ==
             std::string_view::npos &&
         name.find("--") == std::string_view::npos;
}

// virxml.c virXMLEmitWarning.
std::string warning(const std::string& command, const std::string& name) {
  return "<!--\n"
         "WARNING: THIS IS AN AUTO-GENERATED FILE. CHANGES TO IT ARE LIKELY TO BE\n"
         "OVERWRITTEN AND LOST. Changes to this xml configuration should be made using:\n"
         "  virsh " +
         command + (is_safe_in_comment(name) ? " " + name : "") +
         "\nor other application using the libvirt API.\n-->\n\n";
}

// <network> out of the <hookData> around it, which has moved it two blanks to the right.
std::string network_within(std::string_view hook_data) {
  const auto begin = hook_data.find("<network>");
  const auto other = hook_data.find("<network ");
  const auto first = std::min(begin, other);
  constexpr std::string_view kEnd = "</network>";
  const auto end = hook_data.find(kEnd, first);
  if (first == std::string_view::npos || end == std::string_view::npos) return {};
  std::string_view rest = hook_data.substr(first, end + kEnd.size() - first);
  std::string text;
  while (!rest.empty()) {
    const auto line = std::min(rest.find('\n'), rest.size() - 1) + 1;
    text += rest.substr(0, line);
    rest.remove_prefix(line);
    if (rest.starts_with("  ")) rest.remove_prefix(2);
  }
  return text;
}

bool is_root(const std::string& xml, std::string_view name) {
  const StrictXml parsed = parse_strictly(xml);
  const auto* root = std::get_if<StrictElement>(&parsed);
  return root != nullptr && root->name == name;
}

bool is_link_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestLink && name != "." && name != ".." &&
         name != "lo" && std::ranges::none_of(name, [](char byte) {
           return byte == '/' || byte == ':' || static_cast<unsigned char>(byte) <= ' ';
         });
}

void add(std::vector<std::string>& names, const std::string& name) {
  if (is_link_name(name) && std::ranges::find(names, name) == names.end())
    names.push_back(name);
}

void add_card(const StrictElement& card, NamedLinks& links) {
  add(links.bridges, card.child_attribute("source", "bridge"));
  add(links.taps, card.child_attribute("target", "dev"));
}

void add_domain(const StrictElement& domain, NamedLinks& links) {
  const StrictElement* devices = domain.child("devices");
  if (devices == nullptr) return;
  for (const StrictElement& device : devices->children)
    if (device.name == "interface") add_card(device, links);
}

}  // namespace

bool is_file_name(const std::string& name) {
  return !name.empty() && name.size() <= kLongestName && name != "." && name != ".." &&
         name.find('/') == std::string::npos && name.find('\0') == std::string::npos;
}

std::optional<ScriptsTree::File> definition_file(const HookCall& call) {
  const std::string folder = folder_of(call.driver);
  if (folder.empty() || !call.input || !is_file_name(call.object)) return {};
  if (call.operation == "migrate") return {};
  const bool network = call.driver == "network";
  std::string xml = network ? network_within(*call.input) : *call.input;
  if (!is_root(xml, network ? "network" : "domain")) return {};
  xml = network ? with_root_attribute(xml, "connections", "") : with_id(xml, -1);
  return ScriptsTree::File{
      folder + call.object + ".xml", 0600,
      warning(network ? "net-edit" : "edit", call.object) + as_libvirt_writes(xml)};
}

void add_links(const HookCall& call, NamedLinks& links) {
  if (!call.input) return;
  const StrictXml parsed = parse_strictly(*call.input);
  const auto* root = std::get_if<StrictElement>(&parsed);
  if (root == nullptr) return;
  if (root->name == "domain") add_domain(*root, links);
  for (const StrictElement& part : root->children) {
    if (part.name == "network")
      add(links.bridges, part.child_attribute("bridge", "name"));
    if (part.name == "networkport")
      add(links.bridges, part.child_attribute("plug", "bridge"));
    if (part.name == "interface") add_card(part, links);
    if (root->name == "hookData" && part.name == "domain") add_domain(part, links);
  }
}

}  // namespace hookjournal
