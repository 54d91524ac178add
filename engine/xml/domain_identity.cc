#include "engine/xml/domain_identity.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "engine/xml/device_identity.h"
#include "engine/xml/domain_values.h"

namespace hookjournal {

namespace {

const StrictElement* os_type(const StrictElement& domain) {
  const StrictElement* os = domain.child("os");
  return os == nullptr ? nullptr : os->child("type");
}

std::string of_os_type(const StrictElement& domain, const char* attribute) {
  const StrictElement* os = domain.child("os");
  return os == nullptr ? "" : os->child_attribute("type", attribute);
}

bool has_numa(const StrictElement& domain) {
  const StrictElement* cpu = domain.child("cpu");
  return cpu != nullptr && cpu->child("numa") != nullptr;
}

bool whole(const StrictElement& element) {
  return element.whole && std::ranges::all_of(element.children, whole);
}

// libvirt follows entities, this does not: what they stand for would count as nothing.
void look_for_entities(const StrictElement& target, IdentityFindings& findings) {
  const auto ask = [&findings](const std::string& name) {
    findings.ask("an entity declared in it stands in its <" + name +
                 ">, and entities are not followed");
  };
  if (!target.whole) ask("domain");
  for (const char* name :
       {"name", "uuid", "memory", "currentMemory", "vcpu", "os", "devices"}) {
    const StrictElement* child = target.child(name);
    if (child != nullptr && !whole(*child)) ask(name);
  }
}

void compare_uuid(const StrictElement& source, const StrictElement& target,
                  IdentityFindings& findings) {
  const auto before = parse_uuid(source.child_text("uuid"));
  const auto after = parse_uuid(target.child_text("uuid"));
  // libvirt makes one up, which then differs.
  if (before) findings.compare("domain uuid", after.value_or("(none given)"), *before);
}

void compare_memory(const StrictElement& source, const StrictElement& target,
                    bool restoring, IdentityFindings& findings) {
  if (has_numa(source) || has_numa(target)) return;  // its cells' sum counts
  const auto most = [](const StrictElement& domain) {
    return kibibytes(domain.child("memory"));
  };
  const auto current = [&most](const StrictElement& domain) {
    const auto all = most(domain), given = kibibytes(domain.child("currentMemory"));
    return given && all && *given > 0 && *given < *all ? given : all;
  };
  if (!most(source) || !most(target)) return;
  findings.compare("domain max memory", std::to_string(*most(target)),
                   std::to_string(*most(source)));
  // On its way libvirt puts the source's back.
  if (restoring)
    findings.compare("domain current memory", std::to_string(*current(target)),
                     std::to_string(*current(source)));
}

void compare_cpus(const StrictElement& source, const StrictElement& target,
                  IdentityFindings& findings) {
  const auto most = [](const StrictElement& domain) -> std::optional<std::uint64_t> {
    const std::string given = domain.child_text("vcpu");
    return given.empty() ? 1 : parse_count(given);
  };
  const auto before = most(source), after = most(target);
  if (before && after)
    findings.compare("domain vCPU max", std::to_string(*after), std::to_string(*before));
}

void compare_machine(const StrictElement& source, const StrictElement& target,
                     IdentityFindings& findings) {
  const StrictElement *before = os_type(source), *after = os_type(target);
  if (before == nullptr || after == nullptr) return;
  findings.compare("domain OS type", after->text, before->text);

  const std::string arch = of_os_type(target, "arch");
  if (arch.empty())
    findings.ask("it names no architecture, and libvirt then takes the host's");
  else
    findings.compare("domain architecture", arch, of_os_type(source, "arch"));

  const std::string machine = of_os_type(target, "machine");
  const std::string earlier = of_os_type(source, "machine");
  if (machine.empty() && !earlier.empty())
    findings.ask("it names no machine, and libvirt then takes QEMU's default");
  else if (machine != earlier && may_stand_for(machine, earlier))
    findings.ask("what QEMU means by machine '" + machine + "' depends on its version");
  else
    findings.compare("domain machine type", machine, earlier);
}

}  // namespace

std::string definition_error(const StrictElement& domain) {
  if (domain.name != "domain")
    return "XML error: expecting root element of 'domain', not '" + domain.name + "'";
  if (domain.whole && !domain.attribute("type"))
    return "internal error: missing domain type attribute";
  const StrictElement* name = domain.child("name");
  if (name == nullptr || (whole(*name) && name->text.empty()))
    return "missing name information";
  const StrictElement* uuid = domain.child("uuid");
  if (uuid != nullptr && whole(*uuid) && !uuid->text.empty() && !parse_uuid(uuid->text))
    return "internal error: malformed uuid element";
  return {};
}

std::string qemu_definition_error(const StrictElement& domain) {
  const StrictElement* type = os_type(domain);
  if (type == nullptr || (whole(*type) && type->text.empty()))
    return "XML error: an os <type> must be specified";
  if (domain.child("memory") == nullptr && !has_numa(domain))
    return "XML error: Memory size must be specified via <memory> or in the <numa> "
           "configuration";
  return {};
}

IdentityFindings compare_identity(const StrictElement& source,
                                  const StrictElement& target, bool restoring) {
  IdentityFindings findings;
  look_for_entities(target, findings);
  if (!findings.question.empty()) return findings;
  findings.compare("domain virt type", target.attribute("type").value_or(""),
                   source.attribute("type").value_or(""));
  compare_uuid(source, target, findings);
  findings.compare("domain name", "'" + target.child_text("name") + "'",
                   "'" + source.child_text("name") + "'");
  compare_memory(source, target, restoring, findings);
  compare_cpus(source, target, findings);
  compare_machine(source, target, findings);
  compare_devices(source, target, findings);
  return findings;
}

}  // namespace hookjournal
