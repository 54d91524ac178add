#include "cli/asking/host_calls.h"

#include <algorithm>
#include <cstdio>

namespace hookjournal {

namespace {

bool leaves_out(const Selection& asked, const JournalOption& option) {
  return asked.origins.empty() && asked.calls.empty() && option.is_production();
}

}  // namespace

Selection host_calls(const Selection& asked, const JournalOption& option) {
  Selection selection = asked;
  if (leaves_out(asked, option)) selection.origins = {Origin::libvirt, Origin::other};
  return selection;
}

std::int64_t count_left_out(JournalReader& journal, const Selection& asked,
                            const JournalOption& option) {
  if (!leaves_out(asked, option)) return 0;
  Selection others = asked;
  others.origins = {Origin::run, Origin::simulate};
  others.last.reset();
  return journal.count_calls(others);
}

void tell_of_left_out(JournalReader& journal, const Selection& asked,
                      const JournalOption& option, std::int64_t since_ns) {
  Selection looked_through = asked;
  if (since_ns != 0)
    looked_through.since_ns = std::max(asked.since_ns.value_or(since_ns), since_ns);
  const std::int64_t count = count_left_out(journal, looked_through, option);
  if (count > 0)
    std::fprintf(stderr,
                 "hookjournal: %lld %s of `run` and `simulate` left out; --origin "
                 "run,simulate shows %s\n",
                 static_cast<long long>(count), count == 1 ? "call" : "calls",
                 count == 1 ? "it" : "them");
}

}  // namespace hookjournal
