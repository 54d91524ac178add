#include "replay/comparison/maskers.h"

namespace hookjournal {
namespace {

int severity(Consequence consequence) {
  switch (consequence) {
    case Consequence::guest_killed:
      return 10;
    case Consequence::start_undone:
      return 9;
    case Consequence::guest_forgotten:
      return 8;
    case Consequence::start_refused:
      return 7;
    case Consequence::restore_refused:
      return 6;
    case Consequence::migration_refused:
      return 5;
    case Consequence::network_start_refused:
      return 4;
    case Consequence::port_refused:
      return 3;
    case Consequence::update_reported:
      return 2;
    case Consequence::unknown:
      return 1;
    case Consequence::none:
    case Consequence::ignored:
      return 0;
  }
  return 0;
}

}  // namespace

// What gets worse comes first, by how bad it becomes; then what no longer happens, for a
// refusal that is gone may have been there for a reason; then effects alone.
int harm_of(Consequence before, Consequence after) {
  const int was = severity(before), is = severity(after);
  if (is > was) return 200 + is;
  if (is < was) return 100 + was;
  return is;
}

}  // namespace hookjournal
