#include "cli/time_text.h"
#include "tests/fuzz/fuzz_target.h"

using namespace hookjournal;

FUZZ_TARGET(times) {
  constexpr std::int64_t kNow = 1'800'000'000'000'000'000;
  if (const auto at = parse_time(bytes, kNow)) local_time_text(*at, 9);
  if (const auto ns = parse_duration(bytes)) duration_text(*ns);
}
