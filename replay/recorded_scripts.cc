#include "replay/recorded_scripts.h"

#include <algorithm>
#include <set>

#include "engine/error.h"

namespace hookjournal {

namespace {

constexpr std::size_t kMostTrees = 32;

std::string path_of(const Context& context) {
  constexpr std::string_view kName = "PATH=";
  const auto found = std::ranges::find_if(
      context.environment,
      [kName](const std::string& entry) { return entry.starts_with(kName); });
  return found == context.environment.end() ? "" : found->substr(kName.size());
}

}  // namespace

std::vector<std::string> texts_of(const ScriptsTree& tree) {
  std::vector<std::string> texts;
  texts.reserve(tree.files.size());
  for (const ScriptsTree::File& file : tree.files) texts.push_back(file.bytes);
  return texts;
}

RecordedScripts recorded_scripts(JournalReader& journal, const Selection& selection,
                                 const std::vector<const ScriptsTree*>& elsewhere) {
  RecordedScripts found;
  std::vector<std::string> trees;  // by their last call
  journal.for_each_call(selection, [&](const CallRecord& call) {
    found.path_variable = path_of(call.context);
    found.hooks_dir = call.context.hooks_dir;
    if (call.tree.empty() || (!trees.empty() && trees.back() == call.tree)) return;
    std::erase(trees, call.tree);
    trees.push_back(call.tree);
  });
  if (trees.size() > kMostTrees)
    trees.erase(trees.begin(), trees.end() - static_cast<std::ptrdiff_t>(kMostTrees));
  std::set<std::string> texts;
  for (const std::string& tree : trees) {
    try {
      for (std::string& text : texts_of(tree_of_journal(journal, tree, elsewhere)))
        texts.insert(std::move(text));
    } catch (const Error&) {
      continue;  // its calls are left out, and the report says why
    }
  }
  found.texts.assign(texts.begin(), texts.end());
  return found;
}

}  // namespace hookjournal
