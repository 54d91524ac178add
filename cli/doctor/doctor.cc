#include "cli/doctor/doctor.h"

#include <algorithm>
#include <tuple>

#include "cli/doctor/check_files.h"
#include "cli/doctor/check_host.h"
#include "cli/doctor/check_text.h"
#include "cli/install/install_state.h"
#include "engine/first_line.h"

namespace hookjournal {

namespace {

void check_directory(const HookTree& tree, const DoctorRequest& request,
                     std::vector<Finding>& findings) {
  const auto scripts = seen_scripts(tree);
  check_names(tree, scripts, findings);
  check_access(tree, scripts, request.host, findings);
  check_daemons(tree, request.host, request.knows, findings);
  check_confinement(tree, scripts, request.host, findings);
  for (const auto& script : scripts) {
    // A dispatcher in shell runs what has no #! line as well.
    if (!script.of_dispatcher || interpreter_of(script.text))
      check_interpreter(script, request.host, findings);
    check_text(script, request.host, findings);
  }
  for (const auto& folder : dispatch_folders(tree))
    check_dispatch_folder(folder, request.host, findings);
}

}  // namespace

std::vector<Finding> diagnose(const DoctorRequest& request) {
  std::vector<std::string> further;
  for (const auto& [driver, since] : load_state(request.hooks_dir).since)
    further.push_back(driver);
  std::vector<Finding> findings;
  check_directory(look_at(request.hooks_dir, drivers_with(further)), request, findings);
  if (request.recorder) check_recorder(*request.recorder, request.host, findings);
  std::stable_sort(findings.begin(), findings.end(), [](const auto& a, const auto& b) {
    return std::tie(a.path, a.line) < std::tie(b.path, b.line);
  });
  return findings;
}

}  // namespace hookjournal
