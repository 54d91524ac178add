#include "cli/install/install_state.h"

#include <nlohmann/json.hpp>

#include "cli/install/file_attributes.h"
#include "cli/install/our_folder.h"

namespace hookjournal {

using nlohmann::json;

std::filesystem::path state_path(const std::filesystem::path& hooks_dir) {
  return our_folder(hooks_dir) / "installed.json";
}

InstallState load_state(const std::filesystem::path& hooks_dir) {
  InstallState state;
  const auto path = state_path(hooks_dir);
  if (!is_there(path)) return state;
  const json value =
      json::parse(read_head(path, 1 << 20), nullptr, /*allow_exceptions=*/false);
  if (!value.is_object() || !value.contains("drivers_since")) return state;
  for (const auto& [driver, since] : value["drivers_since"].items())
    if (since.is_number_integer()) state.since[driver] = since.get<std::int64_t>();
  return state;
}

std::string state_text(const InstallState& state) {
  return json{{"drivers_since", state.since}}.dump(2, ' ', false,
                                                   json::error_handler_t::replace) +
         "\n";
}

}  // namespace hookjournal
