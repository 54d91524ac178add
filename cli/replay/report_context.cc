#include "cli/replay/report_context.h"

#include <fstream>
#include <sstream>

#include "engine/libvirt_message.h"
#include "replay/sandbox/host_mounts.h"

namespace hookjournal {

namespace {

std::string calls_of(const std::string& driver, const std::string& object,
                     const std::string& calls) {
  return "hookjournal replay --driver " + shell_quoted(driver) + " --object " +
         shell_quoted(object) + " --call " + calls;
}

}  // namespace

SandboxConditions sandbox_conditions(const SandboxLimits& limits) {
  std::ifstream file("/proc/self/mountinfo");
  std::ostringstream text;
  text << file.rdbuf();
  SandboxConditions conditions{.limits = limits};
  for (const HostMount& mount : mounts_to_show(parse_mountinfo(text.str())))
    if (showing_of(mount) == Showing::read_only)
      conditions.read_only.push_back(mount.path + " (" + mount.type + ")");
  return conditions;
}

// With the calls before it in its lifecycle: what they leave may be what makes it differ.
std::string reproduce_command(const ReportContext& context, const ReplayedCall& call) {
  const std::string id = std::to_string(call.call.id);
  const bool first = call.life_began == 0 || call.life_began == call.call.id;
  return (first ? "hookjournal replay --call " + id
                : calls_of(call.call.driver, call.call.object,
                           std::to_string(call.life_began) + ".." + id)) +
         context.again + " --show";
}

std::string reproduce_command(const ReportContext& context, const ReplayedLeak& leak) {
  return calls_of(
             leak.driver, leak.object,
             std::to_string(leak.life_began) + ".." + std::to_string(leak.last_call)) +
         context.again + " --show";
}

std::string reproduce_command(const ReportContext& context, const ChangeGroup& group) {
  return group.leak ? reproduce_command(context, *group.leak)
                    : reproduce_command(context, group.example);
}

std::string accept_command(const ReportContext& context, const std::string& fingerprint) {
  return "hookjournal accept " + fingerprint + context.journal + " --because '...'";
}

}  // namespace hookjournal
