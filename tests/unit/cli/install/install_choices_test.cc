#include "cli/install/install_choices.h"

#include <unistd.h>

#include <fstream>

#include "engine/config.h"
#include "engine/error.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/hook_trees.h"

using namespace hookjournal;
using namespace hookjournal::test;
namespace fs = std::filesystem;

namespace {

void install_with(const HooksFixture& tree, const InstallChoices& choices) {
  FileOps ops;
  Installer(ops, request_for(tree)).install([&](OurFolder& folder) {
    write_choices(ops, folder, tree.hooks, choices);
  });
}

InstallChoices to_journal(const char* file) { return {file, {}, {}}; }

}  // namespace

TEST_CASE("choices of install are in the configuration", "[cli]") {
  HooksFixture tree;
  install_with(tree, {"/srv/j.db", std::chrono::milliseconds(80), true});
  const Config config = load_config(tree.hooks);
  CHECK(config.journal == "/srv/j.db");
  CHECK(config.deadline == std::chrono::milliseconds(80));
  CHECK(config.refuse_when_unrecorded);
  CHECK(fs::status(config_path(tree.hooks)).permissions() == fs::perms(0644));
}

TEST_CASE("without a choice no configuration is written", "[cli]") {
  HooksFixture tree;
  install_with(tree, {});
  CHECK_FALSE(fs::exists(config_path(tree.hooks)));
}

TEST_CASE("a new choice keeps the earlier ones", "[cli]") {
  HooksFixture tree;
  install_with(tree, to_journal("/srv/j.db"));
  install_with(tree, {{}, std::chrono::milliseconds(80), {}});
  CHECK(load_config(tree.hooks).journal == "/srv/j.db");
  CHECK(load_config(tree.hooks).deadline == std::chrono::milliseconds(80));
}

TEST_CASE("runs wait for the journal that was chosen, not for the usual one", "[cli]") {
  HooksFixture tree;
  install_with(tree, to_journal("/srv/j.db"));
  CHECK(load_config(tree.hooks).spool == spool_for("/srv/j.db"));
  CHECK(load_config(tree.hooks).spool != default_spool(::geteuid()));
  install_with(tree, to_journal("/srv/k.db"));
  CHECK(load_config(tree.hooks).spool == spool_for("/srv/k.db"));
  CHECK(tree.text("hookjournal/config.json").find("\"spool\": \"") == std::string::npos);
}

TEST_CASE("a configuration edited by hand is not rewritten", "[cli]") {
  HooksFixture tree;
  install_with(tree, to_journal("/srv/j.db"));
  const std::string text = "// ours\n{\"journal\": \"/srv/j.db\"}\n";
  std::ofstream(config_path(tree.hooks)) << text;

  install_with(tree, {});
  install_with(tree, to_journal("/srv/j.db"));  // says so already
  CHECK_THROWS_WITH(install_with(tree, to_journal("/other.db")),
                    ContainsSubstring("edited by hand"));
  CHECK(tree.text("hookjournal/config.json") == text);
  CHECK_FALSE(fs::exists(tree.hooks / "hookjournal/staged"));
}

TEST_CASE("a key that a newer version may have written is no trouble", "[cli]") {
  HooksFixture tree;
  tree.file("hookjournal/config.json", "{\"later\": 1, \"journal\": \"/srv/j.db\"}",
            0644);
  install_with(tree, {});
  install_with(tree, to_journal("/srv/j.db"));
  CHECK(load_config(tree.hooks).journal == "/srv/j.db");
}

TEST_CASE("a configuration in trouble is not written over", "[cli]") {
  HooksFixture tree;
  install_with(tree, {});
  std::ofstream(config_path(tree.hooks)) << "{ not JSON";
  CHECK_THROWS_AS(install_with(tree, {}), Error);
  CHECK_THROWS_AS(install_with(tree, to_journal("/other.db")), Error);
  CHECK(tree.text("hookjournal/config.json") == "{ not JSON");
}
