#pragma once

#include <cstdint>
#include <string>

#include "journal/records.h"

// One call as one line of JSON: what `--json` prints. A contract: keys may be added, none
// is ever changed or taken away. A key is always there; what does not apply or is not
// known is null.
//
// The text is ASCII: other characters are \u escapes. Names, arguments and environments
// are bytes, and JSON has only Unicode: each byte sequence in them that is not UTF-8
// becomes U+FFFD, the replacement character. `hookjournal show` shows such bytes as \xNN.
//
// Of a call:
//   id            its number: that of its first event, stable under rebuild and prune
//   call_uuid     the same for machines: that of its first run
//   host          its name, or its machine id when it has none
//   at            start of the first script, UTC, RFC 3339 with nine digits
//   driver, object, operation, suboperation, extra
//                 as libvirt called; "-" where libvirt passes that
//   object_uuid   of the guest or network, from the input; or null
//   outcome       "ok", "failed", "running", "abandoned"
//   consequence   what libvirt does because of it: "none", "start-refused",
//                 "start-undone", "guest-killed", "guest-forgotten", "migration-refused",
//                 "restore-refused", "network-start-refused", "port-refused",
//                 "update-reported", "ignored", "unknown"
//   origin        who called: "libvirt", "run", "simulate", "other"
//   answer        the ending of its last failing script, else {"exited":0}; null while it
//                 runs and when it was abandoned
//   elapsed_ns    from the first script's start to the last one's end, nanoseconds; null
//                 while it runs
//   tree          version of the scripts tree, "sha256:" and 64 hexadecimal digits; null
//                 when it is not known
//   caller        {"pid", "exe", "build_id"}: the process that called; exe is its program
//                 or null, build_id hexadecimal or null
//   input         what the first script could read, a stream (below); null: as its stdin
//   output        of a filter (migrate, restore) that did not fail: what it printed in
//   the
//                 input's place, a stream with further keys "script" (who printed it),
//                 "valid" (true: libvirt takes it; false: it refuses the migration or
//                 restore; null: that is not known) and "reason" (in libvirt's words why
//                 it refuses, or why it is not known; null when valid); else null
//   unrecorded    names of scripts that libvirt was going to run and that are not here
//   planned       names of all scripts that libvirt was going to run, in order
//   arguments     all that the first script got after its path, as received
//   context       {"machine_id", "boot_id", "kernel", "recorder", "hooks_dir", "cwd",
//                 "uid", "gid", "umask" (octal, "0022"; null: recorded before it was
//                 noted), "environment"}: where and as whom it ran; environment is an
//                 array of "NAME=value" in order
//   scripts       the runs, in order of their starts:
//
// Of a run:
//   id, run_uuid  its start event and its UUID
//   path          of the script, below the hooks directory
//   sha256        of the script's own text (without the recorder's words); null when that
//                 was not kept
//   outcome       as of a call
//   ending        {"exited":N}, {"signaled":N,"core_dumped":bool}, or
//                 {"not_started":ERRNO,"reason":text}: it could not be executed, or
//                 opened, when path is a directory of scripts ("qemu.d"); null while it
//                 runs and when it was abandoned
//   at            its start, as of a call
//   elapsed_ns    until it had ended and its pipes were closed; null without an ending,
//                 as are the next three
//   held_open_ns  part of it after the script itself had ended
//   cpu_ns        user and system time, with that of children it waited for
//   max_rss       peak memory of its largest process, bytes
//   within        id of the run that started this one; null for one libvirt started
//   spooled       true: taken in later, as the journal could not be written in time
//   held_by       [{"pid", "command", "stream"}]: processes that outlived the script and
//                 kept one of its pipes open
//   signals       [{"signal", "after_ns"}]: sent to the recorder, passed on to the script
//   stdin         a stream; null: /dev/null, or, without an ending, not recorded
//   stdout, stderr  streams; null without an ending
//
// A stream:
//   bytes         all that passed through
//   kept          how many of these are in the journal, from the first on
//   truncated     true: not all are
//   redacted      secrets replaced in what was kept
//   sha256        of what was kept; null when that is nothing
namespace hookjournal {

std::string call_to_json(const CallRecord& call);

// The keys by which a call is known, an object of JSON by itself: id, call_uuid, host,
// at, driver, object, object_uuid, operation, suboperation, extra.
std::string call_head_to_json(const CallRecord& call);

// "2026-11-22T08:09:56.349865122Z"
std::string utc_time_text(std::int64_t at_ns);

}  // namespace hookjournal
