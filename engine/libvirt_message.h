#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "engine/hook_call.h"
#include "engine/script_runner.h"

// The texts libvirt gives its API client when a hook call fails, byte for byte: people
// search for them, and a simulated call should show what `virsh` would.
namespace hookjournal {

// What libvirt keeps of the bytes it captured: those before the first NUL.
std::string as_c_string(const std::string& captured);

// Whether it then takes it for no output at all: nothing, or only what g_ascii_isspace
// takes for blank, which knows no \v (virstring.c:507).
bool is_blank(std::string_view captured);

// What of a daemon's environment libvirt hands to a hook, in its order: LC_ALL=C always,
// some names when they are set, nothing else (vircommand.c:1449-1467). Entries are
// "NAME=value".
std::vector<std::string> hook_environment(const std::vector<std::string>& of_daemon);

// Quoted when the shell would need it (virbuffer.c, virBufferEscapeShell).
std::string shell_quoted(std::string_view word);

// "Hook script execution failed: internal error: Child process (LC_ALL=C ... /path args)
// unexpected exit status 3: what it left on stderr", the newline at its end included.
std::string script_failure_message(const std::vector<std::string>& environment,
                                   const std::filesystem::path& script,
                                   const HookCall& call, const ScriptResult& result);

// For `<driver>.d` that exists and is no readable directory (virfile.c,
// virDirOpenInternal).
std::string directory_failure_message(const std::filesystem::path& directory,
                                      const std::error_code& reason);

}  // namespace hookjournal
