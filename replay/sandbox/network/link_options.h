#pragma once

#include <string>

#include "replay/sandbox/network/network_object.h"

namespace hookjournal {

// The options of a link of that kind, from IFLA_INFO_DATA: those that say something, that
// is, differ from what a new link of this kind has, and always a VLAN's id and the like.
void add_link_options(const std::string& kind, const NetlinkAttributes& options,
                      const LinkNames& names, PropertyLines& lines);
// Of a port of a link of that kind, from IFLA_INFO_SLAVE_DATA.
void add_port_options(const std::string& kind, const NetlinkAttributes& options,
                      PropertyLines& lines);

}  // namespace hookjournal
