#include "cli/install/install_state.h"

#include <nlohmann/json.hpp>

#include "cli/install/file_attributes.h"
#include "cli/install/our_folder.h"
#include "engine/error.h"
#include "engine/first_line.h"
#include "engine/sha256.h"

namespace hookjournal {

using nlohmann::json;

namespace {

std::string users_text(const std::filesystem::path& hooks_dir, const HookScript& script) {
  constexpr auto kWhole = std::string::npos;
  if (script.words.form == RecorderWords::Form::watcher) return {};
  if (script.words.form != RecorderWords::Form::launcher)
    return without_recorder(read_head(hooks_dir / script.name, kWhole));
  const auto ours = original_behind(hooks_dir, script.name, script.words.launches);
  return read_head(ours.empty() ? std::filesystem::path(script.words.launches)
                                : original_path(hooks_dir, ours),
                   kWhole);
}

std::string head_or_nothing(const std::filesystem::path& path) {
  try {
    return read_head(path, 1 << 20);
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

std::string text_digest(const std::filesystem::path& hooks_dir,
                        const HookScript& script) {
  try {
    return to_hex(sha256(users_text(hooks_dir, script)));
  } catch (const Error&) {
    return {};
  }
}

std::filesystem::path state_path(const std::filesystem::path& hooks_dir) {
  return our_folder(hooks_dir) / "installed.json";
}

InstallState load_state(const std::filesystem::path& hooks_dir) {
  InstallState state;
  const json value = json::parse(head_or_nothing(state_path(hooks_dir)), nullptr,
                                 /*allow_exceptions=*/false);
  if (!value.is_object()) return state;
  if (value.contains("drivers_since"))
    for (const auto& [driver, since] : value["drivers_since"].items())
      if (since.is_number_integer()) state.since[driver] = since.get<std::int64_t>();
  if (value.contains("texts"))
    for (const auto& [script, digest] : value["texts"].items())
      if (digest.is_string()) state.texts[script] = digest.get<std::string>();
  return state;
}

std::string state_text(const InstallState& state) {
  return json{{"drivers_since", state.since}, {"texts", state.texts}}.dump(
             2, ' ', false, json::error_handler_t::replace) +
         "\n";
}

}  // namespace hookjournal
