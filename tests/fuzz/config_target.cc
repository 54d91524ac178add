#include "engine/config.h"
#include "tests/fuzz/fuzz_target.h"

using namespace hookjournal;

FUZZ_TARGET(config) {
  const FuzzFile file("hookjournal/config.json", bytes);
  Config read = load_config(file.folder());
  read.trouble.clear();
  const FuzzFile written("again/hookjournal/config.json", config_text(read));
  promise(load_config(written.folder() + "/again") == read,
          "a configuration that was written reads as it was");
}
