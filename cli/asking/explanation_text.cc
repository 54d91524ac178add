#include "cli/asking/explanation_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "cli/asking/cause_words.h"
#include "cli/asking/difference_text.h"
#include "cli/asking/stream_text.h"
#include "cli/call_words.h"
#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/replay/cross_check_text.h"
#include "cli/time_text.h"
#include "cli/wrapped_text.h"

namespace hookjournal {

namespace {

using Reference = Explanation::Reference;
using Standing = SeenChange::Standing;
using Verdict = Explanation::Verdict;

constexpr std::size_t kMostChanges = 5;
constexpr std::size_t kMostNames = 8;
constexpr std::size_t kMostDiffLines = 12;
constexpr Excerpt kOfErrors{.first = 0, .last = 8};

class Page {
 public:
  Page(Output& output, JournalReader& journal, const Explanation& explanation,
       std::string journal_words, const CrossCheck* check)
      : output_(output),
        journal_(journal),
        explanation_(explanation),
        journal_words_(std::move(journal_words)),
        check_(check) {}

  void write() {
    what_failed();
    evidence();
    what_changed();
    if (check_ != nullptr) write_cross_check(output_, *check_, *explanation_.success);
    around();
    patterns();
    unknown();
    go_on();
  }

 private:
  void what_failed();
  void evidence();
  void what_changed();
  void separating();
  void one_change(const SeenChange& change, std::size_t number);
  void other_changes(Standing standing, const std::string& title);
  void around();
  void nearby(const std::string& title, const std::vector<NearbyCall>& calls);
  void patterns();
  void unknown();
  void go_on();

  void heading(const std::string& text) {
    output_.text("\n" + text + "\n", Style::heading);
  }
  // Sentences, broken between words.
  void text(const std::string& words, const std::string& first, const std::string& indent,
            Style style = Style::plain);
  void text(const std::string& words) { text(words, "  ", "  "); }

  Output& output_;
  JournalReader& journal_;
  const Explanation& explanation_;
  std::string journal_words_;
  const CrossCheck* check_;
};

void Page::text(const std::string& words, const std::string& first,
                const std::string& indent, Style style) {
  write_wrapped(output_, words, first, indent, style);
}

std::string counted(std::size_t count, const char* one, const char* several) {
  return fmt::format("{} {}", count, count == 1 ? one : several);
}

std::string call_words(const CallRecord& call) {
  return fmt::format("{} of {} {}", operation_words(call), visible(call.driver),
                     visible(call.object));
}

void Page::what_failed() {
  const CallRecord& call = explanation_.call;
  std::string sentence;
  if (explanation_.failure) {
    const FailureCause& cause = explanation_.failure->cause;
    sentence = visible(cause.script) + " failed (" + ending_words(cause) + ") in ";
  } else {
    sentence = "The scripts succeeded, but what they printed was refused, in ";
  }
  sentence += call_words(call);
  if (!call.host.empty()) sentence += ", on " + visible(call.host);
  sentence += " at " + local_time_text(call.at_ns) + "; " + consequence_sentence(call);
  output_.text("call " + std::to_string(call.id) + "\n", Style::heading);
  text(sentence);
}

void Page::evidence() {
  const CallRecord& call = explanation_.call;
  heading("evidence");
  for (const RunRecord& run : call.runs) {
    if (run.within || run.outcome == Outcome::ok) continue;
    text(visible(run.script) + ": " + long_ending(run) + ", after " +
         duration_text(run.elapsed_ns));
    const std::string command =
        fmt::format("hookjournal show {}{}", call.id, journal_words_);
    if (run.err.blob == 0)
      text(run.err.length == 0 ? "it printed nothing on stderr"
                               : "what it printed on stderr was not kept");
    write_excerpt(output_, journal_.bytes(run.err.blob), kOfErrors, "    ", command);
  }
  if (call.output_judgement.verdict == OutputVerdict::invalid)
    text("libvirt's reason: " + visible(call.output_judgement.reason));
  if (!explanation_.failure) return;
  const std::string group = explanation_.failure->cause.id();
  const std::string more = explanation_.more_failures ? "at least " : "";
  text(explanation_.failures == 1
           ? "No other call of its kind is recorded that failed alike (group " + group +
                 ")."
           : more + counted(explanation_.failures, "call", "calls") +
                 " of this kind failed alike, this one included: hookjournal failures "
                 "--group " +
                 group + journal_words_);
}

std::string reference_words(const Explanation& explanation) {
  const CallRecord& success = *explanation.success;
  const std::string which =
      fmt::format("call {}, {}", success.id, local_time_text(success.at_ns));
  switch (explanation.reference) {
    case Reference::own_success:
      return "what changed since it last succeeded (" + which + ")";
    case Reference::alike_success:
      return "it never succeeded; what changed since " + visible(success.object) +
             ", which fails alike, last did (" + which + ")";
    default:
      return "it never succeeded; what is different for " + visible(success.object) +
             ", the most similar that did (" + which + ")";
  }
}

void Page::what_changed() {
  if (!explanation_.success) {
    heading("what changed");
    return text(
        "The journal has no call of this kind that succeeded: there is nothing to "
        "compare with.");
  }
  heading(reference_words(explanation_));
  const std::string number = std::to_string(explanation_.success->id);
  switch (explanation_.verdict) {
    case Verdict::separates:
      separating();
      break;
    case Verdict::nothing_separates:
      text(
          "Some things changed, but none of them separates calls that failed alike from "
          "those that succeeded.");
      break;
    default:
      text(
          "Nothing changed: as far as is recorded, scripts, XML, environment, versions "
          "and host were those of call " +
          number +
          ", but for what differs between calls anyway. The journal does not tell why "
          "one failed and the other did not.");
  }
  other_changes(Standing::shared, "Also changed, but calls that succeeded have it too: ");
  other_changes(Standing::restless, "Differs between calls anyway: ");
}

std::string change_words(const SeenChange& change) {
  if (change.file) return file_words(*change.file);
  if (change.xml) return xml_words(*change.xml);
  if (change.kind != SeenChange::Kind::environment) return value_words(*change.value);
  return "environment: " + value_words(*change.value);
}

std::string share_words(const Share& share, const std::string& of_what) {
  return fmt::format("{} of {} {}", share.with, share.of, of_what);
}

std::string count_words(const SeenChange& change) {
  std::string words = change.presence_only ? "such a place is in " : "in ";
  words += share_words(change.failures, "failures alike");
  const bool all_own = change.own_successes.of == change.successes.of;
  if (change.own_successes.of > 0 && !all_own)
    words += ", " + share_words(change.own_successes, "successes of guests that fail so");
  return words + ", " + share_words(change.successes, "successes in all");
}

void Page::one_change(const SeenChange& change, std::size_t number) {
  text(change_words(change), fmt::format("  {}. ", number), "     ");
  text(count_words(change), "     ", "     ", Style::faint);
  if (!change.file) return;
  if (!change.file->why_no_text.empty()) text(change.file->why_no_text, "     ", "     ");
  write_text_change(output_, change.file->text, "       ", kMostDiffLines);
}

void Page::separating() {
  std::vector<const SeenChange*> changes;
  for (const SeenChange& change : explanation_.changes)
    if (change.standing == Standing::separates) changes.push_back(&change);
  const auto equal = std::ranges::count_if(changes, [&changes](const SeenChange* change) {
    return change->weight == changes.front()->weight;
  });
  for (std::size_t i = 0; i < std::min(changes.size(), kMostChanges); ++i)
    one_change(*changes[i], i + 1);
  if (changes.size() > kMostChanges)
    text(fmt::format("... and {} more, which separate less",
                     changes.size() - kMostChanges));
  if (equal > 1)
    text(
        fmt::format("The first {} go together in all calls: what is recorded cannot tell "
                    "one from the other.",
                    equal));
  const std::string newest = explanation_.more_successes ? "the newest " : "";
  text(
      fmt::format("Counted over {} that failed alike and {}{} of all guests. That things "
                  "go together does not prove that one caused the other.",
                  counted(explanation_.failures, "call", "calls"), newest,
                  counted(explanation_.successes, "success", "successes")));
}

void Page::other_changes(Standing standing, const std::string& title) {
  std::string names;
  std::size_t count = 0;
  for (const SeenChange& change : explanation_.changes) {
    if (change.standing != standing || ++count > kMostNames) continue;
    names += (names.empty() ? "" : ", ") + visible(name_of(change));
  }
  if (count == 0) return;
  if (count > kMostNames) names += fmt::format(" and {} more", count - kMostNames);
  text(title + names, "  ", "    ", Style::faint);
}

void Page::nearby(const std::string& title, const std::vector<NearbyCall>& calls) {
  if (calls.empty()) return;
  text(title);
  for (const NearbyCall& call : calls) {
    std::string words =
        fmt::format("{:>8}  {}  {} {} {}", call.id, local_clock_text(call.at_ns, 3),
                    visible(call.driver), visible(call.object), visible(call.operation));
    if (call.extra != "-") words += " (" + visible(call.extra) + ")";
    output_.text("  " + words + "  ");
    const bool ok = call.outcome == Outcome::ok;
    output_.text(std::string(to_string(call.outcome)), ok ? Style::faint : Style::bad);
    output_.text(call.outcome == Outcome::running
                     ? "\n"
                     : "  " + duration_text(call.elapsed_ns) + "\n");
  }
}

void Page::around() {
  const Surroundings& around = explanation_.around;
  heading("around it, from 10 minutes before");
  nearby("calls of " + visible(explanation_.call.object) + " before:", around.of_object);
  nearby("others that ran at the same time:", around.meanwhile);
  nearby("others that failed before:", around.failed);
  nearby("daemons:", around.daemons);
  for (const Gap& gap : around.gaps)
    text("gap in the record at " + local_time_text(gap.at.wall_ns) + ": " +
             (gap.runs == 0 ? "a part of a run" : counted(gap.runs, "run", "runs")) +
             " not recorded, " + visible(gap.reason),
         "  ", "    ", Style::warning);
  const std::size_t told = around.of_object.size() + around.meanwhile.size() +
                           around.failed.size() + around.daemons.size();
  if (told == 0 && around.gaps.empty())
    text(
        fmt::format("Nothing of this guest, no failure, no restart of a daemon and no "
                    "gap in the record; {} on this host.",
                    counted(around.calls, "other call", "other calls")));
  if (around.cut) text("There were more calls than were looked at.");
}

void Page::patterns() {
  if (explanation_.patterns.empty()) return;
  heading("worth knowing");
  for (const Pattern& pattern : explanation_.patterns)
    text(visible(pattern.text), "  - ", "    ");
}

void Page::unknown() {
  if (explanation_.unknown.empty()) return;
  heading("not in the journal");
  for (const std::string& what : explanation_.unknown) text(what, "  - ", "    ");
}

void Page::go_on() {
  heading("to go on");
  for (const std::string& command : commands_to_go_on(explanation_, journal_words_))
    output_.text("  " + visible(command) + "\n");
}

// Commands come and go with the parts of the program that are built.
bool exists(const char* name) {
  for (const CommandEntry* command = kCommands; command->name != nullptr; ++command)
    if (std::strcmp(command->name, name) == 0) return true;
  return false;
}

}  // namespace

std::vector<std::string> commands_to_go_on(const Explanation& explanation,
                                           const std::string& journal_words) {
  const std::string id = std::to_string(explanation.call.id);
  std::vector<std::string> commands = {"hookjournal show " + id + journal_words};
  const auto& success = explanation.success;
  if (!success) return commands;
  commands.push_back(
      fmt::format("hookjournal diff {} {}{}", success->id, id, journal_words));
  if (success->tree.empty()) return commands;
  commands.push_back("hookjournal explain " + id + " --replay" + journal_words);
  if (success->tree != explanation.call.tree) {
    const bool own = explanation.reference == Reference::own_success;
    commands.push_back("hookjournal bisect " + id +
                       (own ? "" : " --good " + std::to_string(success->id)) +
                       journal_words);
  }
  const std::string tree = success->tree.substr(0, 12);
  if (exists("scripts"))
    commands.push_back("hookjournal scripts restore " + tree + " ./last-good" +
                       journal_words);
  if (exists("replay") && exists("scripts"))
    commands.push_back("hookjournal replay --call " + id + " --scripts ./last-good" +
                       journal_words);
  return commands;
}

void write_explanation(Output& output, JournalReader& journal,
                       const Explanation& explanation, const std::string& journal_words,
                       const CrossCheck* check) {
  Page(output, journal, explanation, journal_words, check).write();
}

}  // namespace hookjournal
