#include <algorithm>
#include <regex>

#include "cli/doctor/check_text.h"
#include "cli/escape.h"
#include "engine/shell/shell_walk.h"

namespace hookjournal {

namespace {

using Kind = ShellNode::Kind;

constexpr const char* kClients[] = {"virsh",       "virt-install", "virt-clone",
                                    "virt-xml",    "virt-admin",   "virt-top",
                                    "virt-viewer", "virt-dump"};

void add(const SeenScript& script, int line, const std::string& what,
         std::vector<Finding>& findings) {
  findings.push_back(
      {"calls-libvirt", script.path, line,
       what + " asks libvirt, which waits for this script",
       "read the guest's XML from stdin, or ask later, from a background process "
       "with all streams redirected"});
}

// `virsh -c qemu+ssh://other/system`, `virsh --version`: another libvirtd, or none.
bool asks_this_host(const ShellNode& node, const ShellProgram& program) {
  for (std::size_t i = program.at + 1; i < node.words.size(); ++i) {
    const std::string& word = node.words[i].text;
    const auto host = word.find("://");
    if (host != std::string::npos && host + 3 < word.size() && word[host + 3] != '/')
      return false;
    if (word == "-v" || word == "-V" || word == "--version" || word == "--help" ||
        word == "-h")
      return false;
  }
  return program.at + 1 < node.words.size() || program.name != "virsh";
}

// The word after virsh's own options.
std::string subcommand_of(const ShellNode& node, const ShellProgram& program) {
  for (std::size_t i = program.at + 1; i < node.words.size(); ++i) {
    const std::string& word = node.words[i].text;
    if (word == "-c" || word == "--connect" || word == "-d" || word == "-l") ++i;
    if (!word.starts_with('-')) return word;
  }
  return {};
}

// `virsh nodedev-detach`, as recipes for passing a GPU through have it: no guest's lock
// is asked for, nor a network's by a guest's hook.
bool needs_other_locks(const std::string& driver, const std::string& subcommand) {
  constexpr const char* kOthers[] = {"nodedev-", "pool-", "vol-", "secret-", "iface-"};
  return (driver != "network" && subcommand.starts_with("net-")) ||
         std::any_of(std::begin(kOthers), std::end(kOthers),
                     [&](const char* start) { return subcommand.starts_with(start); });
}

// What runs beside the script, nobody waits for.
bool is_in_background(const ShellNode& node, const ShellPlace& place) {
  return node.background ||
         std::any_of(place.parents.begin(), place.parents.end(),
                     [](const auto* above) { return above->background; });
}

void check_shell(const SeenScript& script, std::vector<Finding>& findings) {
  const bool waits = runs(*script.shell, "wait");
  walk(*script.shell, [&](const ShellNode& node, const ShellPlace& place) {
    const ShellProgram program = program_of(node);
    const bool client =
        std::any_of(std::begin(kClients), std::end(kClients),
                    [&](const char* name) { return program.name == name; });
    if (!client || !asks_this_host(node, program)) return;
    if (is_in_background(node, place) && !waits) return;
    const int line = node.words[program.at].line;
    const std::string subcommand = subcommand_of(node, program);
    if (!needs_other_locks(script.driver, subcommand))
      return add(script, line, "`" + visible(program.name) + "`", findings);
    findings.push_back({"calls-libvirt-aside", script.path, line,
                        "`virsh " + visible(subcommand) +
                            "` asks libvirt while it waits for this script",
                        "none needed while it works; sysfs and `ip` do without libvirt"});
  });
}

void check_lines(const SeenScript& script, std::vector<Finding>& findings) {
  static const std::regex python(R"(^\s*(import\s+libvirt\b|from\s+libvirt\s+import))");
  static const std::regex perl(R"(^\s*use\s+Sys::Virt\b)");
  // A command as a string or list: ["virsh", ...], 'virsh start', `virsh list`.
  static const std::regex command(R"((^|[(\[,=\s])["'`](/usr/bin/)?virsh(["'`]|\s))");
  static const std::regex message(R"(\b(print|log\w*|warn|die|write|help)\s*[(.\s])");
  const auto lines = lines_without_comments(script);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const int line = static_cast<int>(i) + 1;
    const auto& own = script.language == Language::python ? python : perl;
    if (std::regex_search(lines[i], own))
      add(script, line, "libvirt's binding", findings);
    else if (std::regex_search(lines[i], command) &&
             !std::regex_search(lines[i], message))
      add(script, line, "`virsh`", findings);
  }
}

}  // namespace

void check_calls(const SeenScript& script, std::vector<Finding>& findings) {
  if (script.shell) check_shell(script, findings);
  if (script.language == Language::python || script.language == Language::perl)
    check_lines(script, findings);
}

}  // namespace hookjournal
