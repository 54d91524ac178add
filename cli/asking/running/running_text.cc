#include "cli/asking/running/running_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "cli/escape.h"
#include "cli/time_text.h"
#include "cli/wrapped_text.h"

namespace hookjournal {

namespace {

constexpr std::size_t kCommandWidth = 100;

std::string named(const PeerProcess& process) {
  return cut_to_width(visible(process.command_line), kCommandWidth) + " (pid " +
         std::to_string(process.pid) + ")";
}

std::string peer_words(const std::vector<PeerProcess>& peers, pid_t recorder) {
  std::string words;
  for (const PeerProcess& peer : peers)
    words += (words.empty() ? "" : ", ") +
             (peer.pid == recorder ? std::string("the recorder") : named(peer));
  return words;
}

// "stderr", "descriptor 5"
std::string descriptor_word(int fd) {
  constexpr const char* kStandard[] = {"stdin", "stdout", "stderr"};
  return fd >= 0 && fd <= 2 ? kStandard[fd] : "descriptor " + std::to_string(fd);
}

// "stdin: a pipe from virsh list (pid 12)"
std::string end_words(const OpenEnd& end, pid_t recorder) {
  std::string words = descriptor_word(end.fd) + ": ";
  words += end.kind == "pipe"
               ? std::string("a pipe") + (end.writes ? " to " : " from ")
               : "a " + end.kind + (end.kind == "socket" ? "" : " socket") +
                     (end.place.empty() ? " with " : " to ");
  std::string who = visible(end.place);
  const std::string peers = peer_words(end.peers, recorder);
  if (!peers.empty()) who += (who.empty() ? "" : ", ") + peers;
  return words + (who.empty() ? "nobody that is seen" : who);
}

std::string wait_words(const SeenProcess& process) {
  const ProcessWait& wait = process.wait;
  if (wait.hidden)
    return "what it waits for is not told to this user; root, or who runs it, may ask";
  if (wait.running || wait.call.empty()) return "it runs";
  std::string words = "waits in " + wait.call;
  if (wait.call == "wait4")
    words += wait.child && *wait.child > 0
                 ? ", for its child " + std::to_string(*wait.child)
                 : ", for a child";
  if (!process.awaited_file.empty()) words += ", for " + visible(process.awaited_file);
  if (!wait.channel.empty()) words += " (kernel: " + visible(wait.channel) + ")";
  return words;
}

// Those to the recorder are what every script has; told when they are waited for.
bool worth_telling(const OpenEnd& end, pid_t recorder) {
  if (end.awaited) return true;
  const bool to_recorder = std::ranges::any_of(
      end.peers, [recorder](const PeerProcess& peer) { return peer.pid == recorder; });
  return !to_recorder;
}

void write_process(Output& output, const SeenProcess& process, pid_t recorder) {
  const std::string indent(4 + 2 * static_cast<std::size_t>(process.depth), ' ');
  output.text(indent + named({process.stat.pid, process.command_line}));
  if (process.left_behind) output.text("  left behind", Style::warning);
  output.text("\n" + indent + "  " + wait_words(process) + "\n");
  for (const OpenEnd& end : process.ends) {
    // One that was left behind is here for the pipes it holds.
    if (!process.left_behind && !worth_telling(end, recorder)) continue;
    output.text(indent + "  " + end_words(end, recorder),
                end.awaited ? Style::plain : Style::faint);
    output.text(end.awaited ? "  <- waits for this\n" : "\n");
  }
}

// The last lines of it.
void write_printed(Output& output, const char* stream, const std::string& bytes) {
  constexpr int kLines = 5;
  if (bytes.empty()) return;
  std::size_t start = bytes.size() - (bytes.ends_with('\n') ? 1 : 0);
  for (int lines = 0; start > 0; --start)
    if (bytes[start - 1] == '\n' && ++lines == kLines) break;
  output.text(fmt::format("  {} so far, {} bytes{}\n", stream, bytes.size(),
                          start > 0 ? ", that end with" : ""));
  std::istringstream lines(bytes.substr(start));
  for (std::string line; std::getline(lines, line);)
    output.text("    | " + cut_to_width(visible(line), kCommandWidth) + "\n");
}

std::string why_unseen(RecorderSight sight) {
  switch (sight) {
    case RecorderSight::gone:
      return "its recorder has ended without a word: `hookjournal maintain`, or the next "
             "hook, notes it as abandoned";
    case RecorderSight::rebooted:
      return "this is not the boot it was started in: `hookjournal maintain`, or the "
             "next hook, notes it as abandoned";
    case RecorderSight::elsewhere:
      return "it was started in another pid namespace (a container): its processes are "
             "not told here; ask there";
    case RecorderSight::there:
      break;
  }
  return {};
}

}  // namespace

void write_running(Output& output, const RunningScript& running, std::int64_t now_ns) {
  output.text(running.call_id ? "call " + std::to_string(*running.call_id)
                              : std::string("not in the journal yet"),
              Style::heading);
  output.text(fmt::format(
      "  {} of {} {}: {} runs since {}, for {}\n", visible(running.call.operation),
      visible(running.call.driver), visible(running.call.object), visible(running.script),
      local_time_text(running.since_ns), duration_text(now_ns - running.since_ns)));
  if (const std::string why = why_unseen(running.sight); !why.empty()) {
    output.text("  " + why + "\n", Style::warning);
    return;
  }
  output.text(
      fmt::format("  called by {}, recorder pid {}\n",
                  named({running.caller.process.pid,
                         running.caller.exe.empty() ? "a process" : running.caller.exe}),
                  running.recorder.pid),
      Style::faint);
  if (running.script_ended)
    output.text(running.processes.empty()
                    ? "  the script has ended; its recorder finishes\n"
                    : "  the script itself has ended\n");
  for (const SeenProcess& process : running.processes)
    write_process(output, process, running.recorder.pid);
  for (const HangCause& cause : running.causes)
    write_wrapped(output, visible(cause.text), "  ! ", "    ", Style::bad);
  if (!running.printed) return;
  write_printed(output, "stdout", running.printed->out);
  write_printed(output, "stderr", running.printed->err);
}

}  // namespace hookjournal
