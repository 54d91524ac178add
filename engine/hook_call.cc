#include "engine/hook_call.h"

namespace hookjournal {

bool is_filter(const HookCall& call) {
  return call.operation == "migrate" || call.operation == "restore";
}

std::vector<std::string> script_arguments(const HookCall& call) {
  return {call.object, call.operation, call.suboperation, call.extra};
}

}  // namespace hookjournal
