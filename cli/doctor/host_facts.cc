#include "cli/doctor/host_facts.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "cli/doctor/service_state.h"
#include "engine/small_file.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

// systemd's, for services that set none (its `DEFAULT_PATH`); Debian adds /sbin and /bin.
constexpr const char* kServicePath =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

std::string first_line(const fs::path& file) {
  std::string text = read_small_file(file.string()).value_or(std::string());
  while (text.ends_with('\n') || text.ends_with('\0')) text.pop_back();
  return text;
}

// The libvirt library a process has loaded: ".../libvirt.so.0.10007.0".
std::string loaded_libvirt(const fs::path& process) {
  std::ifstream maps(process / "maps");
  for (std::string line; std::getline(maps, line);) {
    const auto path = line.find('/');
    if (path != std::string::npos &&
        line.find("/libvirt.so.0", path) != std::string::npos)
      return line.substr(path);
  }
  return {};
}

// "libvirt.so.0.10007.0" is 10.7.0: the library's version is one thousand times the major
// version and the minor one, then the micro version (libvirt's meson.build).
int version_in(const std::string& library) {
  const auto name = library.rfind(".so.0.");
  int major_minor = 0, micro = 0;
  if (name == std::string::npos ||
      std::sscanf(library.c_str() + name, ".so.0.%d.%d", &major_minor, &micro) != 2)
    return 0;
  return major_minor * 1000 + micro;
}

// "/etc/libvirt/hooks" stands as a string in the library (virhook.c:41).
fs::path hooks_directory_in(const fs::path& library) {
  constexpr std::size_t kLargest = 64 << 20;
  const auto bytes = read_small_file(library.string(), kLargest);
  if (!bytes) return {};
  const std::string_view wanted("/libvirt/hooks\0", 15);
  const auto at = bytes->find(wanted);
  if (at == std::string::npos) return {};
  const auto begin = bytes->rfind('\0', at) + 1;
  return bytes->substr(begin, at - begin) + "/libvirt/hooks";
}

std::string enforced_profile(const fs::path& process) {
  std::string profile = first_line(process / "attr/apparmor/current");
  if (profile.empty()) profile = first_line(process / "attr/current");
  const auto mode = profile.find(" (enforce)");
  return mode == std::string::npos ? std::string() : profile.substr(0, mode);
}

// "system_u:system_r:virtqemud_t:s0" -> "virtqemud_t"
std::string type_in(const std::string& context) {
  std::istringstream fields(context);
  std::string type;
  for (int i = 0; i < 3; ++i)
    if (!std::getline(fields, type, ':')) return {};
  while (type.ends_with('\0')) type.pop_back();
  return type;
}

std::map<std::string, std::string> environment_in(const std::string& text) {
  std::map<std::string, std::string> environment;
  std::istringstream entries(text);
  for (std::string entry; std::getline(entries, entry, '\0');)
    if (const auto equals = entry.find('='); equals != std::string::npos)
      environment.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  return environment;
}

DaemonFacts facts_of(const Daemon& daemon) {
  const fs::path process = fs::path("/proc") / std::to_string(daemon.pid);
  DaemonFacts facts;
  facts.daemon = daemon;
  struct stat status {};
  if (::stat(process.c_str(), &status) == 0) facts.user = status.st_uid;
  if (facts.user == 0) facts.reloaded = last_state_change(daemon.name, daemon.pid);
  if (::access((process / "root/.").c_str(), R_OK) == 0) facts.root = process / "root";
  const std::string library = loaded_libvirt(process);
  facts.version = version_in(library);
  if (!library.empty() && !facts.root.empty())
    facts.looks_in = hooks_directory_in(facts.root / fs::path(library).relative_path());
  facts.apparmor = enforced_profile(process);
  facts.selinux = type_in(first_line(process / "attr/current"));
  if (const auto text = read_small_file((process / "environ").string()))
    facts.environment = environment_in(*text);
  return facts;
}

std::string local_apparmor_rules() {
  std::string rules;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/etc/apparmor.d/local", ignored)) {
    const std::string name = entry.path().filename();
    if (name.find("libvirt") != std::string::npos ||
        name.find(".virt") != std::string::npos)
      rules += read_small_file(entry.path().string()).value_or(std::string());
  }
  return rules;
}

std::string selinux_type_of(const fs::path& file) {
  char context[256] = {};
  if (::getxattr(file.c_str(), "security.selinux", context, sizeof context - 1) <= 0)
    return {};
  return type_in(context);
}

bool has_mount_flag(const fs::path& file, unsigned long flag) {
  struct statvfs mount {};
  return ::statvfs(file.c_str(), &mount) == 0 && (mount.f_flag & flag) != 0;
}

}  // namespace

int HostFacts::version_for(const std::string& driver) const {
  int oldest = 0;
  for (const auto& facts : daemons)
    if (facts.version != 0 && serves(facts.daemon.name, driver))
      oldest = oldest == 0 ? facts.version : std::min(oldest, facts.version);
  return oldest;
}

std::optional<std::string> HostFacts::environment_for(const std::string& driver,
                                                      const std::string& name) const {
  for (const auto& facts : daemons) {
    if (!facts.environment || facts.user != 0 || !serves(facts.daemon.name, driver))
      continue;
    const auto found = facts.environment->find(name);
    if (found == facts.environment->end()) return {};
    return found->second;
  }
  if (name == "PATH") return kServicePath;
  return {};
}

HostFacts facts_of_this_host() {
  HostFacts facts;
  for (const auto& daemon : running_daemons()) facts.daemons.push_back(facts_of(daemon));
  facts.apparmor_local = local_apparmor_rules();
  facts.selinux_enforcing = first_line("/sys/fs/selinux/enforce") == "1";
  const std::string boolean =
      first_line("/sys/fs/selinux/booleans/virt_hooks_unconfined");
  if (!boolean.empty()) facts.virt_hooks_unconfined = boolean[0] == '1';
  facts.selinux_type = selinux_type_of;
  facts.on_noexec = [](const fs::path& file) { return has_mount_flag(file, ST_NOEXEC); };
  facts.on_read_only = [](const fs::path& file) {
    return has_mount_flag(file, ST_RDONLY);
  };
  facts.other_program_folders = {"/usr/local/sbin", "/usr/local/bin", "/snap/bin",
                                 "/root/bin", "/root/.local/bin"};
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/opt", ignored))
    facts.other_program_folders.push_back(entry.path() / "bin");
  return facts;
}

}  // namespace hookjournal
