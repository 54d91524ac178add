#include "tests/replay_set/fixture.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/error.h"
#include "tests/unit/temp_folder.h"

namespace fs = std::filesystem;

namespace hookjournal::replay_set {

namespace {

constexpr std::size_t kFewestBreakages = 5;

std::string text_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  if (!fs::exists(file)) throw Error("there is no " + file.string());
  return text.str();
}

std::string input_text(const fs::path& folder, const std::string& name) {
  const fs::path own = folder / name;
  return text_of(fs::exists(own) ? own : folder.parent_path() / "common" / name);
}

HookCall call_of(const nlohmann::json& json, const std::string& driver,
                 const fs::path& folder) {
  HookCall call{.driver = driver,
                .object = json.at("object"),
                .operation = json.at("operation"),
                .suboperation = json.at("suboperation"),
                .extra = json.at("extra")};
  if (const auto& input = json.at("input"); !input.is_null())
    call.input = input_text(folder, input);
  return call;
}

Edit edit_of(const nlohmann::json& json) {
  Edit edit{.name = json.at("name"),
            .file = json.at("file"),
            .find = json.at("find"),
            .replace = json.at("replace")};
  if (json.contains("field")) {
    if (const auto& field = json.at("field"); field.is_array())
      edit.fields = field.get<std::set<std::string>>();
    else
      edit.fields = {field.get<std::string>()};
    if (!json.at("consequence").is_null())
      edit.consequence = json.at("consequence").get<std::string>();
    edit.call = json.at("call");
  }
  return edit;
}

std::vector<Edit> edits_of(const fs::path& file) {
  std::vector<Edit> edits;
  for (const auto& json : nlohmann::json::parse(text_of(file)))
    edits.push_back(edit_of(json));
  return edits;
}

}  // namespace

Fixture fixture_of(const fs::path& folder) {
  Fixture fixture{.name = folder.filename(), .hooks = folder / "hooks"};
  const auto scenario = nlohmann::json::parse(text_of(folder / "scenario.json"));
  for (const auto& call : scenario.at("calls"))
    fixture.calls.push_back(call_of(call, scenario.at("driver"), folder));
  if (scenario.contains("host_files"))
    for (const auto& [path, content] : scenario.at("host_files").items())
      fixture.host_files.push_back({path, 0644, content.get<std::string>()});
  fixture.breakages = edits_of(folder / "breakages.json");
  fixture.harmless = edits_of(folder / "harmless.json");
  if (fixture.breakages.size() < kFewestBreakages)
    throw Error(fixture.name + " has too few breakages");
  return fixture;
}

std::vector<fs::path> fixture_folders(const fs::path& set) {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(set))
    if (fs::exists(entry.path() / "scenario.json")) folders.push_back(entry.path());
  std::ranges::sort(folders);
  return folders;
}

ScriptsTree edited(const Fixture& fixture, const Edit& edit) {
  const TempFolder copy;
  fs::copy(fixture.hooks, copy.path(), fs::copy_options::recursive);
  const fs::path file = copy / edit.file;
  // With a newline before it too, so that whole lines are found.
  std::string text = "\n" + text_of(file);
  const std::string find = "\n" + edit.find + "\n";
  const auto at = text.find(find);
  if (at == std::string::npos || text.find(find, at + 1) != std::string::npos)
    throw Error(fixture.name + ", " + edit.name + ": what it replaces is not there once");
  text.replace(at, find.size(), "\n" + edit.replace + "\n");
  std::ofstream(file, std::ios::binary) << text.substr(1);
  return tree_of_directory(copy.path());
}

}  // namespace hookjournal::replay_set
