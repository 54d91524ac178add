#pragma once

#include "replay/comparison/difference.h"
#include "replay/legs/loaded_call.h"
#include "replay/sandbox/sandbox.h"

namespace hookjournal {

// One call in one sandbox by libvirt's rules of order, chaining and judgement, as the
// recorded host would have run it but with the scripts of `tree`, which `sandbox` was
// opened with. Throws Error when the sandbox fails.
ObservedCall observe_call(Sandbox& sandbox, const ScriptsTree& tree,
                          const LoadedCall& call);

}  // namespace hookjournal
