#include "cli/doctor/apparmor.h"

#include <algorithm>

#include "cli/escape.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

// Their names, as /proc/PID/attr shows them: a name, or in older ones the program's path.
bool is_libvirts(const std::string& profile) {
  const std::string name = profile.substr(profile.rfind('/') + 1);
  return name == "libvirtd" || name == "virtqemud" || name == "virtxend";
}

}  // namespace

const DaemonFacts* confined_by_apparmor(const HostFacts& host,
                                        const std::string& driver) {
  const auto found =
      std::find_if(host.daemons.begin(), host.daemons.end(), [&](const auto& facts) {
        return is_libvirts(facts.apparmor) && serves(facts.daemon.name, driver);
      });
  return found == host.daemons.end() ? nullptr : &*found;
}

bool apparmor_lets_execute(const fs::path& program, const HostFacts& host) {
  std::error_code unknown;
  const fs::path real = fs::canonical(program, unknown);
  const std::string path = unknown ? program.string() : real.string();
  // `/usr/bin/*` has nothing of folders below it.
  const std::string folder = path.substr(0, path.rfind('/'));
  constexpr const char* kFolders[] = {"/bin", "/sbin", "/usr/bin", "/usr/sbin"};
  if (std::any_of(std::begin(kFolders), std::end(kFolders),
                  [&](const char* one) { return folder == one; }))
    return true;
  constexpr const char* kTrees[] = {"/etc/libvirt/hooks/", "/usr/lib/", "/usr/lib64/",
                                    "/usr/libexec/"};
  if (std::any_of(std::begin(kTrees), std::end(kTrees),
                  [&](const char* one) { return path.starts_with(one); }))
    return true;
  if (host.apparmor_local.find(path + " ") != std::string::npos) return true;
  for (fs::path above = path; above.has_relative_path();) {
    above = above.parent_path();
    if (host.apparmor_local.find(above.string() + "/*") != std::string::npos) return true;
  }
  return false;
}

std::string apparmor_remedy(const DaemonFacts& daemon, const std::string& program) {
  const std::string name = daemon.apparmor.substr(daemon.apparmor.rfind('/') + 1);
  return "put it where the profile lets it, or add `" + visible(program) +
         " PUx,` to /etc/apparmor.d/local/usr.sbin." + name + " and reload the profile";
}

}  // namespace hookjournal
