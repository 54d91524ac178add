#include <cstdio>
#include <optional>
#include <utility>

#include "cli/call_words.h"
#include "cli/calling/for_real.h"
#include "cli/calling/run_text.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/journal_option.h"
#include "engine/config.h"
#include "engine/end_as.h"
#include "engine/error.h"
#include "engine/libvirt_message.h"
#include "engine/process_runner.h"
#include "engine/usual_words.h"
#include "journal/asking/call_json.h"
#include "journal/call_recorder.h"
#include "replay/recorded_call.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

constexpr const char* kExplanation =
    "Runs the scripts that libvirt would run for this call, with its environment, order\n"
    "and rules, records them with origin `run`, and prints the answer. Words that are\n"
    "left out are those libvirt passes (`begin`, `end`, `-`).\n"
    "\n"
    "Scripts with the recorder's words are run without the recorder. An interrupt goes\n"
    "to the script that runs; those after it are not run then.\n"
    "\n"
    "exit: 0 when the call was made and recorded, whatever the answer;\n"
    "      --exit-with-answer passes on the ending of the last failing script instead\n"
    "\n"
    "example: what the hooks do before a guest starts, with the XML of a recorded start\n"
    "  hookjournal run qemu win11 prepare --from-call 4711 --for-real\n";

// What the command line asks for.
struct Request {
  HookCall call;
  std::string scripts, input;
  std::optional<std::int64_t> from_call;
  bool for_real = false, exit_with_answer = false, json = false;
};

std::optional<std::string> recorded_input(JournalReader& journal, std::int64_t id) {
  const HookCall call = recorded_call(journal, id);
  const auto record = journal.call(id);
  const auto& input = record->runs.front().input;
  if (input && input->redacted > 0)
    std::fprintf(stderr,
                 "hookjournal: the input of call %lld was recorded without its "
                 "passwords; the scripts read '*' in their place\n",
                 static_cast<long long>(id));
  return call.input;
}

std::optional<std::string> input_of(const Request& request, JournalReader& journal) {
  if (request.from_call) return recorded_input(journal, *request.from_call);
  if (!request.input.empty()) return read_input(request.input);
  if (request.call.driver != "daemon")
    std::fputs(
        "hookjournal: no --input or --from-call: the scripts read /dev/null, where "
        "libvirt passes the XML\n",
        stderr);
  return {};
}

void complete(Request& request) {
  HookCall& call = request.call;
  if (call.driver.find('/') != std::string::npos)
    throw UsageError("'" + visible(call.driver) +
                     "' is no driver: a driver is a file name in the hooks directory");
  if (call.suboperation.empty())
    call.suboperation = usual_suboperation(call.driver, call.operation);
  if (call.extra.empty()) call.extra = usual_extra(call.driver, call.operation);
  if (!request.for_real)
    throw UsageError(
        "run runs the scripts on this machine, and they do for real what they do "
        "when libvirt calls them: detach devices, change networks, mount and delete. "
        "Add --for-real if that is what you want. Nothing was run");
}

struct Made {
  Answer answer;
  std::optional<std::int64_t> id;
  std::vector<std::string> trouble;
};

Made make_call(const HookCall& call, CallRecorder::Setting setting) {
  const fs::path scripts = setting.hooks_dir;
  const std::vector<std::string> environment = setting.environment;
  CallRecorder recorder(std::move(setting));
  UntilSignal observer(recorder);
  ProcessRunner runner(environment, tell_of_holder);
  Made made;
  made.answer = HookEngine(runner, observer, environment)
                    .answer(call, scripts, discover(scripts, call.driver));
  made.id = recorder.call();
  made.trouble = recorder.trouble();
  return made;
}

void print(const Request& request, const Made& made, JournalReader& journal) {
  const auto record = made.id ? journal.call(*made.id) : std::nullopt;
  write_output(Output::Paging::never, [&](Output& output) {
    if (!request.json)
      write_answer(output, request.call, made.answer, record ? &*record : nullptr);
    else if (record)
      output.bytes(call_to_json(*record) + "\n");
  });
  for (const std::string& trouble : made.trouble)
    std::fprintf(stderr, "hookjournal: %s\n", visible(trouble).c_str());
  if (made.answer.runs.empty())
    std::fputs("hookjournal: no script ran, so there is nothing to record\n", stderr);
}

// Of a failure that no script ended with: the directory of scripts was not readable.
constexpr Exited kFailed{1};

}  // namespace

int run_run(int argc, char** argv) {
  CommandLine line("Make one hook call for real, by libvirt's rules, and record it.",
                   kExplanation);
  Request request;
  HookCall& call = request.call;
  call.suboperation.clear();
  call.extra.clear();
  line.add_argument("DRIVER", call.driver, "qemu, lxc, network, daemon ...").required();
  line.add_argument("OBJECT", call.object, "The guest or network; - for the daemon")
      .required();
  line.add_argument("OPERATION", call.operation, "prepare, start, release ...")
      .required();
  line.add_argument("SUBOPERATION", call.suboperation, "begin, end or -");
  line.add_argument("EXTRA", call.extra, "Of a release, why it is made");
  line.add_flag("--for-real", request.for_real, "Yes, act on this machine");
  line.add_option("--scripts", request.scripts, "Other scripts than those of --hooks-dir")
      .takes("DIR");
  const Option input = line.add_option("--input", request.input,
                                       "What the scripts read on stdin; - is ours")
                           .takes("FILE");
  line.add_option("--from-call", request.from_call, "The input of this recorded call")
      .takes("N")
      .excludes(input);
  line.add_flag("--exit-with-answer", request.exit_with_answer,
                "End as the call did: see below");
  line.add_flag("--json", request.json, "The recorded call, as `show --json`");
  const JournalOption journal_option(line);
  if (const auto status = line.parse(argc, argv)) return *status;

  complete(request);
  const fs::path scripts = scripts_directory(
      request.scripts.empty() ? journal_option.hooks_dir().string() : request.scripts);
  const fs::path file = journal_option.file();
  // Before anything runs: a call that cannot be recorded is not made.
  JournalReader journal(file);
  call.input = input_of(request, journal);
  const Made made = make_call(call, {.journal = file,
                                     .hooks_dir = scripts,
                                     .environment = hook_environment(own_environment()),
                                     .origin = Origin::run,
                                     .config = load_config(journal_option.hooks_dir())});
  print(request, made, journal);
  if (request.exit_with_answer && made.answer.failed)
    end_as(made.answer.bad_directory ? kFailed : made.answer.ending);
  return made.trouble.empty() || request.exit_with_answer ? 0 : 3;
}

}  // namespace hookjournal
