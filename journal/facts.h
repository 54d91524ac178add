#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/ending.h"
#include "engine/script_runner.h"

// What is recorded of one script run, in two halves: what is known when it starts and
// what is known when it has ended. The hook hands them to its writer, the spool keeps
// them, the journal makes events of them.
namespace hookjournal {

// A moment: UTC nanoseconds since 1970, and nanoseconds of CLOCK_BOOTTIME of the same
// boot for honest durations when the wall clock jumps.
struct Moment {
  std::int64_t wall_ns = 0;
  std::int64_t boot_ns = 0;
  bool operator==(const Moment&) const = default;
};
Moment now();

// 16 raw bytes, UUID version 7: ordered by time, so that an index over them grows at its
// end.
std::string new_uuid(std::int64_t wall_ns);
std::string uuid_text(std::string_view raw);  // 36 characters

// A process, safe against reused pids: start time in clock ticks since boot
// (/proc/PID/stat).
struct ProcessId {
  pid_t pid = 0;
  std::uint64_t start_ticks = 0;
  bool operator==(const ProcessId&) const = default;
};

// Who called the hook.
struct Caller {
  ProcessId process;
  std::string exe;  // "/usr/sbin/libvirtd"; empty when not readable
  std::uint64_t exe_inode = 0;
  std::int64_t exe_mtime_ns = 0;
  std::string exe_build_id;  // raw bytes of the ELF note
  bool operator==(const Caller&) const = default;
};

enum class Origin { libvirt, run, simulate, other };
std::string_view to_string(Origin origin);
std::optional<Origin> origin_named(std::string_view name);

// What repeats from run to run of one daemon: kept as one blob.
struct Context {
  std::string host_name;
  std::string machine_id;
  std::string boot_id;
  std::uint64_t pid_namespace = 0;  // inode: pids of another one mean nothing here
  std::string recorder_version;
  std::string kernel;  // release
  uid_t uid = 0;
  gid_t gid = 0;
  std::optional<mode_t> umask;  // nothing: recorded before it was noted
  std::string hooks_dir;
  std::string working_directory;
  std::vector<std::string> environment;  // "NAME=value", as received, in order
  Caller caller;
  bool operator==(const Context&) const = default;
};
std::string umask_text(const Context& context);  // "0022"; empty: not known

struct RunStarted {
  std::string uuid;  // of the run, 16 raw bytes, time-ordered (UUID version 7)
  Moment at;
  std::string hooks_dir;
  std::string script;  // below hooks_dir: "qemu", "qemu.d/10-x"
  std::vector<std::string>
      arguments;  // after the script's path, as received; libvirt: four
  std::vector<std::string> planned;  // the scripts libvirt is going to run for this call
  Origin origin = Origin::other;
  std::string within;    // uuid of the recorded run that started this one, or empty
  ProcessId recorder;    // the process that answers
  ProcessId writer;      // the process that writes
  bool spooled = false;  // could not be written in time, and was taken in later
  Context context;
};

// A stream as it was kept: redacted, at most the cap.
struct KeptStream {
  std::string bytes;
  std::uint64_t length = 0;    // of all that passed through
  bool truncated = false;      // length > bytes.size(), or the end was not seen
  std::uint64_t redacted = 0;  // secrets replaced
  bool operator==(const KeptStream&) const = default;
};

struct RunEnded {
  Moment at;
  bool spooled = false;
  Ending ending = Exited{0};
  std::int64_t elapsed_ns = 0;
  std::int64_t held_open_ns = 0;  // of it, after the script itself had ended
  std::int64_t cpu_ns = 0;
  std::uint64_t max_rss_kib = 0;
  KeptStream out;
  KeptStream err;
  std::vector<PipeHolder> holders;
  std::vector<PassedSignal> signals;
};

// Both the process that answered and the one that wrote are gone, and nobody saw the end.
struct RecorderDied {
  Moment at;             // when it was found out
  std::int64_t run = 0;  // id of the start event
  std::string reason;
};

// What could not be recorded.
struct Gap {
  Moment at;
  std::uint64_t runs = 0;  // how many script runs are missing; 0: a part of one
  std::string reason;
  std::string script;                  // the first of them, as far as known
  std::vector<std::string> arguments;  // of it
};

}  // namespace hookjournal
