// Whether two definitions are of one guest, by the rules of libvirt's check of the ABI
// (domain_conf.c, virDomainDefCheckABIStabilityFlags), in its order, as far as the XML
// alone decides. Left out is what libvirt may fill in by itself where a definition is
// silent (controllers, video, memory balloon, CPU model, addresses).
#include "engine/domain_identity.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/domain_values.h"

namespace hookjournal {

namespace {

using Elements = std::vector<const StrictElement*>;

std::string text_of(const StrictElement& parent, std::string_view name) {
  const StrictElement* child = parent.child(name);
  return child == nullptr ? "" : child->text;
}

std::string attribute_of(const StrictElement* element, std::string_view name) {
  return element == nullptr ? "" : element->attribute(name).value_or("");
}

const StrictElement* os_type(const StrictElement& domain) {
  const StrictElement* os = domain.child("os");
  return os == nullptr ? nullptr : os->child("type");
}

bool has_numa(const StrictElement& domain) {
  const StrictElement* cpu = domain.child("cpu");
  return cpu != nullptr && cpu->child("numa") != nullptr;
}

Elements devices_of(const StrictElement& domain, std::string_view name) {
  Elements found;
  for (const StrictElement& devices : domain.children)
    if (devices.name == "devices" && devices.ns.empty())
      for (const StrictElement& device : devices.children)
        if (device.name == name && device.ns.empty()) found.push_back(&device);
  return found;
}

bool whole(const StrictElement& element) {
  return element.whole && std::ranges::all_of(element.children, whole);
}

// What is compared, gathered from the two definitions, finding by finding. The first
// refusal counts: libvirt tells one.
class Comparison {
 public:
  Comparison(const StrictElement& source, const StrictElement& target)
      : source_(source), target_(target) {}

  void entities();
  void type();
  void uuid();
  void name();
  void memory();
  void balloon();
  void cpus();
  void operating_system();
  void machine();
  void device_counts();
  void disks();
  void interfaces();

  IdentityFinding finding;

 private:
  // "Target domain virt type kvm does not match source qemu"
  void differ(const std::string& what, const std::string& target,
              const std::string& source) {
    refuse("Target " + what + " " + target + " does not match source " + source);
  }
  void refuse(const std::string& words) {
    if (finding.refusal.empty()) finding.refusal = "unsupported configuration: " + words;
  }
  void ask(const std::string& question) {
    if (finding.question.empty()) finding.question = question;
  }
  void compare(const std::string& what, const std::string& target,
               const std::string& source) {
    if (target != source) differ(what, target, source);
  }
  void compare_counts(const std::string& what, std::size_t target, std::size_t source) {
    compare(what + " count", std::to_string(target), std::to_string(source));
  }
  void interface(const StrictElement& target, const StrictElement& source);

  const StrictElement& source_;
  const StrictElement& target_;
};

void Comparison::entities() {
  for (const char* name :
       {"name", "uuid", "memory", "currentMemory", "vcpu", "os", "devices"}) {
    const StrictElement* child = target_.child(name);
    if (child != nullptr && !whole(*child))
      ask("an entity declared in it stands in its <" + std::string(name) +
          ">, and entities are not followed");
  }
  if (!target_.whole)
    ask("an entity declared in it stands in its <domain>, and entities are not followed");
}

void Comparison::type() {
  compare("domain virt type", attribute_of(&target_, "type"),
          attribute_of(&source_, "type"));
}

void Comparison::uuid() {
  const std::string given = text_of(target_, "uuid");
  const auto target = parse_uuid(given), source = parse_uuid(text_of(source_, "uuid"));
  if (!source || target == source) return;
  // libvirt makes one up, which then differs.
  differ("domain uuid", target ? *target : "(none given)", *source);
}

void Comparison::name() {
  compare("domain name", "'" + text_of(target_, "name") + "'",
          "'" + text_of(source_, "name") + "'");
}

void Comparison::memory() {
  if (has_numa(source_) || has_numa(target_)) return;  // its cells' sum counts
  const auto target = kibibytes(target_.child("memory"));
  const auto source = kibibytes(source_.child("memory"));
  if (target && source)
    compare("domain max memory", std::to_string(*target), std::to_string(*source));
}

void Comparison::balloon() {
  if (has_numa(source_) || has_numa(target_)) return;
  const auto current = [](const StrictElement& domain) {
    const auto all = kibibytes(domain.child("memory"));
    const auto given = kibibytes(domain.child("currentMemory"));
    return given && all && *given > 0 && *given < *all ? given : all;
  };
  const auto target = current(target_), source = current(source_);
  if (target && source)
    compare("domain current memory", std::to_string(*target), std::to_string(*source));
}

void Comparison::cpus() {
  const auto most = [](const StrictElement& domain) {
    const std::string given = text_of(domain, "vcpu");
    return given.empty() ? "1" : given;
  };
  compare("domain vCPU max", most(target_), most(source_));
}

void Comparison::operating_system() {
  const StrictElement *target = os_type(target_), *source = os_type(source_);
  if (target == nullptr || source == nullptr) return;
  compare("domain OS type", target->text, source->text);
  const std::string arch = attribute_of(target, "arch");
  if (arch.empty())
    ask("it names no architecture, and libvirt then takes the host's");
  else
    compare("domain architecture", arch, attribute_of(source, "arch"));
}

void Comparison::machine() {
  const std::string target = attribute_of(os_type(target_), "machine");
  const std::string source = attribute_of(os_type(source_), "machine");
  if (target == source) return;
  if (target.empty())
    ask("it names no machine, and libvirt then takes QEMU's default");
  else if (may_stand_for(target, source))
    ask("what QEMU means by machine '" + target + "' depends on its version");
  else
    differ("domain machine type", target, source);
}

void Comparison::device_counts() {
  struct Kind {
    const char* element;
    const char* words;
  };
  constexpr Kind kBefore[] = {{"disk", "disk"},
                              {"filesystem", "filesystem"},
                              {"interface", "net card"},
                              {"sound", "sound card"}};
  constexpr Kind kAfter[] = {
      {"smartcard", "smartcard"},         {"parallel", "parallel port"},
      {"redirdev", "redirected devices"}, {"rng", "RNG device"},
      {"shmem", "shared memory device"},  {"tpm", "TPM device"},
      {"memory", "memory device"}};
  const auto count = [this](const Kind& kind) {
    compare_counts("domain " + std::string(kind.words),
                   devices_of(target_, kind.element).size(),
                   devices_of(source_, kind.element).size());
  };
  // A host's network device is both.
  const auto host_devices = [](const StrictElement& domain) {
    return devices_of(domain, "hostdev").size() +
           static_cast<std::size_t>(std::ranges::count_if(
               devices_of(domain, "interface"), [](const StrictElement* interface) {
                 return attribute_of(interface, "type") == "hostdev";
               }));
  };
  for (const Kind& kind : kBefore) count(kind);
  compare_counts("domain host device", host_devices(target_), host_devices(source_));
  for (const Kind& kind : kAfter) count(kind);
  if (devices_of(target_, "vsock").empty() != devices_of(source_, "vsock").empty())
    refuse("Target domain vsock device count does not match source");
}

// libvirt sorts them by name.
void Comparison::disks() {
  const auto names_of = [](const StrictElement& domain) {
    std::vector<std::string> names;
    for (const StrictElement* disk : devices_of(domain, "disk"))
      names.push_back(attribute_of(disk->child("target"), "dev"));
    std::ranges::sort(names);
    return names;
  };
  const auto target = names_of(target_), source = names_of(source_);
  const auto [one, other] = std::ranges::mismatch(target, source);
  if (one != target.end() && other != source.end()) differ("disk", *one, *other);
}

void Comparison::interfaces() {
  const Elements targets = devices_of(target_, "interface");
  const Elements sources = devices_of(source_, "interface");
  for (std::size_t i = 0; i < std::min(targets.size(), sources.size()); ++i)
    interface(*targets[i], *sources[i]);
}

void Comparison::interface(const StrictElement& target, const StrictElement& source) {
  const auto address = parse_mac(attribute_of(source.child("mac"), "address"));
  const auto given = parse_mac(attribute_of(target.child("mac"), "address"));
  if (address && given != address)
    differ("network card mac", given ? *given : "(none given)", *address);
  const std::string model = attribute_of(target.child("model"), "type");
  const std::string before = attribute_of(source.child("model"), "type");
  if (!model.empty() && !before.empty()) compare("network card model", model, before);
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

IdentityFinding find_other_identity(const StrictElement& source,
                                    const StrictElement& target, bool restoring) {
  Comparison comparison(source, target);
  comparison.entities();
  // What an entity stands for would be compared as nothing.
  if (!comparison.finding.question.empty()) return comparison.finding;
  comparison.type();
  comparison.uuid();
  comparison.name();
  comparison.memory();
  if (restoring) comparison.balloon();  // on its way libvirt puts the source's back
  comparison.cpus();
  comparison.operating_system();
  comparison.machine();
  comparison.device_counts();
  comparison.disks();
  comparison.interfaces();
  return comparison.finding;
}

}  // namespace hookjournal
