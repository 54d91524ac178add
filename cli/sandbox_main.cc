// hookjournal-sandbox: what all sandboxes of a replay come from. A program of its own and
// a small one: each sandbox and each script begins as a copy of the process, and what has
// to be copied are the mappings of every library that it was linked with.
#include <sys/socket.h>
#include <sys/stat.h>

#include <cstdio>

#include "replay/sandbox/sandbox_keeper.h"

int main() {
  struct stat status {};
  if (::fstat(hookjournal::kKeeperSocket, &status) != 0 || !S_ISSOCK(status.st_mode)) {
    std::fputs(
        "hookjournal-sandbox: it is started by `hookjournal replay`, not by hand\n",
        stderr);
    return 2;
  }
  hookjournal::live_as_sandbox_keeper();
}
