#include "journal/explain/patterns.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <initializer_list>
#include <optional>

#include "engine/discovery.h"
#include "engine/libvirt_locks.h"
#include "journal/asking/call_history.h"
#include "journal/database.h"

namespace hookjournal {

namespace {

using Found = std::optional<Pattern>;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kHeldLong = kSecond;
constexpr std::int64_t kCallsBefore = 500;
constexpr std::size_t kFewest = 5;  // successes, for their time to mean something
constexpr std::int64_t kTimesSlower = 5;

// The one libvirt reports.
const RunRecord* failing_run(const CallRecord& call) {
  const auto run = std::find_if(call.runs.rbegin(), call.runs.rend(), [](const auto& r) {
    return !r.within && r.ending && !succeeded(*r.ending);
  });
  return run == call.runs.rend() ? nullptr : &*run;
}

std::string text_of(JournalReader& journal, const CallRecord& call,
                    const RunRecord& run) {
  if (call.tree.empty()) return {};
  return journal.tree_file(call.tree, run.script).value_or("");
}

std::string seconds(std::int64_t ns) {
  const std::int64_t tenths = ns / (kSecond / 10);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

std::string path_of(const CallRecord& call) {
  for (const std::string& variable : call.context.environment)
    if (variable.starts_with("PATH=")) return variable;
  return "no PATH at all";
}

Found not_executed(const RunRecord& run, const std::string& text) {
  const auto* refused = std::get_if<NotStarted>(&*run.ending);
  if (refused == nullptr) return {};
  if (is_scripts_directory(run.script))
    return Pattern{
        "directory-unreadable",
        "libvirt looks into " + run.script +
            " for more scripts and could not open it: " + std::strerror(refused->error) +
            ". It then fails each call of this driver, whatever the main "
            "script answers. `hookjournal doctor` tells what to do."};
  const std::string status = std::to_string(exec_failure_status(refused->error));
  if (refused->error == ENOENT && !text.empty()) {
    const std::string line = first_line(text);
    return Pattern{
        "interpreter-missing",
        "The kernel did not find what the first line of " + run.script + " names: " +
            line + (line.ends_with('\r') ? " (the line ends in a carriage return)" : "") +
            ". libvirt tells it as exit status " + status + "."};
  }
  std::string reason = "The kernel refused to execute " + run.script + ": " +
                       std::strerror(refused->error) +
                       ". libvirt tells it as exit status " + status + ".";
  if (refused->error == ENOEXEC && !text.starts_with("#!"))
    reason += " Its text does not begin with #!.";
  if (refused->error == EACCES)
    reason +=
        " A missing execute bit, a file system mounted noexec, AppArmor or "
        "SELinux do that; which it was is not recorded.";
  return Pattern{"not-executable", std::move(reason)};
}

// The last line that has one of the words; empty when none does.
std::string last_line_with(const std::string& text,
                           std::initializer_list<std::string_view> words) {
  std::size_t end = text.size();
  while (end > 0) {
    const std::size_t before = text.rfind('\n', end - 1);
    const std::size_t begin = before == std::string::npos ? 0 : before + 1;
    std::string line = text.substr(begin, end - begin);
    const auto in_line = [&line](std::string_view word) {
      return line.find(word) != std::string::npos;
    };
    if (std::ranges::any_of(words, in_line)) return line;
    end = begin == 0 ? 0 : begin - 1;
  }
  return {};
}

Found command_missing(const CallRecord& call, const RunRecord& run,
                      const std::string& err) {
  const auto* exited = std::get_if<Exited>(&*run.ending);
  if (exited == nullptr || (exited->code != 126 && exited->code != 127)) return {};
  const bool missing = exited->code == 127;
  const std::string what =
      missing
          ? "Exit status 127 is what a shell says of a command that is not found"
          : "Exit status 126 is what a shell says of a command that it may not execute";
  const std::string line =
      missing
          ? last_line_with(err, {"not found", "No such file"})
          : last_line_with(err, {"ermission denied", "cannot execute", "Exec format"});
  return Pattern{"command-missing",
                 what +
                     (line.empty() ? ". Which one is not in what it printed"
                                   : ". It printed: " + line) +
                     ". The daemon's environment had " + path_of(call) + "."};
}

// What a script makes its own exit status of when a command of it was ended by another.
Found command_ended(const RunRecord& run) {
  constexpr int kOfTimeout = 124, kOfSignals = 128;
  const auto* exited = std::get_if<Exited>(&*run.ending);
  if (exited == nullptr) return {};
  if (exited->code == kOfTimeout)
    return Pattern{
        "time-limit",
        "Exit status 124 is what timeout(1) says of a command that came to its "
        "time limit; a script may also say it for reasons of its own."};
  const int signal = exited->code - kOfSignals;
  if (signal != SIGKILL && signal != SIGTERM && signal != SIGSEGV && signal != SIGABRT &&
      signal != SIGPIPE)
    return {};
  std::string text = "Exit status " + std::to_string(exited->code) +
                     " is what a shell says of a command that was ended by signal " +
                     std::to_string(signal) + " (" + ::strsignal(signal) + ").";
  if (signal == SIGKILL)
    text +=
        " That comes from the kernel when memory runs out, or from somebody: which it "
        "was is not recorded; `journalctl -k` tells of memory that ran out.";
  return Pattern{"command-killed", std::move(text)};
}

Found out_of_memory(const RunRecord& run, const std::string& err) {
  const std::string line =
      last_line_with(err, {"annot allocate memory", "ut of memory", "MemoryError",
                           "bad_alloc", "No space left on device"});
  if (line.empty()) return {};
  return Pattern{"out-of-room", run.script + " printed: " + line +
                                    ". Its largest process had " +
                                    std::to_string(run.max_rss_kib / 1024) +
                                    " MiB; which limit it came to is not recorded."};
}

Found waits_for_lock(const CallRecord& call, const RunRecord& run,
                     const std::string& err) {
  const std::string line = last_line_with(err, {"cannot acquire state change lock"});
  if (line.empty()) return {};
  return Pattern{
      "calls-libvirt",
      run.script + " asked libvirt about a guest that libvirt had locked: " + line +
          ". libvirt holds the lock of " + call.object + " until this hook ends."};
}

Found killed(const RunRecord& run) {
  const auto* signaled = std::get_if<Signaled>(&*run.ending);
  if (signaled == nullptr) return {};
  const auto passed =
      std::ranges::find(run.signals, signaled->signal, &PassedSignal::signal);
  if (passed != run.signals.end())
    return Pattern{"killed", "The signal was sent to the recorder, " +
                                 seconds(passed->after.count()) +
                                 " after the start, and passed on; who sent it is not "
                                 "recorded. libvirt itself has no time limit for hooks."};
  if (signaled->signal == SIGKILL)
    return Pattern{"killed",
                   "SIGKILL comes from the kernel when memory runs out, or from "
                   "somebody: which it was is not recorded. Its largest process had " +
                       std::to_string(run.max_rss_kib / 1024) +
                       " MiB; `journalctl -k` tells of memory that ran out. libvirt "
                       "itself has no time limit for hooks."};
  return Pattern{"killed",
                 "Who sent the signal is not recorded; libvirt itself has no "
                 "time limit for hooks and sends none."};
}

Found pipe_held(const RunRecord& run) {
  if (run.held_open_ns < kHeldLong && run.holders.empty()) return {};
  std::string text = run.script + " had ended, but libvirt waited " +
                     seconds(run.held_open_ns) + " more for processes it left behind";
  for (const PipeHolder& holder : run.holders)
    text += (&holder == run.holders.data() ? ": " : ", ") + holder.command_line +
            " (pid " + std::to_string(holder.pid) + ", " + holder.stream + ")";
  return Pattern{"pipe-held", text + "."};
}

bool is_name(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         c == '_' || c == '-' || c == '.';
}

// The first line with the word, from 1 on; 0: none. Comments do not count.
std::size_t line_with(std::string_view text, std::string_view word) {
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos || line[begin] == '#') continue;
    for (auto at = line.find(word); at != std::string_view::npos;
         at = line.find(word, at + 1)) {
      const std::size_t end = at + word.size();
      if ((at == 0 || !is_name(line[at - 1])) &&
          (end == line.size() || !is_name(line[end])))
        return number;
    }
  }
  return 0;
}

Found calls_libvirt(const CallRecord& call, const RunRecord& run,
                    const std::string& text) {
  if (!holds_object_lock(
          {call.driver, call.object, call.operation, call.suboperation, call.extra, {}}))
    return {};
  for (const char* word : {"virsh", "libvirt.open", "virt-xml"}) {
    const std::size_t line = line_with(text, word);
    if (line == 0) continue;
    return Pattern{"calls-libvirt",
                   run.script + " has `" + word + "` in line " + std::to_string(line) +
                       ". libvirt holds the lock of " + call.object +
                       " until this hook ends: what asks it about that one (a list of "
                       "all does) waits, or fails."};
  }
  return {};
}

Found output_not_taken(const CallRecord& call) {
  if (call.output_judgement.verdict != OutputVerdict::invalid) return {};
  const RunRecord* printer = call.printed_output();
  return Pattern{"output-not-taken",
                 "libvirt reads what " + (printer ? printer->script : "a script") +
                     " prints here as the guest's XML, and refuses this: " +
                     call.output_judgement.reason + "."};
}

Found reconnect_race(const CallRecord& call, const Surroundings& around) {
  if (call.operation != "reconnect") return {};
  const auto others = std::ranges::count_if(around.meanwhile, [&call](const auto& other) {
    return other.operation == "reconnect" && other.driver == call.driver;
  });
  if (others == 0) return {};
  return Pattern{"reconnect-race",
                 std::to_string(others) +
                     " other guests' reconnect hooks ran at the same time: libvirt runs "
                     "them all at once when its daemon starts. What two of them do to "
                     "one file, folder or rule can fail for one of them."};
}

Found first_with_tree(JournalReader& journal, const CallRecord& call) {
  if (call.tree.empty()) return {};
  auto rows = journal.database().prepare(
      "select count(*), sum(c.tree = own.tree) from calls own,"
      " (select tree from calls where at_ns < ?2 order by at_ns desc limit ?3) c"
      " where own.id = ?1 and c.tree is not null");
  rows.bind(1, call.id).bind(2, call.at_ns).bind(3, kCallsBefore);
  if (!rows.next() || rows.int64(0) == 0 || rows.int64(1) != 0) return {};
  return Pattern{"first-with-tree",
                 "It is the first call with this version of the scripts tree: none of "
                 "the " +
                     std::to_string(rows.int64(0)) + " before it had that."};
}

Found slow(JournalReader& journal, const CallRecord& call) {
  auto rows = journal.database().prepare(
      "select elapsed_ns from calls where object = ? and at_ns < ? and driver = ?"
      " and operation = ? and suboperation = ? and outcome = 0" +
      same_world(call) + " order by at_ns desc limit 50");
  rows.bind(1, call.object).bind(2, call.at_ns).bind(3, call.driver);
  rows.bind(4, call.operation).bind(5, call.suboperation);
  std::vector<std::int64_t> times;
  while (rows.next()) times.push_back(rows.int64(0));
  if (times.size() < kFewest) return {};
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::ranges::nth_element(times, middle);
  if (call.elapsed_ns < kTimesSlower * *middle || call.elapsed_ns < *middle + kSecond)
    return {};
  return Pattern{"slow", "It took " + seconds(call.elapsed_ns) +
                             "; half of this guest's " + std::to_string(times.size()) +
                             " successful calls before took no more than " +
                             seconds(*middle) + "."};
}

Found not_recorded(const CallRecord& call) {
  if (call.unrecorded.empty()) return {};
  std::string names;
  for (const std::string& script : call.unrecorded)
    names += (names.empty() ? "" : ", ") + script;
  return Pattern{"not-recorded",
                 "libvirt was going to run scripts that are not in the "
                 "record, and nothing is known of them: " +
                     names + "."};
}

}  // namespace

std::vector<Pattern> patterns_of(JournalReader& journal, const CallRecord& call,
                                 const Surroundings& around) {
  std::vector<Pattern> patterns;
  const auto add = [&patterns](Found found) {
    if (found) patterns.push_back(std::move(*found));
  };
  if (const RunRecord* run = failing_run(call)) {
    const std::string text = text_of(journal, call, *run);
    add(not_executed(*run, text));
    const std::string err = journal.bytes(run->err.blob);
    add(command_missing(call, *run, err));
    add(command_ended(*run));
    add(killed(*run));
    add(out_of_memory(*run, err));
    if (auto locked = waits_for_lock(call, *run, err))
      add(std::move(locked));
    else
      add(calls_libvirt(call, *run, text));
  }
  for (const RunRecord& run : call.runs) add(pipe_held(run));
  add(output_not_taken(call));
  add(reconnect_race(call, around));
  add(first_with_tree(journal, call));
  add(slow(journal, call));
  add(not_recorded(call));
  return patterns;
}

}  // namespace hookjournal
