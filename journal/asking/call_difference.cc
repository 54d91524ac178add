#include "journal/asking/call_difference.h"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/script_tree.h"
#include "engine/sha256.h"
#include "engine/text_difference.h"

namespace hookjournal {

namespace {

using Kind = TreeEntry::Kind;

std::optional<std::string> value_of(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

void compare(std::vector<ValueChange>& changes, std::string name,
             const std::string& before, const std::string& after) {
  if (before != after)
    changes.push_back({std::move(name), value_of(before), value_of(after)});
}

std::vector<ValueChange> compare_words(const CallRecord& before,
                                       const CallRecord& after) {
  std::vector<ValueChange> changes;
  compare(changes, "driver", before.driver, after.driver);
  compare(changes, "object", before.object, after.object);
  compare(changes, "object uuid", before.object_uuid, after.object_uuid);
  compare(changes, "operation", before.operation, after.operation);
  compare(changes, "sub-operation", before.suboperation, after.suboperation);
  compare(changes, "extra", before.extra, after.extra);
  const auto word = [](auto value) { return std::string(to_string(value)); };
  compare(changes, "origin", word(before.origin), word(after.origin));
  compare(changes, "outcome", word(before.outcome), word(after.outcome));
  compare(changes, "consequence", word(before.consequence), word(after.consequence));
  return changes;
}

std::vector<ValueChange> compare_hosts(const Context& before, const Context& after) {
  std::vector<ValueChange> changes;
  const NamedValues earlier = host_values(before), later = host_values(after);
  for (std::size_t i = 0; i < earlier.size(); ++i)
    compare(changes, earlier[i].first, earlier[i].second, later[i].second);
  return changes;
}

std::vector<ValueChange> compare_environments(const Context& before,
                                              const Context& after) {
  std::map<std::string, ValueChange> variables;
  for (auto& [name, value] : environment_values(before)) variables[name].before = value;
  for (auto& [name, value] : environment_values(after)) variables[name].after = value;
  std::vector<ValueChange> changes;
  for (auto& [name, change] : variables) {
    change.name = name;
    if (change.before != change.after) changes.push_back(std::move(change));
  }
  return changes;
}

bool whole(const StoredStream& stream) {
  return !stream.truncated && stream.kept == stream.length;
}

std::optional<TextChange> compare_streams(JournalReader& journal,
                                          const StoredStream& before,
                                          const StoredStream& after) {
  if (before.blob == after.blob && before.length == after.length) return {};
  return TextChange{
      unified_difference(journal.bytes(before.blob), journal.bytes(after.blob)),
      whole(before) && whole(after)};
}

void compare_inputs(JournalReader& journal, const CallRecord& before,
                    const CallRecord& after, CallDifference& difference) {
  const auto input = [](const CallRecord& call) {
    return call.runs.empty() ? std::nullopt : call.runs.front().input;
  };
  const auto earlier = input(before), later = input(after);
  if (!earlier && !later) return;
  if (!earlier || !later) {
    difference.input_unknown =
        std::string(earlier ? "the later" : "the earlier") + " call has none recorded";
    return;
  }
  if (earlier->blob == later->blob) return;
  const std::string one = journal.bytes(earlier->blob),
                    other = journal.bytes(later->blob);
  auto xml = compare_xml(one, other);
  if (xml)
    difference.xml = std::move(*xml);
  else
    difference.input = compare_streams(journal, *earlier, *later);
}

// By their scripts; of those that ran several times in their order.
std::vector<RunChange> compare_runs(JournalReader& journal, const CallRecord& before,
                                    const CallRecord& after) {
  std::vector<RunChange> changes;
  for (const RunRecord& run : before.runs)
    changes.push_back({run.script, run, {}, {}, {}});
  for (const RunRecord& run : after.runs) {
    const auto known = std::ranges::find_if(changes, [&run](const RunChange& change) {
      return change.script == run.script && !change.after;
    });
    if (known == changes.end())
      changes.push_back({run.script, {}, run, {}, {}});
    else
      known->after = run;
  }
  for (RunChange& change : changes) {
    const RunRecord none;
    const RunRecord& one = change.before ? *change.before : none;
    const RunRecord& other = change.after ? *change.after : none;
    change.out = compare_streams(journal, one.out, other.out);
    change.err = compare_streams(journal, one.err, other.err);
  }
  return changes;
}

void compare_texts(JournalReader& journal, const std::string& before,
                   const std::string& after, ScriptChange& change) {
  const auto text = [&](const std::string& tree, const std::optional<TreeEntry>& entry) {
    if (!entry) return std::string();
    if (entry->kind != Kind::file) {
      change.why_no_text = why_no_content(entry->kind);
      return std::string();
    }
    const auto content = journal.tree_file(tree, entry->path);
    if (!content) change.why_no_text = "its content is no longer in the journal";
    return content.value_or("");
  };
  const std::string one = text(before, change.before), other = text(after, change.after);
  if (change.why_no_text.empty()) change.text = unified_difference(one, other);
}

}  // namespace

bool RunChange::same() const {
  return before && after && before->ending == after->ending &&
         before->outcome == after->outcome && !out && !err;
}

NamedValues host_values(const Context& context) {
  const Caller& caller = context.caller;
  // A pid may come again: its start tells it from the one before.
  const std::string process = caller.process.pid == 0
                                  ? ""
                                  : std::to_string(caller.process.pid) + ", since tick " +
                                        std::to_string(caller.process.start_ticks);
  return {{"host", context.host_name.empty() ? context.machine_id : context.host_name},
          {"machine id", context.machine_id},
          {"kernel", context.kernel},
          {"caller", caller.exe},
          {"caller's build", to_hex(caller.exe_build_id)},
          {"recorder", context.recorder_version},
          {"hooks directory", context.hooks_dir},
          {"working directory", context.working_directory},
          {"uid", std::to_string(context.uid)},
          {"gid", std::to_string(context.gid)},
          {"umask", umask_text(context)},
          {"boot id", context.boot_id},
          {"caller's pid", process}};
}

NamedValues environment_values(const Context& context) {
  NamedValues variables;
  for (const std::string& variable : context.environment) {
    const auto equals = variable.find('=');
    variables.emplace_back(variable.substr(0, equals), equals == std::string::npos
                                                           ? ""
                                                           : variable.substr(equals + 1));
  }
  return variables;
}

std::string why_no_content(TreeEntry::Kind kind) {
  switch (kind) {
    case Kind::file:
      return "";
    case Kind::keyed:
      return "others may not read that file, so only a keyed digest of it was kept";
    case Kind::too_large:
      return "that file was too large, so only its digest was kept";
    case Kind::volatile_file:
      return "that file changed while scripts ran, so it was not kept";
    case Kind::unreadable:
      return "that file could not be read";
    case Kind::no_room:
      return "the scripts tree was too large in all, so only that file's digest was kept";
    case Kind::unknown:
      break;
  }
  return "that file was kept in a way this version does not know";
}

std::vector<std::string> limit_words(const TreeLimits& met) {
  std::vector<std::string> words;
  if (met.files)
    words.push_back("it had more than " + std::to_string(kMostFiles) +
                    " files; the others are no part of this version");
  if (met.bytes)
    words.push_back("its files had more than " + std::to_string(kLargestTree >> 20) +
                    " MiB in all; of some only the digest was kept");
  return words;
}

std::vector<ScriptChange> compare_trees(JournalReader& journal, const std::string& before,
                                        const std::string& after) {
  std::map<std::string, ScriptChange> files;
  for (TreeEntry& entry : journal.tree(before)) files[entry.path].before = entry;
  for (TreeEntry& entry : journal.tree(after)) files[entry.path].after = entry;
  std::vector<ScriptChange> changes;
  for (auto& [path, change] : files) {
    const auto &one = change.before, &other = change.after;
    const bool content =
        !one || !other || one->digest != other->digest || one->kind != other->kind;
    if (!content && one->mode == other->mode) continue;
    change.path = path;
    if (content) compare_texts(journal, before, after, change);
    changes.push_back(std::move(change));
  }
  return changes;
}

CallDifference compare_calls(JournalReader& journal, const CallRecord& before,
                             const CallRecord& after) {
  CallDifference difference;
  difference.words = compare_words(before, after);
  difference.host = compare_hosts(before.context, after.context);
  difference.environment = compare_environments(before.context, after.context);
  difference.trees_known = !before.tree.empty() && !after.tree.empty();
  if (difference.trees_known && before.tree != after.tree)
    difference.files = compare_trees(journal, before.tree, after.tree);
  compare_inputs(journal, before, after, difference);
  difference.runs = compare_runs(journal, before, after);
  return difference;
}

}  // namespace hookjournal
