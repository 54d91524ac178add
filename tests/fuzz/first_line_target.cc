#include "engine/first_line.h"
#include "tests/fuzz/fuzz_target.h"

using namespace hookjournal;

FUZZ_TARGET(first_line) {
  split_interpreter(bytes);
  launched_path(bytes);
  const std::string without = without_recorder(bytes);
  const auto with = with_recorder(bytes, "/usr/bin/hookjournal-hook");
  if (!with || has_recorder(bytes)) return;
  promise(has_recorder(*with), "inserted words are recognised");
  promise(without == bytes, "a text without the words is its own");
  promise(without_recorder(*with) == bytes, "taking the words out gives the text back");
}
