#pragma once

#include "replay/sandbox/channel.h"
#include "replay/sandbox/sandbox_codec.h"
#include "replay/sandbox/scene.h"
#include "replay/sandbox/written_files.h"

namespace hookjournal {

// What the other side asks the first process of a sandbox for: one of these, then the
// encoded argument. Answered by one message: kDone and the encoded answer, or kFailed and
// an error in words. The first message, unasked, says whether the sandbox stands.
enum SandboxRequest : char { kRun = 'r', kRemains = 'm' };
enum SandboxAnswer : char { kDone = 'd', kFailed = 'f' };

// The life of the first process of new mount, pid, network, ipc and uts namespaces:
// builds the scene, runs scripts in it as it is told, and ends, and with it all processes
// inside, when the other side is gone. `news` is nobody else's meanwhile.
[[noreturn]] void live_as_sandbox_init(Channel channel, const Workshop& workshop,
                                       const SceneRequest& request,
                                       const SandboxSettings& settings,
                                       std::shared_ptr<const WriteNews> news);

}  // namespace hookjournal
