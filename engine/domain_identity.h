#pragma once

#include <string>

#include "engine/strict_xml.h"

namespace hookjournal {

// What libvirt says of a definition without looking at another, in its words; empty when
// it says nothing. `domain` is the root element.
std::string definition_error(const StrictElement& domain);

// The same for what qemu's driver wants beyond that.
std::string qemu_definition_error(const StrictElement& domain);

struct IdentityFinding {
  std::string refusal;   // why libvirt refuses, in its words
  std::string question;  // else what the two definitions alone do not tell
};

// Whether qemu's driver lets `target` take the place of `source` while the guest is saved
// (`restoring`) or on its way from another host. Both strings empty: as far as compared.
IdentityFinding find_other_identity(const StrictElement& source,
                                    const StrictElement& target, bool restoring);

}  // namespace hookjournal
