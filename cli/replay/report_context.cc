#include "cli/replay/report_context.h"

#include "engine/libvirt_message.h"

namespace hookjournal {

std::string reproduce_command(const ReportContext& context, const ReplayedCall& call) {
  return "hookjournal replay --call " + std::to_string(call.call.id) + context.again +
         " --show";
}

std::string reproduce_command(const ReportContext& context, const ReplayedLeak& leak) {
  return "hookjournal replay --driver " + shell_quoted(leak.driver) + " --object " +
         shell_quoted(leak.object) + " --call .." + std::to_string(leak.last_call) +
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
