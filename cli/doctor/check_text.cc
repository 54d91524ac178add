#include "cli/doctor/check_text.h"

namespace hookjournal {

void check_text(const SeenScript& script, const HostFacts& host,
                std::vector<Finding>& findings) {
  check_calls(script, findings);
  check_background(script, findings);
  check_output(script, findings);
  check_pipes(script, findings);
  check_arguments(script, findings);
  check_operations(script, host, findings);
  check_environment(script, host, findings);
}

}  // namespace hookjournal
