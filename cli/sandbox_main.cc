// hookjournal-sandbox: what all sandboxes of a replay come from. A program of its own and
// a small one: each sandbox and each script begins as a copy of the process, and what has
// to be copied are the mappings of every library that it was linked with.
#include <cstdio>
#include <cstring>

#include "replay/sandbox/sandbox_keeper.h"

// The caller says its version: an upgrade may have put this program in its place.
int main(int argc, char** argv) {
  if (argc != 2 || std::strcmp(argv[1], HOOKJOURNAL_VERSION) != 0) {
    std::fputs(
        "hookjournal-sandbox: only the hookjournal of this version "
        "(" HOOKJOURNAL_VERSION
        ") starts it; if that was just upgraded, start it again\n",
        stderr);
    return 2;
  }
  hookjournal::live_as_sandbox_keeper();
}
