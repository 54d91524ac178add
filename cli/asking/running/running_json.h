#pragma once

#include <string>

#include "cli/asking/running/running_script.h"

namespace hookjournal {

// One running script as one line; keys may be added, none is ever changed.
//   call          the call's number; null: it is not in the journal yet
//   host, driver, object, object_uuid, operation, suboperation, extra, origin, script
//   since         start of the script, UTC; elapsed_ns since then
//   seen          "there"; or why no processes are told: "gone" (its recorder has ended,
//                 `maintain` will note that), "rebooted", "elsewhere" (another pid
//                 namespace)
//   recorder      {"pid"}
//   caller        {"pid","exe","there"}
//   script_ended  true: only what it left behind is still there
//   processes     [{"pid","parent","command","depth","state","left_behind",
//                 "wait":{"call","channel","descriptors","child","running","hidden"},
//                 "waits_for_file","lock_holders":[process],
//                 "ends":[{"fd","kind","writes","place","awaited","peers":[process]}]}],
//                 parents first; a process there is {"pid","command"}
//   causes        [{"name","text"}]: what is known to hang hooks and is seen here
//   output        null: what a script has printed is not readable before it ends
std::string running_to_json(const RunningScript& running, std::int64_t now_ns);

}  // namespace hookjournal
