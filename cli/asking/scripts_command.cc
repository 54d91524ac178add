#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "cli/asking/difference_json.h"
#include "cli/asking/difference_text.h"
#include "cli/asking/host_calls.h"
#include "cli/asking/restored_tree.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/journal_option.h"
#include "cli/output.h"
#include "cli/selection_options.h"
#include "cli/time_text.h"
#include "engine/error.h"
#include "journal/asking/call_json.h"
#include "journal/asking/tree_history.h"

namespace hookjournal {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kExample =
    "Each version of the scripts tree that calls ran under, oldest first: when it was\n"
    "first and last seen, how many calls there were and how many failed, and which "
    "files\n"
    "differ from the version before. A version is named by six or more of its digits, "
    "or\n"
    "as call:4711 by a call.\n"
    "\n"
    "  hookjournal scripts                         the history\n"
    "  hookjournal scripts diff A B                what differs between two versions\n"
    "  hookjournal scripts show VERSION[:PATH]     its files, or the text of one\n"
    "  hookjournal scripts restore VERSION DIR     as files, in a new directory\n"
    "\n"
    "example: what the scripts were before last night's change\n"
    "  hookjournal scripts --since '3 days ago'\n"
    "  hookjournal scripts restore 9f86d081 ./before\n";

constexpr std::size_t kShortDigest = 12;
constexpr std::size_t kMostFiles = 10;
constexpr std::size_t kMostLines = 1000;

std::string json_line(const Json& json) {
  return json.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

void write_version(Output& output, const TreeVersion& version) {
  output.text(version.digest.substr(0, kShortDigest), Style::heading);
  output.text(fmt::format("  {} (call {}) to {} (call {})\n",
                          local_time_text(version.first_ns), version.first_call,
                          local_time_text(version.last_ns), version.last_call));
  output.text(fmt::format("  {} {}, {} failed ({:.1f} %)\n", version.calls,
                          version.calls == 1 ? "call" : "calls", version.failed,
                          100.0 * static_cast<double>(version.failed) /
                              static_cast<double>(version.calls)),
              version.failed > 0 ? Style::bad : Style::plain);
  for (std::size_t i = 0; i < version.files.size(); ++i) {
    if (i == kMostFiles) {
      output.text(fmt::format("  ... and {} more files\n", version.files.size() - i));
      return;
    }
    output.text("  " + file_words(version.files[i]) + "\n");
  }
}

Json json_of(const TreeVersion& version, const TreeLimits& met) {
  Json files = Json::array();
  for (const ScriptChange& change : version.files) files.push_back(json_of(change));
  return {
      {"tree", "sha256:" + version.digest},
      {"first", {{"call", version.first_call}, {"at", utc_time_text(version.first_ns)}}},
      {"last", {{"call", version.last_call}, {"at", utc_time_text(version.last_ns)}}},
      {"calls", version.calls},
      {"failed", version.failed},
      {"files", files},
      {"limits_met", {{"files", met.files}, {"bytes", met.bytes}}}};
}

void write_history(JournalReader& journal, const Selection& selection, bool json,
                   Output& output) {
  bool first = true;
  for (const TreeVersion& version : tree_versions(journal, selection, true)) {
    if (json) {
      output.bytes(json_line(json_of(version, journal.tree_limits(version.digest))));
      continue;
    }
    if (!std::exchange(first, false)) output.text("\n");
    write_version(output, version);
  }
}

void write_diff(JournalReader& journal, const std::string& before,
                const std::string& after, bool json, Output& output) {
  const auto changes =
      compare_trees(journal, tree_named(journal, before), tree_named(journal, after));
  for (const ScriptChange& change : changes) {
    if (json) {
      output.bytes(json_line(json_of(change)));
      continue;
    }
    output.text(file_words(change) + "\n", Style::heading);
    if (!change.why_no_text.empty()) output.text("  " + change.why_no_text + "\n");
    write_text_change(output, change.text, "  ", kMostLines);
  }
  if (changes.empty() && !json) output.text("no difference\n");
}

void write_file(JournalReader& journal, const std::string& tree, const std::string& path,
                Output& output) {
  const auto text = journal.tree_file(tree, path);
  if (text && output.terminal()) return output.text(visible(*text, Keep::lines));
  if (text) return output.bytes(*text);
  for (const TreeEntry& entry : journal.tree(tree))
    if (entry.path == path)
      throw Error("there is no text of " + visible(path) +
                  " in that version: " + why_no_content(entry.kind));
  throw UsageError("that version has no file " + visible(path));
}

void write_files(JournalReader& journal, const std::string& tree, bool json,
                 Output& output) {
  for (const TreeEntry& entry : journal.tree(tree)) {
    if (json) {
      const bool content = entry.kind == TreeEntry::Kind::file;
      output.bytes(json_line({{"path", entry.path},
                              {"mode", entry.mode},
                              {"sha256", content ? Json(entry.digest) : Json()}}));
      continue;
    }
    output.text(fmt::format("{:04o}  {}  {}\n", entry.mode,
                            entry.digest.substr(0, kShortDigest), visible(entry.path)));
  }
  if (json) return;
  for (const std::string& words : limit_words(journal.tree_limits(tree)))
    output.text("not all of it: " + words + "\n", Style::warning);
}

// "VERSION:PATH"; a call's number has a colon too.
std::pair<std::string, std::string> split_path(const std::string& word) {
  const std::size_t from =
      word.starts_with("call:") || word.starts_with("sha256:") ? word.find(':') + 1 : 0;
  const auto colon = word.find(':', from);
  if (colon == std::string::npos) return {word, ""};
  return {word.substr(0, colon), word.substr(colon + 1)};
}

void restore(JournalReader& journal, const std::string& version,
             const std::string& directory, Output& output) {
  const RestoredTree restored =
      restore_tree(journal, tree_named(journal, version), directory);
  output.text(fmt::format("{} {} restored to {}\n", restored.files,
                          restored.files == 1 ? "file" : "files", visible(directory)));
  for (const std::string& missing : restored.missing)
    output.text("not restored: " + visible(missing) + "\n", Style::warning);
}

struct Wanted {
  std::vector<std::string> words;
  Selection selection;
  bool json = false;
};

void check(const Wanted& wanted) {
  const auto& words = wanted.words;
  const auto is = [&words](const char* name, std::size_t more) {
    return words.front() == name && words.size() == more + 1;
  };
  if (words.empty() || is("diff", 2) || is("show", 1) || is("restore", 2)) return;
  throw UsageError(
      "scripts takes `diff A B`, `show VERSION[:PATH]`, `restore VERSION "
      "DIR`, or nothing; `hookjournal scripts --help` tells more");
}

void write(JournalReader& journal, const Wanted& wanted, Output& output) {
  const auto& words = wanted.words;
  if (words.empty()) return write_history(journal, wanted.selection, wanted.json, output);
  if (words[0] == "diff")
    return write_diff(journal, words[1], words[2], wanted.json, output);
  if (words[0] == "restore") return restore(journal, words[1], words[2], output);
  const auto [version, path] = split_path(words[1]);
  const std::string tree = tree_named(journal, version);
  if (path.empty()) return write_files(journal, tree, wanted.json, output);
  write_file(journal, tree, path, output);
}

}  // namespace

int run_scripts(int argc, char** argv) {
  CommandLine line("Show the history of the hook scripts.", kExample);
  Wanted wanted;
  line.add_argument("WHAT", wanted.words, "See below; without it the history")
      .expects(0, 3);
  SelectionOptions options(line);
  JournalOption journal_option(line);
  bool no_pager = false;
  line.add_flag("--json", wanted.json, "One object a line, for programs");
  line.add_flag("--no-pager", no_pager, "Write to the terminal, however much it is");
  if (const auto status = line.parse(argc, argv)) return *status;
  check(wanted);

  const Selection asked = options.selection(now().wall_ns);
  wanted.selection = host_calls(asked, journal_option);
  JournalReader journal(journal_option.file());
  const auto paging = no_pager ? Output::Paging::never : Output::Paging::when_on_terminal;
  write_output(paging, [&](Output& output) { write(journal, wanted, output); });
  if (wanted.words.empty()) tell_of_left_out(journal, asked, journal_option);
  return 0;
}

}  // namespace hookjournal
