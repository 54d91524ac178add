#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "engine/config.h"
#include "engine/error.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/hook_trees.h"

using namespace hookjournal;
using namespace hookjournal::test;
namespace fs = std::filesystem;

namespace {

struct CommandResult {
  int status = 0;
  std::string out;
};

// Calls a command with its stdout in a file and its stderr dropped.
CommandResult call(CommandFunction command, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "command");
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::fflush(nullptr);
  const int old_out = ::dup(1), old_err = ::dup(2);
  const int file = ::open("/tmp", O_TMPFILE | O_RDWR, 0600);
  const int null = ::open("/dev/null", O_WRONLY);
  ::dup2(file, 1);
  ::dup2(null, 2);
  const auto restore = [&] {
    std::fflush(nullptr);
    ::dup2(old_out, 1);
    ::dup2(old_err, 2);
    for (const int fd : {old_out, old_err, null}) ::close(fd);
  };
  CommandResult result;
  try {
    result.status = command(static_cast<int>(arguments.size()), argv.data());
  } catch (...) {
    restore();
    ::close(file);
    throw;
  }
  restore();
  char part[4096];
  ::lseek(file, 0, SEEK_SET);
  for (ssize_t got = 0; (got = ::read(file, part, sizeof part)) > 0;)
    result.out.append(part, static_cast<std::size_t>(got));
  ::close(file);
  return result;
}

constexpr int kThrown = 99;

// The status of a command called with --root, from which there is no way back.
int status_in_image(CommandFunction command, const std::vector<std::string>& arguments) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      ::_exit(call(command, arguments).status);
    } catch (...) {
      ::_exit(kThrown);
    }
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::vector<std::string> installing(const HooksFixture& tree,
                                    std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"--hooks-dir", tree.hooks, "--hook", tree.recorder,
                             "--journal", tree.root / "journal/journal.db"});
  return more;
}

// Its root is the image then.
void make_image_of(HooksFixture& tree) {
  tree.hooks = tree.root / "etc/libvirt/hooks";
  tree.file("qemu", "#!/bin/sh\n");
  fs::create_directories(tree.root / "usr/bin");
  fs::copy_file(tree.recorder, tree.root / "usr/bin/hookjournal-hook");
}

std::vector<std::string> in(const HooksFixture& tree,
                            std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"--hooks-dir", tree.hooks});
  return more;
}

}  // namespace

TEST_CASE("install creates the journal and says what it did to each script", "[cli]") {
  HooksFixture tree;
  build_everything(tree);
  const auto result = call(run_install, installing(tree));
  CHECK(result.status == 0);
  CHECK_THAT(result.out, ContainsSubstring("record       qemu\n"));
  CHECK_THAT(result.out, ContainsSubstring("launch       qemu.d/20-program\n"));
  CHECK_THAT(result.out, ContainsSubstring("left alone   daemon: its first line"));
  CHECK_THAT(result.out, ContainsSubstring("journal.db (created)"));
  CHECK(fs::exists(tree.root / "journal/journal.db"));
  CHECK(load_config(tree.hooks).journal == tree.root / "journal/journal.db");
}

TEST_CASE("a dry run says the same and touches nothing", "[cli]") {
  HooksFixture tree;
  build_everything(tree);
  const auto before = listing(tree.root);
  const auto result = call(run_install, installing(tree, {"--dry-run"}));
  CHECK(result.status == 0);
  CHECK_THAT(result.out, ContainsSubstring("record       qemu\n"));
  CHECK(listing(tree.root) == before);

  call(run_install, installing(tree));
  const auto installed = listing(tree.hooks / "qemu.d");
  const auto removal = call(run_uninstall, in(tree, {"--dry-run"}));
  CHECK_THAT(removal.out, ContainsSubstring("restore      qemu\n"));
  CHECK(listing(tree.hooks / "qemu.d") == installed);
  CHECK(tree.text("qemu").starts_with(words(tree)));
}

TEST_CASE("uninstall gives the tree back and keeps the journal", "[cli]") {
  HooksFixture tree;
  build_everything(tree);
  const auto before = listing(tree.hooks);
  call(run_install, installing(tree));
  call(run_disable, in(tree));
  const auto result = call(run_uninstall, in(tree));
  CHECK(result.status == 0);
  CHECK_THAT(result.out, ContainsSubstring("journal kept"));
  CHECK(fs::exists(tree.root / "journal/journal.db"));
  CHECK(listing(tree.hooks) == before);
}

TEST_CASE("trouble with one script is exit status 3, and the others are done", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  tree.file("qemu.d/new\nline", "#!/bin/sh " + std::string(250, 'x') + "\n");
  CHECK(call(run_install, installing(tree)).status == 3);
  CHECK(tree.text("qemu").starts_with(words(tree)));
}

TEST_CASE("wrong usage and a missing directory are told apart", "[cli]") {
  HooksFixture tree;
  CHECK(call(run_install, {"--no-such-option"}).status == 2);
  CHECK(call(run_status, {"extra"}).status == 2);
  CHECK(call(run_install, {"--help"}).status == 0);
  CHECK_THROWS_AS(call(run_install, installing(tree, {"--driver", "qemu.d"})),
                  UsageError);
  CHECK_THROWS_AS(call(run_install, installing(tree, {"--driver", "a/b"})), UsageError);
  tree.hooks /= "nowhere";
  CHECK_THROWS_WITH(call(run_install, installing(tree)),
                    ContainsSubstring("no such directory"));
  CHECK(call(run_uninstall, in(tree)).status == 0);
}

TEST_CASE("an empty place is never the default one of this host", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  const auto before = listing(tree.root);
  // All else leads into the temporary folder, in case one is let pass.
  for (const std::string option : {"--root", "--hook", "--journal", "--hooks-dir"}) {
    CAPTURE(option);
    std::map<std::string, std::string> given = {{"--hooks-dir", tree.hooks},
                                                {"--hook", tree.recorder},
                                                {"--journal", tree.root / "j.db"}};
    given[option] = "";
    std::vector<std::string> words = {"--dry-run"};
    for (const auto& [name, value] : given) words.insert(words.end(), {name, value});
    CHECK(call(run_install, words).status == 2);
  }
  CHECK(call(run_uninstall, in(tree, {"-n", "--root", ""})).status == 2);
  CHECK(call(run_uninstall, {"-n", "--hooks-dir", ""}).status == 2);
  for (const CommandFunction command : {run_status, run_enable, run_disable})
    CHECK(call(command, {"--hooks-dir", ""}).status == 2);
  CHECK(listing(tree.root) == before);
}

TEST_CASE("a journal that cannot be created leaves the scripts alone", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  const auto before = listing(tree.hooks);
  CHECK_THROWS_AS(call(run_install, {"--hooks-dir", tree.hooks, "--hook", tree.recorder,
                                     "--journal", "/dev/null/journal.db"}),
                  Error);
  CHECK(listing(tree.hooks) == before);
}

TEST_CASE("disable and enable are one file, and repeating them is fine", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  CHECK_THROWS_WITH(call(run_disable, in(tree)), ContainsSubstring("not installed"));
  call(run_install, installing(tree));
  const auto enabled = listing(tree.hooks, DirectoryTimes::ignored);
  for (int twice = 0; twice < 2; ++twice) {
    CHECK(call(run_disable, in(tree)).status == 0);
    CHECK(fs::exists(disabled_path(tree.hooks)));
  }
  for (int twice = 0; twice < 2; ++twice) {
    CHECK(call(run_enable, in(tree)).status == 0);
    CHECK(listing(tree.hooks, DirectoryTimes::ignored) == enabled);
  }
}

TEST_CASE("status --check is 1 when something needs a person", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  CHECK(call(run_status, in(tree)).status == 0);
  CHECK(call(run_status, in(tree, {"--check"})).status == 1);
}

TEST_CASE("status --json is one object with the documented keys", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  tree.file("qemu.d/\xff", "#!/bin/sh\n");  // not UTF-8
  call(run_install, installing(tree));
  const auto text = call(run_status, in(tree, {"--json"})).out;
  CHECK(std::count(text.begin(), text.end(), '\n') == 1);
  const auto object = nlohmann::json::parse(text);
  CHECK(object["hooks_dir"] == tree.hooks.string());
  CHECK(object["installed"] == true);
  CHECK(object["enabled"] == true);
  CHECK(object["disabled_since"].is_null());
  CHECK(object["scripts"][0]["path"] == "qemu");
  CHECK(object["scripts"][0]["driver"] == "qemu");
  CHECK(object["scripts"][0]["recorded"] == true);
  CHECK(object["scripts"][0]["how"] == "first-line");
  CHECK(object["scripts"][0]["recorder"] == tree.recorder.string());
  CHECK(object["scripts"][0]["needs_person"] == false);
  CHECK(object["scripts"][0]["changed_since_install"] == false);
  CHECK(object["drivers"][0]["driver"] == "qemu");
  CHECK(object["drivers"][0]["scripts"] == 2);
  CHECK(object["drivers"][0]["recorded"] == 2);
  CHECK(object["drivers"][0]["needs_reload"].is_array());
  CHECK(object["journal"]["file"] == (tree.root / "journal/journal.db").string());
  CHECK(object["journal"]["calls"] == 0);
  CHECK(object["journal"]["gaps"] == 0);
  CHECK(object["journal"]["last_call"].is_null());
  CHECK(object["spool"].is_array());
  CHECK(object["config_trouble"].is_null());
  CHECK(object["findings"].is_array());
}

TEST_CASE("status reads as a table with what needs a person below", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  call(run_install, installing(tree));
  tree.file("qemu.d/10-new", "#!/bin/sh\n");
  const auto text = call(run_status, in(tree)).out;
  CHECK_THAT(text, ContainsSubstring("SCRIPT         RECORDED  HOW\n"
                                     "qemu           yes       first line\n"
                                     "qemu.d/10-new  NO        see below\n"));
  CHECK_THAT(text, ContainsSubstring("Needs a person:\n- qemu.d/10-new: new"));
}

TEST_CASE("status says that a script was edited, and --check does not mind", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  call(run_install, installing(tree));
  tree.file("qemu", tree.text("qemu") + "echo edited\n");
  const auto status = call(run_status, in(tree, {"--check"}));
  CHECK(status.status == 0);
  CHECK_THAT(status.out,
             ContainsSubstring("yes       first line, changed since install"));
}

TEST_CASE("an image gets the words as they are seen inside it, and is given back",
          "[cli]") {
  if (::geteuid() != 0) {
    WARN("NOT TESTED: --root needs root");
    return;
  }
  HooksFixture tree;
  const fs::path image = tree.root;
  make_image_of(tree);
  tree.link("lxc", "/opt/tool");  // leads into the image
  fs::create_directories(image / "opt");
  fs::copy_file(fs::canonical("/bin/true"), image / "opt/tool");

  const auto before = listing(tree.hooks);
  CHECK(status_in_image(run_install,
                        {"--root", image, "--hook", "/usr/bin/hookjournal-hook"}) == 0);

  CHECK(tree.text("qemu") == "#!/usr/bin/hookjournal-hook /bin/sh\n");
  CHECK(tree.text("lxc") ==
        "#!/usr/bin/hookjournal-hook --exec /etc/libvirt/hooks/hookjournal/lxc\n");
  CHECK(fs::exists(image / "var/lib/hookjournal/journal.db"));

  CHECK(status_in_image(run_uninstall, {"--root", image}) == 0);
  CHECK(listing(tree.hooks) == before);
}

TEST_CASE("a configuration nobody can understand is not installed by", "[cli]") {
  HooksFixture tree;
  make_image_of(tree);
  tree.file("hookjournal/config.json", R"({"journal": "/srv/j.db",})", 0644);

  CHECK_THROWS_WITH(
      call(run_install, in(tree, {"--hook", tree.recorder, "--dry-run"})),
      ContainsSubstring("parse error") && ContainsSubstring("mend or remove it"));
  if (::geteuid() != 0) {
    WARN("NOT TESTED: --root needs root");
    return;
  }
  // The default place of the journal is in the image, too.
  CHECK(status_in_image(run_install, {"--root", tree.root, "--hook",
                                      "/usr/bin/hookjournal-hook"}) == kThrown);
  CHECK_FALSE(fs::exists(tree.root / "var/lib/hookjournal"));
  CHECK(tree.text("qemu") == "#!/bin/sh\n");
}
