#include "cli/asking/call_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "cli/asking/kept_script.h"
#include "cli/asking/stream_text.h"
#include "cli/asking/verdict_text.h"
#include "cli/call_words.h"
#include "cli/escape.h"
#include "cli/time_text.h"
#include "engine/libvirt_message.h"
#include "engine/sha256.h"
#include "engine/xml/hook_xml.h"
#include "journal/asking/call_difference.h"
#include "journal/asking/call_json.h"

namespace hookjournal {

namespace {

const std::string kIndent = "  ";
constexpr std::size_t kNameWidth = 14;
constexpr int kMicroseconds = 6, kMilliseconds = 3;

// An input is mostly known by its first lines; of what a script printed, the end tells.
constexpr Excerpt kOfInput{.first = 8};
constexpr Excerpt kOfPrinted{.first = 8, .last = 24};

std::string quoted(const std::string& word) { return visible(shell_quoted(word)); }

std::string title_of(const CallRecord& call) {
  return fmt::format("call {}: {} {} {} {} {}", call.id, visible(call.driver),
                     quoted(call.object), quoted(call.operation),
                     quoted(call.suboperation), quoted(call.extra));
}

std::string_view origin_words(Origin origin) {
  switch (origin) {
    case Origin::libvirt:
      return "libvirt";
    case Origin::run:
      return "`hookjournal run`";
    case Origin::simulate:
      return "`hookjournal simulate`";
    case Origin::other:
      break;
  }
  return "another program than libvirt, or by hand";
}

std::string caller_words(const CallRecord& call) {
  const Caller& caller = call.context.caller;
  std::string text(origin_words(call.origin));
  text += ": ";
  text += caller.exe.empty() ? "a program that could not be seen" : visible(caller.exe);
  text += ", pid " + std::to_string(caller.process.pid);
  if (!caller.exe_build_id.empty()) text += ", build " + to_hex(caller.exe_build_id);
  return text;
}

// "domain win11 (kvm), 1b4e28ba-..."
std::string summary_words(const InputSummary& summary) {
  std::string text = visible(summary.root);
  if (!summary.name.empty()) text += " " + visible(summary.name);
  if (!summary.type.empty()) text += " (" + visible(summary.type) + ")";
  if (!summary.uuid.empty()) text += ", " + visible(summary.uuid);
  if (!summary.port_owner.empty()) text += ", port of " + visible(summary.port_owner);
  return text;
}

// libvirt gives four arguments; others than the title says are somebody's experiment.
bool usual_arguments(const CallRecord& call) {
  return call.arguments == std::vector<std::string>{call.object, call.operation,
                                                    call.suboperation, call.extra};
}

std::string joined(const std::vector<std::string>& words, bool quote) {
  std::string text;
  for (const std::string& word : words)
    text.append(text.empty() ? "" : " ").append(quote ? quoted(word) : visible(word));
  return text;
}

std::string memory_words(std::uint64_t kib) {
  return kib < 1024 ? fmt::format("{} KiB", kib)
                    : fmt::format("{:.1f} MiB", static_cast<double>(kib) / 1024);
}

// Whose output a filter's later script read, or null.
const RunRecord* printed_by(const CallRecord& call, const RunRecord& reader) {
  const RunRecord* found = nullptr;
  for (const RunRecord& run : call.runs) {
    if (&run == &reader) break;
    if (reader.input && reader.input->blob != 0 && run.out.blob == reader.input->blob)
      found = &run;
  }
  return found;
}

bool has_ended(const RunRecord& run) { return run.ending.has_value(); }

}  // namespace

void CallText::write() {
  output_.text(title_of(call_), Style::heading);
  output_.text("\n");
  write_answer();
  write_place();
  write_input();
  for (const RunRecord& run : call_.runs)
    if (!run.within) write_run(run, "");
  for (const std::string& script : call_.unrecorded) {
    output_.text("\n" + visible(script) + ": ", Style::heading);
    output_.text("not recorded\n", Style::warning);
    field(kIndent, "", "libvirt was going to run it; `hookjournal status` tells why not");
  }
  write_environment();
}

void CallText::write_answer() {
  const bool well = call_.outcome == Outcome::ok;
  output_.text(fmt::format("{}{:<{}}", kIndent, "outcome", kNameWidth), Style::faint);
  output_.text(to_string(call_.outcome), well ? Style::plain : Style::bad);
  output_.text("\n");
  field(kIndent, "consequence",
        std::string(to_string(call_.consequence)) + ": " + consequence_sentence(call_));
  if (const RunRecord* printer = call_.printed_output())
    field(kIndent, "output",
          "of " + visible(printer->script) + ", in the input's place: hookjournal cat " +
              std::to_string(call_.id) + " output" + journal_words_);
  for (const auto& [name, value] : verdict_lines(journal_, call_))
    field(kIndent, name, value);
}

void CallText::write_place() {
  field(kIndent, "time",
        fmt::format("{} = {}", local_time_text(call_.at_ns, kMicroseconds),
                    utc_time_text(call_.at_ns)));
  field(kIndent, "took", elapsed_words(call_, now().wall_ns));
  field(kIndent, "host", visible(call_.host));
  field(kIndent, "called by", caller_words(call_));
  if (!usual_arguments(call_)) field(kIndent, "arguments", joined(call_.arguments, true));
  if (!call_.object_uuid.empty()) field(kIndent, "object uuid", call_.object_uuid);
  field(kIndent, "scripts tree",
        (call_.tree.empty() ? "not known" : "sha256:" + call_.tree) + " of " +
            visible(call_.context.hooks_dir));
  if (call_.tree.empty()) return;
  for (const std::string& words : limit_words(journal_.tree_limits(call_.tree)))
    field(kIndent, "", words);
}

void CallText::write_environment() {
  const Context& context = call_.context;
  output_.text("\ncontext\n", Style::heading);
  field(kIndent, "ran as",
        fmt::format("uid {}, gid {}{}, in {}", context.uid, context.gid,
                    context.umask ? ", umask " + umask_text(context) : "",
                    visible(context.working_directory)));
  std::string name = "environment";
  for (const std::string& variable : context.environment) {
    field(kIndent, name, visible(variable));
    name.clear();
  }
  if (context.environment.empty()) field(kIndent, name, "empty");
  field(
      kIndent, "recorded by",
      fmt::format("hookjournal {}, kernel {}, call {}", visible(context.recorder_version),
                  visible(context.kernel), call_.uuid));
}

// Of the first script; a later one's only where it differs.
void CallText::write_input() {
  if (call_.runs.empty()) return;
  const RunRecord& run = call_.runs.front();
  if (!run.input)
    return field(kIndent, "input", has_ended(run) ? "none (/dev/null)" : "not recorded");
  std::string words = stream_words(*run.input);
  const std::string bytes = journal_.bytes(run.input->blob);
  if (const auto summary = summarize_input(bytes))
    words += ": " + summary_words(*summary);
  field(kIndent, "input", words);
  write_excerpt(output_, bytes, kOfInput, kIndent + kIndent,
                cat_command(run, RunPart::in));
}

void CallText::write_run(const RunRecord& run, const std::string& indent) {
  output_.text("\n" + indent + visible(run.script) + ": ", Style::heading);
  output_.text(long_ending(run), run.outcome == Outcome::ok ? Style::plain : Style::bad);
  output_.text("\n");
  const std::string inner = indent + kIndent;
  write_facts(run, inner);
  write_troubles(run, inner);
  write_run_input(run, inner);
  if (has_ended(run)) {
    write_printed(run, RunPart::out, inner);
    write_printed(run, RunPart::err, inner);
  }
  for (const RunRecord& nested : call_.runs)
    if (nested.within == run.id) write_run(nested, inner);
}

void CallText::write_facts(const RunRecord& run, const std::string& indent) {
  field(indent, "script",
        run.script_sha256.empty()
            ? "not kept: " + why_not_kept(journal_, call_, run.script)
            : "sha256:" + run.script_sha256);
  std::string times = local_time_text(run.at_ns, kMilliseconds);
  if (has_ended(run) && !std::holds_alternative<NotStarted>(*run.ending))
    times += fmt::format(", took {}, CPU {}, memory {}", duration_text(run.elapsed_ns),
                         duration_text(run.cpu_ns), memory_words(run.max_rss_kib));
  field(indent, "started", times + ", run " + std::to_string(run.id));
  if (run.within)
    field(indent, "within", "run " + std::to_string(*run.within) + " started it");
}

void CallText::write_troubles(const RunRecord& run, const std::string& indent) {
  // A moment passes between a script's end and that of its pipes in any case.
  if (!run.holders.empty() || run.held_open_ns > 100'000'000)
    field(indent, "held open",
          duration_text(run.held_open_ns) +
              " after the script's end, by processes it left behind");
  for (const PipeHolder& holder : run.holders)
    field(indent, "",
          fmt::format("pid {} holding {}: {}", holder.pid, visible(holder.stream),
                      visible(holder.command_line)));
  for (const PassedSignal& passed : run.signals)
    field(indent, "was sent",
          fmt::format("signal {} ({}) after {}, passed on to it", passed.signal,
                      signal_name(passed.signal), duration_text(passed.after.count())));
  if (run.spooled)
    field(indent, "spooled",
          "the journal could not take it in time; it was taken in later");
}

void CallText::write_run_input(const RunRecord& run, const std::string& indent) {
  const RunRecord& first = call_.runs.front();
  if (&run == &first || !run.input) return;
  if (first.input && run.input->blob == first.input->blob)
    return field(indent, "stdin", "the input");
  std::string words = stream_words(*run.input);
  if (const RunRecord* printer = printed_by(call_, run))
    words += ", what " + visible(printer->script) + " printed";
  field(indent, "stdin", words);
  write_excerpt(output_, journal_.bytes(run.input->blob), kOfInput, indent + kIndent,
                cat_command(run, RunPart::in));
}

void CallText::write_printed(const RunRecord& run, RunPart part,
                             const std::string& indent) {
  const StoredStream& stream = part == RunPart::out ? run.out : run.err;
  field(indent, to_string(part), stream_words(stream));
  write_excerpt(output_, journal_.bytes(stream.blob), kOfPrinted, indent + kIndent,
                cat_command(run, part));
}

void CallText::field(const std::string& indent, std::string_view name,
                     const std::string& value) {
  output_.text(fmt::format("{}{:<{}}", indent, name, kNameWidth), Style::faint);
  output_.text(value + "\n");
}

std::string CallText::cat_command(const RunRecord& run, RunPart part) const {
  return fmt::format("hookjournal cat {} {}{}{}", call_.id, to_string(part),
                     words_to_choose(call_, run, part), journal_words_);
}

}  // namespace hookjournal
