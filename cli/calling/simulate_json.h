#pragma once

#include <string>

#include "cli/calling/simulate_text.h"

namespace hookjournal {

// One step as one line of JSON. Keys may be added, none is ever changed.
//
// Of a hook call:
//   call          its id in the journal; null when no script ran
//   side          "here", or of a migration "source"
//   driver, object, operation, suboperation, extra
//   outcome       "ok", "failed", "no-hook"
//   elapsed_ns    of its scripts together
//   scripts       what they did in their sandbox, in order of their runs; not there with
//                 --for-real
// Of each step, where there is something to tell:
//   libvirt       what it does
//   error         its message
//
// Of a script:
//   path          below the hooks directory
//   ending        {"exited":N}, {"signaled":N,"core_dumped":bool} or
//                 {"not_started":ERRNO}
//   elapsed_ns
//   timed_out     it took longer than --timeout, and was killed
//   stdout, stderr  {"bytes":N,"text":...}
//   commands      what was executed, by parent and order of birth: {"program",
//                 "arguments" (the name included), "ending" (as above; null: it still
//                 ran, or "replaced": its process went on to execute the next one),
//                 "replaced", "depth" (how many commands below the script), "simulated"
//                 (a stand-in answered)}
//   not_found     names of commands that a shell did not find
//   files         {"path","change","before","after"}; change: "created", "changed",
//                 "removed"; before and after: null, or {"type" (one letter: f, d, l, c,
//                 b, p, s), "mode" (octal), "uid","gid","size","sha256" (null unless a
//                 file), "content" (of a file; null when it is binary or large; of a link
//                 its target)}
//   network       {"object","change","before","after"}: properties as text, or null
//   attempts      {"kind":"connect"|"refused","target","program"}: what would have
//                 reached outside of the sandbox
//   left_running  command lines
//   trouble       what the sandbox could not provide, in words
//
// Bytes that are not UTF-8 become U+FFFD.
std::string step_to_json(const ToldStep& told);

}  // namespace hookjournal
