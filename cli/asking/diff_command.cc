#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "cli/asking/difference_json.h"
#include "cli/asking/difference_text.h"
#include "cli/call_choice.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/journal_option.h"
#include "cli/output.h"
#include "engine/error.h"
#include "journal/asking/call_difference.h"
#include "journal/asking/call_history.h"

namespace hookjournal {

namespace {

constexpr const char* kExample =
    "XML is compared by its structure, scripts and what they printed by line. The\n"
    "earlier call comes first, '-' is what it had, '+' what the later one has. A call "
    "of\n"
    "the same kind is one of the same guest, driver and operation.\n"
    "\n"
    "example: what is different from the last time this guest could be prepared\n"
    "  hookjournal diff 4711 --with-last-success\n";

struct Wanted {
  std::vector<std::int64_t> ids;
  bool previous = false, success = false;
};

CallRecord other_call(JournalReader& journal, const CallRecord& call,
                      const Wanted& wanted) {
  const auto id =
      wanted.previous ? previous_call(journal, call) : last_success(journal, call);
  if (!id)
    throw UsageError("before call " + std::to_string(call.id) + " the journal has no " +
                     (wanted.previous ? "other call" : "successful call") +
                     " of the same kind; `diff CALL CALL` compares with any other");
  return call_or_usage_error(journal, *id);
}

void check(const Wanted& wanted) {
  const bool found = wanted.previous || wanted.success;
  if (wanted.ids.size() == (found ? 1 : 2)) return;
  throw UsageError(found ? "the other call is found by itself: give one number"
                         : "give two calls, or one and --with-previous or "
                           "--with-last-success");
}

}  // namespace

int run_diff(int argc, char** argv) {
  CommandLine line("Tell everything in which two calls differ.", kExample);
  Wanted wanted;
  line.add_argument("CALL", wanted.ids, "The calls; `log` has their numbers")
      .required()
      .expects(1, 2)
      .check(wrong_call_number);
  const Option previous = line.add_flag("--with-previous", wanted.previous,
                                        "With the call of the same kind before");
  line.add_flag("--with-last-success", wanted.success,
                "With the last one before that succeeded")
      .excludes(previous);
  JournalOption journal_option(line);
  bool json = false, no_pager = false;
  line.add_flag("--json", json, "One object, for programs");
  line.add_flag("--no-pager", no_pager, "Write to the terminal, however much it is");
  if (const auto status = line.parse(argc, argv)) return *status;
  check(wanted);

  JournalReader journal(journal_option.file());
  CallRecord after = call_or_usage_error(journal, wanted.ids.back());
  CallRecord before = wanted.ids.size() == 2
                          ? call_or_usage_error(journal, wanted.ids.front())
                          : other_call(journal, after, wanted);
  if (before.at_ns > after.at_ns) std::swap(before, after);
  const CallDifference difference = compare_calls(journal, before, after);
  const auto paging = no_pager ? Output::Paging::never : Output::Paging::when_on_terminal;
  write_output(paging, [&](Output& output) {
    if (!json) return write_difference(output, before, after, difference);
    output.bytes(json_of(before, after, difference)
                     .dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) +
                 "\n");
  });
  return 0;
}

}  // namespace hookjournal
