#pragma once

#include <cstdint>
#include <string>

#include "journal/records.h"

// What calls and runs are called in text for people. All of it is safe to show.
namespace hookjournal {

// "prepare", "release (shutdown)": the sub-operation follows from the operation.
std::string operation_words(const CallRecord& call);

// "ok", "exit 3", "signal 9", "not started", "running", "abandoned"
std::string short_ending(const RunRecord& run);
// "exit status 3", "fatal signal 9 (Killed), core dumped", as libvirt words it.
std::string long_ending(const RunRecord& run);

// "qemu, qemu.d/10-x (exit 3)": the scripts libvirt ran, then those not recorded.
std::string script_words(const CallRecord& call);

// In parentheses when it was not libvirt who called: what it would have done.
std::string consequence_word(Consequence consequence, Origin origin);
// "libvirt refused to start the guest."
std::string consequence_sentence(const CallRecord& call);

std::string elapsed_words(const CallRecord& call, std::int64_t now_ns);

// "41 bytes", "6,120 bytes"
std::string byte_count(std::uint64_t bytes);
// "Terminated" of 15
std::string signal_name(int signal);

}  // namespace hookjournal
