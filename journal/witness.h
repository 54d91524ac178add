#pragma once

#include <optional>

#include "journal/facts.h"

// What /proc tells about who called, and where.
namespace hookjournal {

// Nothing when there is no such process (any more).
std::optional<ProcessId> process_with(pid_t pid);
pid_t parent_of(pid_t pid);  // 0: unknown

Caller identify_caller(pid_t pid);
// `libvirt` when the caller is one of libvirt's daemons, else `other`.
Origin origin_of(const Caller& caller);

// All but what the hook itself must tell (directory of the hooks); for this process.
Context gather_context(pid_t caller, const char* const* environment);

std::string boot_id();
std::uint64_t pid_namespace();

// The nearest ancestor of `pid`, itself included, that is a recorder: a script recorded
// here was started by a script recorded there.
std::optional<ProcessId> recorder_above(pid_t pid);

}  // namespace hookjournal
