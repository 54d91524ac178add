#pragma once

#include <string>

#include "engine/xml/identity_findings.h"
#include "engine/xml/strict_xml.h"

namespace hookjournal {

// What libvirt says of a definition without looking at another, in its words; empty when
// it says nothing. `domain` is the root element.
std::string definition_error(const StrictElement& domain);

// The same for what qemu's driver wants beyond that.
std::string qemu_definition_error(const StrictElement& domain);

// Whether qemu's driver lets `target` take the place of `source` while the guest is saved
// (`restoring`) or on its way from another host. By the rules of libvirt's check of the
// ABI (domain_conf.c, virDomainDefCheckABIStabilityFlags), in its order, as far as the
// XML decides. Left out is what libvirt fills in where a definition is silent:
// controllers, video, memory balloon, CPU model, addresses.
IdentityFindings compare_identity(const StrictElement& source,
                                  const StrictElement& target, bool restoring);

}  // namespace hookjournal
