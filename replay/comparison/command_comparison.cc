#include "replay/comparison/command_comparison.h"

#include <algorithm>
#include <csignal>
#include <map>
#include <set>

#include "engine/ending.h"
#include "engine/libvirt_message.h"

namespace hookjournal {
namespace {

std::string_view base_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool in_usual_place(std::string_view program) {
  constexpr std::string_view kPlaces[] = {"/bin", "/sbin", "/usr/bin", "/usr/sbin"};
  const std::size_t slash = program.rfind('/');
  if (slash == std::string_view::npos) return true;
  return std::find(std::begin(kPlaces), std::end(kPlaces), program.substr(0, slash)) !=
         std::end(kPlaces);
}

Lines lines_of_commands(const std::vector<Command>& commands) {
  Lines lines;
  lines.reserve(commands.size());
  for (const Command& command : commands) {
    Line line;
    line.raw = command_text(command);
    line.place = command_name(command);
    // Whether a background command has ended by now is chance; who is left running is
    // compared for itself.
    line.tail_open = !command.ending.has_value();
    if (command.ending && !succeeded(*command.ending))
      line.tail = describe(*command.ending);
    const auto* signaled =
        command.ending ? std::get_if<Signaled>(&*command.ending) : nullptr;
    line.broken_pipe = signaled != nullptr && signaled->signal == SIGPIPE;
    lines.push_back(std::move(line));
  }
  return lines;
}

// The same command with other arguments or another ending is one difference.
std::vector<Hunk> by_command(const std::vector<Hunk>& hunks) {
  std::vector<Hunk> parts;
  for (const Hunk& hunk : hunks) {
    std::vector<const Line*> added = hunk.after;
    for (const Line* line : hunk.before) {
      Hunk part{{line}, {}};
      const auto twin = std::find_if(added.begin(), added.end(), [&](const Line* other) {
        return other->place == line->place;
      });
      if (twin != added.end()) {
        part.after.push_back(*twin);
        added.erase(twin);
      }
      parts.push_back(std::move(part));
    }
    for (const Line* line : added) parts.push_back({{}, {line}});
  }
  return parts;
}

std::vector<Difference> differences_of_commands(const Spot& spot,
                                                const std::vector<Hunk>& hunks) {
  constexpr std::size_t kMost = 60;
  std::vector<Difference> made;
  std::vector<Hunk> rest{{}};
  for (const Hunk& part : by_command(hunks)) {
    if (made.size() + 1 >= kMost) {
      rest[0].before.insert(rest[0].before.end(), part.before.begin(), part.before.end());
      rest[0].after.insert(rest[0].after.end(), part.after.begin(), part.after.end());
      continue;
    }
    Spot here = spot;
    here.place = (part.before.empty() ? part.after : part.before).front()->place;
    made.push_back(here.difference(text_of(part.before), text_of(part.after)));
  }
  if (!rest[0].before.empty() || !rest[0].after.empty())
    made.push_back(spot.difference(text_of(rest[0].before), text_of(rest[0].after)));
  return made;
}

Lines lines_of_names(const std::vector<std::string>& names) {
  Lines lines;
  for (const std::string& name : names) {
    Line line;
    line.raw = name;
    line.place = base_name(std::string_view(name).substr(0, name.find(' ')));
    lines.push_back(std::move(line));
  }
  return lines;
}

Lines lines_of_attempts(const std::vector<Attempt>& attempts) {
  std::set<std::pair<std::string, std::string>> seen;
  Lines lines;
  for (const Attempt& attempt : attempts) {
    Line line;
    line.raw =
        (attempt.kind == Attempt::Kind::connect ? "connect to " : "") + attempt.target;
    line.place = base_name(attempt.program);
    if (attempt.kind == Attempt::Kind::refused) line.tail = "refused";
    if (seen.insert({line.raw + line.tail, line.place}).second)
      lines.push_back(std::move(line));
  }
  return lines;
}

void compare_set(const Spot& spot, Legs<Lines> lines, Findings& findings) {
  const SequenceDifferences found =
      compare_sequences(lines.first, lines.second, lines.candidate,
                        {.scale = findings.scale, .any_order = true}, findings.masks);
  findings.add(differences_of_commands(spot, found.changed),
               differences_of_commands(spot, found.noise));
}

}  // namespace

std::string command_name(const Command& command) {
  return std::string(base_name(command.program));
}

std::string command_text(const Command& command) {
  std::string text = shell_quoted(
      in_usual_place(command.program) ? base_name(command.program) : command.program);
  for (std::size_t i = 1; i < command.arguments.size(); ++i)
    text.append(" ").append(shell_quoted(command.arguments[i]));
  return text;
}

void compare_commands(const std::string& script,
                      const Legs<const std::vector<Command>*>& commands,
                      Findings& findings) {
  if (*commands.first == *commands.second && *commands.first == *commands.candidate)
    return;
  Legs<Lines> lines{lines_of_commands(*commands.first),
                    lines_of_commands(*commands.second),
                    lines_of_commands(*commands.candidate)};
  drop_ignored(Field::commands, lines, findings);
  const SequenceDifferences found =
      compare_sequences(lines.first, lines.second, lines.candidate,
                        {.scale = findings.scale}, findings.masks);
  const Spot spot{Field::commands, script, ""};
  findings.add(found.reordered ? differences_of(spot, found.changed)
                               : differences_of_commands(spot, found.changed),
               differences_of_commands(spot, found.noise));
}

void compare_processes(Field field, const std::string& script,
                       const Legs<const std::vector<std::string>*>& processes,
                       Findings& findings) {
  if (*processes.first == *processes.second && *processes.first == *processes.candidate)
    return;
  Legs<Lines> lines{lines_of_names(*processes.first), lines_of_names(*processes.second),
                    lines_of_names(*processes.candidate)};
  drop_ignored(Field::commands, lines, findings);
  for (Lines* leg : {&lines.first, &lines.second, &lines.candidate})
    for (Line& line : *leg) line.tail = "still running";
  compare_set({field, script, ""}, std::move(lines), findings);
}

void compare_attempts(const std::string& script,
                      const Legs<const std::vector<Attempt>*>& attempts,
                      Findings& findings) {
  if (*attempts.first == *attempts.second && *attempts.first == *attempts.candidate)
    return;
  compare_set({Field::attempts, script, ""},
              {lines_of_attempts(*attempts.first), lines_of_attempts(*attempts.second),
               lines_of_attempts(*attempts.candidate)},
              findings);
}

}  // namespace hookjournal
