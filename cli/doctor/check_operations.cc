#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <regex>
#include <set>

#include "cli/doctor/check_text.h"
#include "cli/doctor/hook_arguments.h"
#include "cli/escape.h"
#include "engine/usual_words.h"

namespace hookjournal {

namespace {

using Kind = ShellNode::Kind;
using Names = std::set<std::string>;

constexpr int kPluggedGone = 6'000'000;       // replaced by port-created in 6.0
constexpr int kReasonOfRelease = 10'005'000;  // `release end shutdown` since 10.5.0

// virhook.c:52-128, and what was there before 6.0.
const Names& operations_of(const std::string& driver) {
  static const std::map<std::string, Names> all = {
      {"daemon", {"start", "shutdown", "reload"}},
      {"qemu",
       {"start", "stopped", "prepare", "release", "migrate", "started", "reconnect",
        "attach", "restore"}},
      {"lxc", {"start", "stopped", "prepare", "release", "started", "reconnect"}},
      {"network",
       {"start", "started", "stopped", "port-created", "port-deleted", "updated",
        "plugged", "unplugged"}},
      {"libxl",
       {"start", "stopped", "prepare", "release", "migrate", "started", "reconnect"}},
      {"bhyve", {"start", "stopped", "prepare", "release", "started"}}};
  static const Names none;
  const auto found = all.find(driver);
  return found == all.end() ? none : found->second;
}

// What a text claims libvirt calls with; empty is anything.
struct Wanted {
  std::string operation, suboperation, extra;
};

struct Verdict {
  const char* rule;
  std::string text, remedy;
};

Verdict no_such(const std::string& driver, const std::string& operation) {
  std::string known;
  for (const auto& name : operations_of(driver))
    if (name != "attach" && name != "plugged" && name != "unplugged")
      known += (known.empty() ? "" : ", ") + name;
  return {"unknown-operation",
          "the " + driver + " driver has no operation `" + visible(operation) + "`",
          "it has " + known};
}

std::optional<Verdict> judge(const std::string& driver, const Wanted& wanted,
                             int version) {
  const Names& known = operations_of(driver);
  if (known.empty()) return {};  // a fork's driver
  const std::string& operation = wanted.operation;
  if (operation.empty()) return {};
  if (!known.contains(operation)) return no_such(driver, operation);
  if (operation == "attach")
    return Verdict{"operation-never-fires",
                   "nothing has called `attach` since libvirt 5.5.0",
                   "use reconnect, which comes when the daemon finds a running guest"};
  const bool plugged = operation == "plugged" || operation == "unplugged";
  if (plugged && version >= kPluggedGone)
    return Verdict{"operation-never-fires", "`" + operation + "` ended with libvirt 6.0",
                   operation == "plugged" ? "use port-created" : "use port-deleted"};
  const std::string usual = usual_suboperation(driver, operation);
  if (!wanted.suboperation.empty() && wanted.suboperation != usual)
    return Verdict{"operation-never-fires",
                   "libvirt calls `" + operation + " " + usual + "`, never `" +
                       operation + " " + visible(wanted.suboperation) + "`",
                   "look for `" + operation + "` with `" + usual + "`"};
  const bool has_reason = driver == "qemu" || driver == "lxc";
  if (operation == "release" && wanted.extra == "-" && has_reason &&
      version >= kReasonOfRelease)
    return Verdict{"operation-never-fires",
                   "since libvirt 10.5.0 `release end` comes with the reason, never `-`",
                   "do not compare the fourth argument, or look for shutdown, destroyed, "
                   "crashed, ..."};
  return {};
}

// "${1}/${2}" compared with "win11/prepare": the arguments in the one, the words in the
// other. Nothing where they do not fit each other.
std::optional<Wanted> wanted_by(const std::string& told, const std::string& text) {
  constexpr std::size_t kLongest = 500;  // beyond the words of any call
  if (told.size() > kLongest || text.size() > kLongest) return {};
  if (text.find_first_of("*?[$`(") != std::string::npos) return {};
  static const std::regex argument(R"(\$\{([1-4@*])\})");
  std::string pattern;
  std::vector<char> order;
  auto rest = told.cbegin();
  for (std::sregex_iterator it(told.begin(), told.end(), argument), end; it != end;
       ++it) {
    const std::string between(rest, told.cbegin() + it->position());
    // "x${2}" and "${1}${2}" leave open where one ends.
    if (!order.empty() && between.empty()) return {};
    pattern +=
        std::regex_replace(between, std::regex(R"([.^$|()\[\]{}*+?\\/])"), R"(\$&)");
    const char which = (*it)[1].str()[0];
    if (which == '@' || which == '*') return {};
    pattern += which == '1' ? "(.+)" : "([^/ ]*)";
    order.push_back(which);
    rest = told.cbegin() + it->position() + it->length();
  }
  pattern += std::regex_replace(std::string(rest, told.cend()),
                                std::regex(R"([.^$|()\[\]{}*+?\\/])"), R"(\$&)");
  std::smatch parts;
  if (order.empty() || !std::regex_match(text, parts, std::regex(pattern))) return {};
  Wanted wanted;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::string part = parts[i + 1];
    if (order[i] == '2') wanted.operation = part;
    if (order[i] == '3') wanted.suboperation = part;
    if (order[i] == '4') wanted.extra = part;
  }
  return wanted;
}

class OperationCheck {
 public:
  OperationCheck(const SeenScript& script, int version, std::vector<Finding>& findings)
      : script_(script),
        version_(version),
        findings_(findings),
        arguments_(*script.shell) {}

  void run() {
    walk(*script_.shell, [&](const ShellNode& node, const ShellPlace& place) {
      if (node.kind == Kind::choice) return choice(node, place);
      if (node.kind == Kind::simple || node.kind == Kind::test) comparison(node, place);
      if (node.kind == Kind::and_or) conjunction(node, place);
    });
  }

 private:
  void add(const Verdict& verdict, int line) {
    if (!said_.insert(verdict.text).second) return;
    findings_.push_back({verdict.rule, script_.path, line, verdict.text, verdict.remedy});
  }

  std::optional<Wanted> wanted(const std::string& told, const ShellWord& text) {
    if (told.empty() || !text.literal) return {};
    return wanted_by(told, text.text);
  }

  void choice(const ShellNode& node, const ShellPlace& place) {
    const std::string told = arguments_.told(node.words[0], place);
    for (const auto& patterns : node.patterns) {
      // Beside one that does fire, an old name is there for an old libvirt.
      std::vector<std::pair<Verdict, int>> dead;
      bool alive = false;
      for (const auto& pattern : patterns) {
        const auto found = wanted(told, pattern);
        if (!found || found->operation.empty()) continue;
        if (auto verdict = judge(script_.driver, *found, version_))
          dead.emplace_back(std::move(*verdict), pattern.line);
        else
          alive = true;
      }
      for (const auto& [verdict, line] : dead)
        if (!alive || verdict.rule == std::string("unknown-operation"))
          add(verdict, line);
    }
  }

  // Every `A = B` among the words of [ ] and [[ ]].
  std::vector<std::pair<Wanted, int>> comparisons(const ShellNode& node,
                                                  const ShellPlace& place) {
    std::vector<std::pair<Wanted, int>> found;
    const auto& words = node.words;
    const bool test = node.kind == Kind::test ||
                      (!words.empty() && (words[0].is("[") || words[0].is("test")));
    for (std::size_t i = 1; test && i + 1 < words.size(); ++i) {
      if (words[i].text != "=" && words[i].text != "==") continue;
      for (const auto& [told, text] : {std::pair(&words[i - 1], &words[i + 1]),
                                       std::pair(&words[i + 1], &words[i - 1])})
        if (auto one = wanted(arguments_.told(*told, place), *text))
          found.emplace_back(std::move(*one), node.line);
    }
    return found;
  }

  static bool has_alternative(const ShellNode& node) {
    return std::any_of(node.words.begin(), node.words.end(), [](const ShellWord& word) {
      return word.text == "||" || word.text == "-o" || word.text == "!";
    });
  }

  // `[[ $2 = prepare && $3 = end ]]` and the like speak of one call.
  void comparison(const ShellNode& node, const ShellPlace& place) {
    const auto found = comparisons(node, place);
    Wanted together;
    for (const auto& [one, line] : found) {
      if (auto verdict = judge(script_.driver, one, version_)) add(*verdict, line);
      merge(together, one);
    }
    if (found.size() > 1 && !has_alternative(node))
      if (auto verdict = judge(script_.driver, together, version_))
        add(*verdict, node.line);
  }

  // `[ "$2" = prepare ] && [ "$3" = end ]`
  void conjunction(const ShellNode& node, const ShellPlace& place) {
    if (node.joins.find('|') != std::string::npos) return;
    Wanted together;
    for (const auto& child : node.children) {
      if (has_alternative(child)) return;
      for (const auto& [one, line] : comparisons(child, place)) merge(together, one);
    }
    if (auto verdict = judge(script_.driver, together, version_))
      add(*verdict, node.line);
  }

  static void merge(Wanted& all, const Wanted& one) {
    if (!one.operation.empty()) all.operation = one.operation;
    if (!one.suboperation.empty()) all.suboperation = one.suboperation;
    if (!one.extra.empty()) all.extra = one.extra;
  }

  const SeenScript& script_;
  const int version_;
  std::vector<Finding>& findings_;
  HookArguments arguments_;
  Names said_;
};

// `if sys.argv[2] == "x"`, `if op == "x"` after `op = sys.argv[2]`.
void check_python(const SeenScript& script, int version, std::vector<Finding>& findings) {
  static const std::regex assigned(R"(^\s*(\w+)\s*=\s*(?:sys\.)?argv\[2\]\s*$)");
  static const std::regex compared(
      R"(\b((?:sys\.)?argv\[2\]|\w+)\s*==\s*['"]([\w-]+)['"])");
  const auto lines = lines_without_comments(script);
  Names variables = {"sys.argv[2]", "argv[2]"};
  for (const auto& line : lines) {
    std::smatch parts;
    if (std::regex_search(line, parts, assigned)) variables.insert(parts[1]);
  }
  for (std::size_t i = 0; i < lines.size(); ++i)
    for (std::sregex_iterator it(lines[i].begin(), lines[i].end(), compared), end;
         it != end; ++it) {
      if (!variables.contains((*it)[1])) continue;
      if (const auto verdict = judge(script.driver, {(*it)[2], {}, {}}, version))
        findings.push_back({verdict->rule, script.path, static_cast<int>(i) + 1,
                            verdict->text, verdict->remedy});
    }
}

}  // namespace

void check_operations(const SeenScript& script, const HostFacts& host,
                      std::vector<Finding>& findings) {
  if (script.of_dispatcher) return;
  const int version = host.version_for(script.driver);
  if (script.shell) OperationCheck(script, version, findings).run();
  if (script.language == Language::python) check_python(script, version, findings);
}

void check_dispatch_folder(const DispatchFolder& folder, const HostFacts& host,
                           std::vector<Finding>& findings) {
  if (const auto verdict =
          judge(folder.driver, {folder.operation, folder.suboperation, {}},
                host.version_for(folder.driver)))
    findings.push_back({verdict->rule, folder.path, 0,
                        "its scripts are never run: " + verdict->text, verdict->remedy});
}

}  // namespace hookjournal
