#include <cstdio>
#include <utility>

#include "cli/asking/kept_script.h"
#include "cli/asking/stream_text.h"
#include "cli/call_choice.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/journal_option.h"
#include "cli/output.h"
#include "engine/error.h"
#include "engine/libvirt_message.h"
#include "journal/journal.h"

namespace hookjournal {

namespace {

constexpr const char* kExample =
    "stdin, stdout and stderr are those of a script, as far as they were kept; output "
    "is\n"
    "what libvirt took from a filter (migrate, restore) in the input's place; script is\n"
    "the text of the script as it was for that call, or of any file of the scripts "
    "tree.\n"
    "A terminal gets bytes that could harm it as \\xNN, anything else gets all as it "
    "was.\n"
    "\n"
    "example: what has changed in a script since call 4711\n"
    "  hookjournal cat 4711 script --script qemu.d/10-bridge |\n"
    "    diff - /etc/libvirt/hooks/qemu.d/10-bridge\n";

std::string wrong_part(const std::string& word) {
  for (const char* known : {"stdin", "stdout", "stderr", "output", "script"})
    if (word == known) return "";
  return "'" + visible(word) + "' is none of stdin, stdout, stderr, output, script";
}

struct Request {
  std::int64_t id = 0;
  std::string what;
  RunChoice choice;
};

void note(const std::string& text) {
  std::fprintf(stderr, "hookjournal: %s\n", text.c_str());
}

std::string call_words(const CallRecord& call) {
  return "call " + std::to_string(call.id);
}

void note_what_is_missing(const StoredStream& stream) {
  if (stream.truncated || stream.redacted > 0)
    note("not byte for byte: " + stream_words(stream));
}

std::string stream_bytes(JournalReader& journal, const CallRecord& call,
                         const RunRecord& run, RunPart part) {
  const auto stream = stream_of(run, part);
  const std::string subject = "the " + std::string(to_string(part)) + " of " +
                              visible(run.script) + " in " + call_words(call);
  if (!stream && run.outcome == Outcome::running)
    throw Error(subject + " is not recorded yet: the script is still running");
  if (!stream && !run.ending)
    throw Error(subject + " was not recorded: nobody saw the script's end");
  if (!stream) {
    note(subject + " was /dev/null");
    return {};
  }
  if (stream->kept == 0 && stream->length > 0)
    throw Error(subject + " was not kept: " + stream_words(*stream));
  note_what_is_missing(*stream);
  return journal.bytes(stream->blob);
}

std::string output_bytes(JournalReader& journal, const CallRecord& call) {
  if (!is_filter({.driver = call.driver, .operation = call.operation}))
    throw UsageError("libvirt reads no output of " + visible(call.operation) +
                     ", only of migrate and restore; `hookjournal cat " +
                     std::to_string(call.id) + " stdout` gives what a script printed");
  if (call.outcome == Outcome::failed)
    throw UsageError(call_words(call) +
                     " failed, so libvirt took no output; `hookjournal cat " +
                     std::to_string(call.id) + " stdout` gives what a script printed");
  if (call.outcome != Outcome::ok)
    throw Error("the output of " + call_words(call) + " is not known: " +
                (call.outcome == Outcome::running ? "it is still running"
                                                  : "nobody saw its end"));
  const RunRecord* run = call.printed_output();
  if (run == nullptr) {
    note("the scripts of " + call_words(call) +
         " printed nothing: libvirt used the input as it was");
    return {};
  }
  note_what_is_missing(run->out);
  return as_c_string(journal.bytes(run->out.blob));  // as libvirt reads it
}

std::string script_text(JournalReader& journal, const CallRecord& call,
                        const RunChoice& choice) {
  // Any file of the tree may be named, a helper too: it need not have run.
  const bool named = !choice.script.empty() && !choice.run;
  const std::string path =
      named ? choice.script : chosen_run(call, choice, RunPart::script).script;
  KeptScript script = kept_script(journal, call, path);
  if (!script.text)
    throw Error("the journal does not hold " + visible(path) + " as it was for " +
                call_words(call) + ": " + script.why_not);
  return std::move(*script.text);
}

std::string wanted_bytes(JournalReader& journal, const Request& request) {
  const CallRecord call = call_or_usage_error(journal, request.id);
  if (request.what == "output") return output_bytes(journal, call);
  if (request.what == "script") return script_text(journal, call, request.choice);
  const RunPart part = request.what == "stdin"    ? RunPart::in
                       : request.what == "stdout" ? RunPart::out
                                                  : RunPart::err;
  return stream_bytes(journal, call, chosen_run(call, request.choice, part), part);
}

void write_for_eyes(Output& output, const std::string& bytes) {
  output.text(visible(bytes, Keep::lines));
  if (!bytes.empty() && !bytes.ends_with('\n')) output.text("\n");
}

}  // namespace

int run_cat(int argc, char** argv) {
  CommandLine line("Give what a recorded script read or printed, byte for byte.",
                   kExample);
  Request request;
  line.add_argument("ID", request.id, "The call").required().check(wrong_call_number);
  line.add_argument("WHAT", request.what, "stdin, stdout, stderr, output or script")
      .required()
      .check(wrong_part);
  line.add_option("--script", request.choice.script,
                  "Of this script, when several ran; as in qemu.d/10-bridge")
      .takes("NAME");
  line.add_option("--run", request.choice.run,
                  "Of this run, when a script ran twice; `show` has the numbers")
      .takes("N");
  bool raw = false;
  line.add_flag("--raw", raw, "Give a terminal the bytes as they are, too");
  JournalOption journal_option(line);
  if (const auto status = line.parse(argc, argv)) return *status;

  JournalReader journal(journal_option.file());
  const std::string bytes = wanted_bytes(journal, request);
  write_output(Output::Paging::never, [&](Output& output) {
    if (output.terminal() && !raw)
      write_for_eyes(output, bytes);
    else
      output.bytes(bytes);
  });
  return 0;
}

}  // namespace hookjournal
