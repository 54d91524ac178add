#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "replay/comparison/text_mask.h"

namespace hookjournal {

struct TimeText {
  std::size_t end = 0;  // behind it
  std::string shape;    // how it is written: "0000-00-00T00:00:00.0Z"
  Hidden::Moment moment = Hidden::Moment::none;
  std::int64_t at = 0;
};

// The moment or date written at `begin`, the longest: ISO 8601, syslog, ctime, date(1),
// RFC 2822, web servers' logs, compact (20261122-080956), seconds and their thousandths
// since 1970, what the shell's `time` prints. Nothing when there is none.
std::optional<TimeText> time_at(std::string_view text, std::size_t begin,
                                std::int64_t now);

}  // namespace hookjournal
