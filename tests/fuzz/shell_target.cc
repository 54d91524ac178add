#include "engine/shell/shell_tree.h"
#include "tests/fuzz/fuzz_target.h"

using namespace hookjournal;

FUZZ_TARGET(shell) { parse_shell(bytes); }
