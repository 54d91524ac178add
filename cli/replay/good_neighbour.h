#pragma once

#include <filesystem>

namespace hookjournal {

// From here on this process, its threads and children take the processor and the disk
// only when nobody else wants them, and are the first to go when memory runs out: the
// guests on this host must not notice a replay.
void be_a_good_neighbour();

// Whether guests run here, by the processes of `proc`.
bool runs_guests(const std::filesystem::path& proc = "/proc");

// How many lifecycles at a time when nobody says: one beside running guests, else one a
// core.
unsigned default_jobs(const std::filesystem::path& proc = "/proc");

}  // namespace hookjournal
