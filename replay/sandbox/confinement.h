#pragma once

#include <linux/filter.h>

#include <initializer_list>
#include <string_view>
#include <vector>

#include "replay/sandbox/sandbox.h"

// What a script in a sandbox may not do, whoever it runs as. For mistakes, not for
// attackers: the kernel itself is not hidden.
namespace hookjournal {

// Lets the tracer see connect() and the system calls that would change the host, and
// refuses those that no capability guards.
using SystemCallFilter = std::vector<sock_filter>;
const SystemCallFilter& system_call_filter();

// Before the capabilities are given up; stays over execve. False with errno when the
// kernel refuses.
bool install_filter(const SystemCallFilter& filter);

// Whether this process has all of these now.
bool has_capabilities(std::initializer_list<int> wanted);

// Whatever this process and its children execute from now on has no capability but those
// over files, processes and networks of a sandbox's own. False with errno.
bool bound_capabilities();

// Gives up all others at once. Of a process with the bounds above. False with errno.
bool drop_capabilities();

// False with errno.
bool set_limits(const SandboxLimits& limits);

// "settimeofday" for a call the filter lets the tracer see; empty for any other.
std::string_view refused_call_name(long number);

}  // namespace hookjournal
