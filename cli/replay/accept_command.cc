#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/journal_option.h"
#include "cli/output.h"
#include "cli/replay/asking_user.h"
#include "cli/table.h"
#include "cli/time_text.h"
#include "engine/error.h"
#include "journal/acceptance.h"
#include "journal/asking/call_json.h"

namespace hookjournal {

namespace {

constexpr const char* kExplanation =
    "A replay names each change with a fingerprint, equal for equal changes. One that "
    "is\n"
    "intended is accepted here, with a reason: later replays show it as such and exit 0\n"
    "when nothing else has changed. Who did it and when is kept in the journal.\n"
    "\n"
    "example:\n"
    "  hookjournal accept 3f9a0c12d4e5 --because 'guests of vlan 12 get the new bridge'\n"
    "  hookjournal accept --revoke 3f9a0c12d4e5\n";

struct Request {
  std::string fingerprint, because, revoked;
  bool list = false, json = false;
};

bool is_blank_text(const std::string& text) {
  return text.find_first_not_of(" \t\n") == std::string::npos;
}

void check_fingerprint(const std::string& text) {
  if (text.size() == 12 &&
      text.find_first_not_of("0123456789abcdef") == std::string::npos)
    return;
  throw UsageError("'" + visible(text) +
                   "' is no fingerprint; `hookjournal replay` names changes with twelve "
                   "hexadecimal digits");
}

void check(const Request& request) {
  const int wanted = (request.list ? 1 : 0) + (request.revoked.empty() ? 0 : 1) +
                     (request.fingerprint.empty() ? 0 : 1);
  if (wanted != 1)
    throw UsageError(
        "say one of FINGERPRINT --because TEXT, --list, --revoke FINGERPRINT");
  if (request.json && !request.list) throw UsageError("--json goes with --list");
  if (!request.revoked.empty()) check_fingerprint(request.revoked);
  if (request.fingerprint.empty()) return;
  check_fingerprint(request.fingerprint);
  if (is_blank_text(request.because))
    throw UsageError(
        "--because TEXT is missing: whoever finds this change again should "
        "read why it is intended");
}

std::string json_line(const AcceptedDifference& accepted) {
  const nlohmann::ordered_json json = {{"fingerprint", accepted.fingerprint},
                                       {"at", utc_time_text(accepted.at_ns)},
                                       {"by", accepted.by},
                                       {"because", accepted.because}};
  return json.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) + "\n";
}

void list(const std::filesystem::path& file, bool json) {
  JournalReader journal(file);
  const auto all = accepted_differences(journal);
  write_output(Output::Paging::when_on_terminal, [&all, json](Output& output) {
    Table table(output, {{"FINGERPRINT"}, {"ACCEPTED"}, {"BY"}, {"BECAUSE"}});
    for (const AcceptedDifference& accepted : all) {
      if (json)
        output.bytes(json_line(accepted));
      else
        table.add({{visible(accepted.fingerprint)},
                   {local_time_text(accepted.at_ns)},
                   {visible(accepted.by)},
                   {visible(accepted.because)}});
    }
    table.finish();
  });
  if (all.empty()) std::fputs("hookjournal: no difference is accepted\n", stderr);
}

}  // namespace

int run_accept(int argc, char** argv) {
  CommandLine line("Say that a change which a replay found is intended.", kExplanation);
  Request request;
  line.add_argument("FINGERPRINT", request.fingerprint, "As a replay shows it");
  line.add_option("--because", request.because, "Why it is intended").takes("TEXT");
  line.add_flag("--list", request.list, "What is accepted, by whom and why");
  line.add_flag("--json", request.json, "One object a line, for programs");
  line.add_option("--revoke", request.revoked, "It is not intended any more")
      .takes("FINGERPRINT");
  JournalOption journal_option(line);
  if (const auto status = line.parse(argc, argv)) return *status;

  check(request);
  const std::filesystem::path journal = journal_option.file();
  const std::int64_t now_ns = now().wall_ns;
  if (request.list)
    list(journal, request.json);
  else if (!request.revoked.empty())
    revoke_difference(journal, request.revoked, asking_user(), now_ns);
  else
    accept_difference(journal,
                      {request.fingerprint, request.because, asking_user(), now_ns});
  return 0;
}

}  // namespace hookjournal
