#pragma once

#include <string>

namespace hookjournal {

// What libvirt passes as sub-operation and extra with an operation (its call sites, which
// allow one of each): for a call that a person makes in a few words. "-" for unknown ones
// and for the reason of a `release`, which libvirt gives since 10.5 only.
std::string usual_suboperation(const std::string& driver, const std::string& operation);
std::string usual_extra(const std::string& driver, const std::string& operation);

}  // namespace hookjournal
