#include "journal/search/input_paths.h"

#include <algorithm>

namespace hookjournal {

InputPaths::InputPaths(Database& db, const std::vector<std::string>& expressions)
    : blobs_(db),
      inputs_(db.prepare(
          "select stdin from script_runs where call = ? and stdin is not null")) {
  for (const std::string& expression : expressions) paths_.emplace_back(expression);
}

bool InputPaths::match(std::int64_t call) {
  bool found = false;
  inputs_.bind(1, call);
  while (inputs_.next()) found = found || matches(inputs_.int64(0));
  return found;
}

bool InputPaths::matches(std::int64_t blob) {
  const auto known = known_.find(blob);
  if (known != known_.end()) return known->second;
  const std::string input = blobs_.load(blob);
  return known_[blob] = std::ranges::any_of(
             paths_, [&input](const XmlPath& path) { return path.matches(input); });
}

}  // namespace hookjournal
