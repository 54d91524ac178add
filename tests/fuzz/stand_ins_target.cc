#include "replay/sandbox/stand_ins/stand_in_rules.h"
#include "tests/fuzz/fuzz_target.h"

using namespace hookjournal;

FUZZ_TARGET(stand_ins) {
  const StandInRules rules =
      joined(stand_ins_of_text(bytes, "fuzzed"), default_stand_ins());
  for (const std::string& command : rules.replaced())
    rules.rule_for(command, {"is-active", "--quiet", "libvirt-guests.service"});
}
