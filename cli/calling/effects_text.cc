#include "cli/calling/effects_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "cli/asking/stream_text.h"
#include "cli/call_words.h"
#include "cli/escape.h"
#include "cli/replay/change_words.h"
#include "cli/replay/difference_lines.h"
#include "replay/commands_not_found.h"
#include "replay/comparison/command_comparison.h"

namespace hookjournal {

namespace {

// Of one script run; --json has all.
constexpr std::size_t kMostCommands = 40, kMostChanges = 20, kMostProcesses = 10;
constexpr std::size_t kCommandBytes = 300;
constexpr DifferenceLimits kLines{.lines = 8, .line_bytes = 200};
constexpr Excerpt kPrinted{.first = 4, .last = 4};

constexpr const char* kIndent = "          ";
constexpr int kLabelWidth = 9;

template <class State>
std::string_view change_word(const std::optional<State>& before,
                             const std::optional<State>& after) {
  if (!before) return "created";
  return after ? "changed" : "removed";
}

std::string_view kind_of(char type) {
  switch (type) {
    case 'd':
      return "directory";
    case 'l':
      return "link";
    case 'c':
    case 'b':
      return "device";
    case 'p':
      return "pipe";
    case 's':
      return "socket";
    default:
      return "file";
  }
}

std::string mode_of(const FileState& state) {
  return fmt::format("{:04o}", state.mode & 07777U);
}
std::string owner_of(const FileState& state) {
  return fmt::format("{}:{}", state.uid, state.gid);
}

// What cannot be shown by lines.
std::string summary_of(const FileState& state) {
  std::string text(kind_of(state.type));
  if (state.type == 'l') return text + " to " + visible(state.content);
  if (state.type == 'f') text += ", " + byte_count(state.size);
  return text + ", mode " + mode_of(state);
}

std::string changes_of(const FileState& before, const FileState& after) {
  if (before.type != after.type) return summary_of(before) + ", now " + summary_of(after);
  if (before.type == 'l' && before.content != after.content)
    return "link to " + visible(before.content) + ", now to " + visible(after.content);
  std::string text;
  const auto add = [&text](const std::string& more) {
    text += (text.empty() ? "" : "; ") + more;
  };
  if (before.mode != after.mode)
    add("mode " + mode_of(before) + ", now " + mode_of(after));
  if (before.uid != after.uid || before.gid != after.gid)
    add("owner " + owner_of(before) + ", now " + owner_of(after));
  if (before.size != after.size)
    add(byte_count(before.size) + ", now " + byte_count(after.size));
  return text;
}

std::string summary_of(const FileChange& change) {
  if (change.before && change.after) return changes_of(*change.before, *change.after);
  return summary_of(change.before ? *change.before : *change.after);
}

bool is_text(const std::optional<FileState>& state) {
  return !state || (state->type == 'f' && state->content_kept &&
                    state->content.find('\0') == std::string::npos);
}

std::string content_of(const std::optional<FileState>& state) {
  return state ? state->content : std::string();
}

// What ended badly, or who answered.
std::string remark_on(const Command& command) {
  std::string text;
  if (command.ending && !succeeded(*command.ending))
    text += ": " + describe(*command.ending);
  if (!command.ending && !command.replaced) text += ": still running";
  if (command.simulated) text += " (a stand-in answered)";
  return text;
}

class EffectsText {
 public:
  EffectsText(Output& output, const std::string& told) : output_(output), told_(told) {}

  void write(const ObservedRun& run) {
    const Effects& effects = run.effects;
    commands(effects.commands);
    changes(effects.files, "files", [this](const FileChange& change) { file(change); });
    changes(effects.network, "changes of the network",
            [this](const NetworkChange& change) { network(change); });
    attempts(effects.attempts);
    for (const std::string& name : commands_not_found(run.result.err))
      line("missing", visible(name) + " was not found", Style::warning);
    processes(effects.left_running);
    if (effects.timed_out)
      line("time", "over the limit, so it was killed; libvirt would go on waiting",
           Style::bad);
    for (const std::string& trouble : effects.trouble)
      line("trouble", visible(trouble), Style::warning);
    printed("stdout", run.result.out);
    if (!was_told(run.result.err)) printed("stderr", run.result.err);
  }

 private:
  void line(std::string_view label, const std::string& text, Style style = Style::plain) {
    output_.text(fmt::format("{}{:<{}}", kIndent, label, kLabelWidth), Style::faint);
    output_.text(text + "\n", style);
  }

  void more(std::size_t count, std::string_view of) {
    line("",
         "... " + grouped(static_cast<std::int64_t>(count)) + " more " + std::string(of) +
             "; --json has all",
         Style::faint);
  }

  // libvirt's message ends with it, but for newlines at its own end.
  bool was_told(std::string_view err) const {
    while (err.ends_with('\n')) err.remove_suffix(1);
    return told_.find(err) != std::string::npos;
  }

  void commands(const std::vector<Command>& commands) {
    for (std::size_t i = 0; i < commands.size(); ++i) {
      if (i == kMostCommands) return more(commands.size() - i, "commands");
      const Command& command = commands[i];
      const std::string words = command_text(command);
      std::string text(2 * static_cast<std::size_t>(std::max(command.depth, 0)), ' ');
      text += visible(words.substr(0, kCommandBytes));
      if (words.size() > kCommandBytes) text += " ...";
      const bool well = !command.ending || succeeded(*command.ending);
      line("ran", text + remark_on(command), well ? Style::plain : Style::warning);
    }
  }

  template <class Change, class Write>
  void changes(const std::vector<Change>& changes, std::string_view of, Write write) {
    for (std::size_t i = 0; i < changes.size(); ++i) {
      if (i == kMostChanges) return more(changes.size() - i, of);
      write(changes[i]);
    }
  }

  void file(const FileChange& change) {
    const std::string summary = summary_of(change);
    line(change_word(change.before, change.after),
         visible(change.path) + (summary.empty() ? "" : ": " + summary));
    if (change.after && is_text(change.before) && is_text(change.after))
      difference(content_of(change.before), content_of(change.after));
  }

  void network(const NetworkChange& change) {
    line(change_word(change.before, change.after), visible(change.object));
    if (change.after) difference(change.before.value_or(""), *change.after);
  }

  void difference(const std::string& before, const std::string& after) {
    if (before == after) return;
    for (const DifferenceLine& each :
         lines_of({.before = before, .after = after}, kLines)) {
      output_.text(fmt::format("{}{:<{}}", kIndent, "", kLabelWidth));
      output_.text(sign_of(each.kind) + each.text + "\n", style_of(each.kind));
    }
  }

  // How often somebody tries in vain is a matter of patience.
  void attempts(const std::vector<Attempt>& attempts) {
    std::vector<Attempt> told;
    for (const Attempt& attempt : attempts) {
      if (std::ranges::find(told, attempt) != told.end()) continue;
      if (told.size() == kMostProcesses) return;
      told.push_back(attempt);
      const bool connect = attempt.kind == Attempt::Kind::connect;
      line("blocked",
           (connect ? "connect to " : "") + visible(attempt.target) + ", by " +
               visible(attempt.program),
           Style::warning);
    }
  }

  void processes(const std::vector<std::string>& running) {
    for (std::size_t i = 0; i < running.size(); ++i) {
      if (i == kMostProcesses) return more(running.size() - i, "processes");
      line("left", visible(running[i]) + ": still running", Style::warning);
    }
  }

  void printed(std::string_view name, const std::string& bytes) {
    if (bytes.empty()) return;
    line(name, byte_count(bytes.size()));
    write_excerpt(output_, bytes, kPrinted, std::string(kIndent) + "       ",
                  "--json has all");
  }

  Output& output_;
  const std::string& told_;
};

}  // namespace

void write_effects(Output& output, const std::vector<ObservedRun>& runs,
                   const std::string& told) {
  for (const ObservedRun& run : runs) {
    if (runs.size() > 1)
      output.text("        " + visible(run.script) + "\n", Style::heading);
    EffectsText(output, told).write(run);
  }
}

}  // namespace hookjournal
