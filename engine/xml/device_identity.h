#pragma once

#include "engine/xml/identity_findings.h"
#include "engine/xml/strict_xml.h"

namespace hookjournal {

// Compares the devices of two definitions of a guest, as far as domain_identity.h says.
void compare_devices(const StrictElement& source, const StrictElement& target,
                     IdentityFindings& findings);

}  // namespace hookjournal
