#pragma once

#include "engine/unique_fd.h"
#include "journal/facts.h"

namespace hookjournal {

// The writer: a child of the answering process that keeps one run in the journal while
// the script runs, says when it is durable, and then tidies up while libvirt has gone on.
// It is a witness too: when the answering process dies, it records that. Never returns.
[[noreturn]] void run_writer(UniqueFd socket, const RunStarted& run, bool has_input);

}  // namespace hookjournal
