#include "replay/sandbox/stand_ins/stand_in_places.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/unit/catch.h"
#include "tests/unit/temp_folder.h"

using namespace hookjournal;
namespace fs = std::filesystem;

namespace {

// Only those in the folder: of the machine's own commands no test knows.
std::vector<std::string> places_in(const TempFolder& folder, const std::string& rules,
                                   const std::vector<std::string>& missing = {}) {
  const std::string root = fs::canonical(folder.path());
  auto places = stand_in_places(stand_ins_of_text(rules, "stubs"), missing,
                                root + "/bin:" + root + "/linked:" + root + "/sbin:.");
  std::erase_if(places,
                [&](const std::string& place) { return !place.starts_with(root); });
  for (auto& place : places) place.erase(0, root.size());
  return places;
}

void with_folders(const TempFolder& folder) {
  fs::create_directories(folder / "bin");
  fs::create_directories(folder / "sbin");
  fs::create_directory_symlink("bin", folder / "linked");
}

using Places = std::vector<std::string>;

}  // namespace

TEST_CASE("a stand-in lies wherever the host has the command, once", "[replay]") {
  TempFolder folder;
  with_folders(folder);
  std::ofstream(folder / "bin/tool") << "";
  fs::create_symlink("many", folder / "sbin/tool");
  std::ofstream(folder / "sbin/other") << "";

  CHECK(places_in(folder, "tool\nabsent\npresent when-missing") ==
        Places{"/bin/tool", "/sbin/tool"});
}

TEST_CASE("what the host lacks gets one place when scripts call it", "[replay]") {
  TempFolder folder;
  with_folders(folder);
  const std::string path = folder / "linked/by-path";

  CHECK(places_in(folder, "", {"absent", path}) == Places{"/bin/absent", "/bin/by-path"});
  CHECK(places_in(folder, (folder / "linked/ruled").string()) == Places{"/bin/ruled"});
}

TEST_CASE("virsh and systemctl are replaced also where there are none", "[replay]") {
  TempFolder folder;
  with_folders(folder);
  const auto places = stand_in_places(default_stand_ins(), {}, (folder / "bin").string());
  const auto has = [&](const std::string& name) {
    return std::any_of(places.begin(), places.end(), [&](const std::string& place) {
      return place.ends_with('/' + name);
    });
  };

  CHECK(has("virsh"));
  CHECK(has("systemctl"));
  CHECK(has("modprobe"));
  CHECK_FALSE(has("ddcutil-of-nobody"));
}
