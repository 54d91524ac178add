#include <algorithm>
#include <regex>

#include "cli/doctor/check_text.h"
#include "engine/shell/shell_walk.h"

namespace hookjournal {

namespace {

using Kind = ShellNode::Kind;

void add(const SeenScript& script, int line, const std::string& which,
         std::vector<Finding>& findings) {
  findings.push_back({"background-child", script.path, line,
                      "a child is left in the background with the script's " + which +
                          ": libvirt waits for its end as well",
                      script.language == Language::shell
                          ? "redirect it: `>/dev/null 2>&1 &`, or to a log file"
                          : "give it stdout= and stderr=, as subprocess.DEVNULL"});
}

// What ends at once holds nobody up.
bool is_quick(const ShellNode& node) {
  constexpr const char* kQuick[] = {"echo", "printf", "true", ":", "logger", "kill"};
  const std::string name = program_of(node).name;
  return node.kind == Kind::simple &&
         (node.words.empty() ||
          std::any_of(std::begin(kQuick), std::end(kQuick),
                      [&](const char* quick) { return name == quick; }));
}

// The streams that anything below still shares with the script.
struct Held {
  bool out = false, err = false;
};
Held held_by(const ShellNode& child, const ShellStreams& around) {
  const ShellStreams streams = redirected(around, child);
  if (child.kind == Kind::simple || child.kind == Kind::test) {
    if (is_quick(child)) return {};
    return {streams.out != Sink::elsewhere, streams.err != Sink::elsewhere};
  }
  Held held;
  // The subshell itself is a process that holds them while it runs.
  if (child.kind == Kind::subshell || child.kind == Kind::group)
    held = {streams.out != Sink::elsewhere, streams.err != Sink::elsewhere};
  for (const auto& below : child.children) {
    ShellStreams own = streams;
    if (child.kind == Kind::pipeline && &below != &child.children.back())
      own.out = Sink::elsewhere;
    const Held more = held_by(below, own);
    held.out = held.out || more.out;
    held.err = held.err || more.err;
  }
  return held;
}

bool sends_all_away(const ShellNode& child) {
  return any_below(child, [](const ShellNode& node) {
    if (node.kind != Kind::simple || node.words.size() != 1 || !node.words[0].is("exec"))
      return false;
    const ShellStreams streams = redirected({}, node);
    return streams.out == Sink::elsewhere && streams.err == Sink::elsewhere;
  });
}

void check_shell(const SeenScript& script, std::vector<Finding>& findings) {
  // Who waits for his children, or ends them, keeps nobody waiting who did not before.
  if (runs(*script.shell, "wait")) return;
  const bool ends_children = (runs(*script.shell, "kill") &&
                              text_of(*script.shell).find("${!}") != std::string::npos);
  if (ends_children) return;
  walk(*script.shell, [&](const ShellNode& node, const ShellPlace& place) {
    if (!node.background || place.captured || sends_all_away(node)) return;
    // Its own redirections are in the place already; once more changes nothing.
    const Held held = held_by(node, place.streams);
    if (!held.out && !held.err) return;
    add(script, node.line,
        held.out && held.err ? "stdout and stderr"
        : held.out           ? "stdout"
                             : "stderr",
        findings);
  });
}

void check_python(const SeenScript& script, std::vector<Finding>& findings) {
  static const std::regex popen(R"(\bPopen\s*\()");
  static const std::regex in_shell(R"(os\.system\s*\(.*[^&>]&\s*["']\s*\))");
  const auto lines = lines_without_comments(script);
  const auto mentions = [&](const char* what) {
    return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
      return line.find(what) != std::string::npos;
    });
  };
  const bool waits = mentions(".wait(") || mentions(".communicate(") ||
                     mentions(".poll(") || mentions("with subprocess.Popen") ||
                     mentions("with Popen");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string call;  // it may go on over some lines
    for (std::size_t more = i; more < std::min(i + 6, lines.size()); ++more)
      call += lines[more];
    const bool redirected = call.find("stdout") != std::string::npos &&
                            call.find("stderr") != std::string::npos;
    if (!waits && !redirected && std::regex_search(lines[i], popen))
      add(script, static_cast<int>(i) + 1, "stdout and stderr", findings);
    if (std::regex_search(lines[i], in_shell) && lines[i].find('>') == std::string::npos)
      add(script, static_cast<int>(i) + 1, "stdout and stderr", findings);
  }
}

}  // namespace

void check_background(const SeenScript& script, std::vector<Finding>& findings) {
  if (script.shell) check_shell(script, findings);
  if (script.language == Language::python) check_python(script, findings);
}

}  // namespace hookjournal
