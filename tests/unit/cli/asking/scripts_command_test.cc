#include <sys/stat.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/sample_journal.h"

namespace hookjournal {
namespace {

using Words = std::vector<std::string>;
using Kind = TreeContent::Kind;

class Versions {
 public:
  // A call under these files, an hour after the one before; its tree's digest.
  std::string call(const std::vector<TreeContent>& files,
                   const Ending& ending = Exited{0}, bool too_many = false) {
    at_ += 3600 * kSecondNs;
    const RunStarted start = run_start("qemu", {"web1", "prepare", "begin", "-"}, at_);
    ScannedTree tree;
    tree.hooks_dir = start.context.hooks_dir;
    tree.files = files;
    tree.too_many = too_many;
    const auto id = journal_.add(start, run_end(ending, at_), {}, tree);
    return journal_.reader().call(id)->tree;
  }
  CommandResult scripts(Words words = {}) const {
    words.insert(words.begin(), {"scripts", "--journal", journal_.file()});
    return run_command(run_scripts, words);
  }
  std::vector<nlohmann::json> json(Words words = {}) const {
    words.emplace_back("--json");
    std::istringstream lines(scripts(words).out);
    std::vector<nlohmann::json> objects;
    for (std::string line; std::getline(lines, line);)
      objects.push_back(nlohmann::json::parse(line));
    return objects;
  }
  std::string fresh() const { return folder_.path() / "restored"; }

 private:
  ScratchDir folder_;
  SampleJournal journal_;
  std::int64_t at_ = kSampleTime;
};

TreeContent file(const std::string& path, const std::string& text, unsigned mode = 0755) {
  return {path, mode, Kind::content, text, {}};
}

TEST_CASE("scripts tells the history of the tree, with what failed under each version",
          "[cli][scripts]") {
  Versions host;
  const auto first = host.call({file("qemu", "a\n")});
  host.call({file("qemu", "a\n")}, Exited{1});
  const auto second = host.call({file("qemu", "b\n"), file("lib", "l\n", 0644)});
  const auto history = host.json();
  REQUIRE(history.size() == 2);
  CHECK(history[0]["tree"] == "sha256:" + first);
  CHECK(history[0]["calls"] == 2);
  CHECK(history[0]["failed"] == 1);
  CHECK(history[0]["first"]["call"] == 1);
  CHECK(history[0]["last"]["call"] == 3);
  CHECK(history[1]["files"].size() == 2);
  CHECK(history[1]["files"][0]["path"] == "lib");
  const std::string text = host.scripts().out;
  CHECK_THAT(text, ContainsSubstring(second.substr(0, 12)));
  CHECK_THAT(text, ContainsSubstring("2 calls, 1 failed (50.0 %)"));
  CHECK_THAT(text, ContainsSubstring("added lib (mode 0644)"));
  CHECK_THAT(text, ContainsSubstring("changed qemu"));
}

TEST_CASE("scripts says which limits a version met", "[cli][scripts]") {
  Versions host;
  host.call({file("qemu", "a\n")});
  const auto small = TreeContent{"lib", 0644, Kind::no_room, "", sha256("l\n")};
  host.call({file("qemu", "a\n"), small}, Exited{0}, /*too_many=*/true);

  CHECK(host.json()[0]["limits_met"] ==
        nlohmann::json{{"files", false}, {"bytes", false}});
  CHECK(host.json()[1]["limits_met"] == nlohmann::json{{"files", true}, {"bytes", true}});
  CHECK_THAT(host.scripts({"show", "call:1"}).out, !ContainsSubstring("not all of it"));
  const std::string text = host.scripts({"show", "call:3"}).out;
  CHECK_THAT(text, ContainsSubstring("not all of it: it had more than 2000 files"));
  CHECK_THAT(text, ContainsSubstring("more than 8 MiB in all"));
  CHECK_THAT(host.scripts({"show", "call:3:lib"}).err,
             ContainsSubstring("too large in all, so only that file's digest"));
}

TEST_CASE("the history can be of some calls only", "[cli][scripts]") {
  Versions host;
  host.call({file("qemu", "a\n")});
  const auto second = host.call({file("qemu", "b\n")}, Exited{1});
  const auto history = host.json({"--outcome", "failed"});
  REQUIRE(history.size() == 1);
  CHECK(history[0]["tree"] == "sha256:" + second);
}

TEST_CASE("scripts diff tells what differs between two versions", "[cli][scripts]") {
  Versions host;
  const auto first = host.call({file("qemu", "a\n")});
  const auto second = host.call({file("qemu", "b\n")});
  const std::string text = host.scripts({"diff", first.substr(0, 8), "call:3"}).out;
  CHECK_THAT(text, ContainsSubstring("changed qemu\n"));
  CHECK_THAT(text, ContainsSubstring("  -a\n  +b\n"));
  CHECK(host.scripts({"diff", first, "sha256:" + first}).out == "no difference\n");
}

TEST_CASE("scripts show gives a version's files, or the text of one, byte for byte",
          "[cli][scripts]") {
  Versions host;
  const auto tree = host.call({file("qemu", "a\n\xff"), file("qemu.d/x", "x")});
  CHECK_THAT(host.scripts({"show", tree}).out, ContainsSubstring("0755  "));
  CHECK(host.scripts({"show", tree + ":qemu"}).out == "a\n\xff");
  CHECK(host.scripts({"show", "call:1:qemu.d/x"}).out == "x");
  CHECK(host.scripts({"show", tree + ":nothing"}).status == 2);
}

TEST_CASE("scripts restore writes a version's files with their modes", "[cli][scripts]") {
  Versions host;
  const auto tree =
      host.call({file("qemu", "a\n", 04755), file("qemu.d/x.conf", "", 0640)});
  CHECK(host.scripts({"restore", tree, host.fresh()}).status == 0);
  CHECK(bytes_of(host.fresh() + "/qemu") == "a\n");
  struct stat status {};
  REQUIRE(::stat((host.fresh() + "/qemu").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0755);
  REQUIRE(::stat((host.fresh() + "/qemu.d/x.conf").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0640);
  // Never over what is there.
  const CommandResult again = host.scripts({"restore", tree, host.fresh()});
  CHECK(again.status == 3);
  CHECK_THAT(again.err, ContainsSubstring("not empty"));
}

TEST_CASE("scripts restore says what it has no content of, and leaves its directory",
          "[cli][scripts]") {
  Versions host;
  const auto tree = host.call({file("qemu", "a\n"),
                               {"secret", 0600, Kind::private_file, "s", {}},
                               file("../outside", "o"),
                               file("/etc/watched", "w")});
  const CommandResult result = host.scripts({"restore", tree, host.fresh()});
  CHECK_THAT(result.out, ContainsSubstring("1 file restored"));
  CHECK_THAT(result.out, ContainsSubstring("not restored: secret: others may not read"));
  CHECK_THAT(result.out, ContainsSubstring("/etc/watched: it lies outside"));
  CHECK(!std::filesystem::exists(host.fresh() + "/../outside"));
  CHECK(std::filesystem::exists(host.fresh() + "/qemu"));
}

TEST_CASE("scripts says which version it cannot find", "[cli][scripts]") {
  Versions host;
  host.call({file("qemu", "a\n")});
  CHECK_THAT(host.scripts({"show", "000000"}).err,
             ContainsSubstring("no call ran under"));
  CHECK_THAT(host.scripts({"show", "abc"}).err, ContainsSubstring("is no version"));
  CHECK_THAT(host.scripts({"show", "call:9"}).err,
             ContainsSubstring("not in the journal"));
  CHECK(host.scripts({"show"}).status == 2);
  CHECK(host.scripts({"burn", "000000"}).status == 2);
}

TEST_CASE("scripts shows a terminal no raw bytes of names", "[cli][scripts]") {
  Versions host;
  const auto tree = host.call({file("\x1b]0;owned\x07", "\x1b[2J")});
  for (const Words& words : {Words{}, Words{"show", tree}})
    CHECK_THAT(host.scripts(words).out, !ContainsSubstring("\x1b"));
  host.call({file("\x1b]0;owned\x07", "\x1b[3J")});
  CHECK_THAT(host.scripts({"diff", "call:1", "call:3"}).out, !ContainsSubstring("\x1b"));
}

}  // namespace
}  // namespace hookjournal
