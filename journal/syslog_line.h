#pragma once

#include <string>

namespace hookjournal {

// One datagram, never waiting: syslog(3) may block on a full log. `severity`: LOG_WARNING
// and its kin. False when nobody took it.
bool to_syslog(const std::string& program, int severity, const std::string& text);

}  // namespace hookjournal
