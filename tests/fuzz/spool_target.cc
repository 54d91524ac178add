#include "journal/spool.h"
#include "tests/fuzz/fuzz_target.h"

using namespace hookjournal;

FUZZ_TARGET(spool) {
  const FuzzFile file("spool/0.run", bytes);
  read_spooled(file.path());
}
