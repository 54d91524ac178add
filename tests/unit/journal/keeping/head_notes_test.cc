#include "journal/keeping/head_notes.h"

#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "journal/keeping/call_line.h"
#include "journal/keeping/verify.h"
#include "tests/unit/catch.h"
#include "tests/unit/journal/fresh_journal.h"

using namespace hookjournal;

namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

TEST_CASE("a head is noted once until something happens, and verify takes it",
          "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  const AnchorTargets targets{.file = fresh.folder() / "heads"};
  CHECK(note_head(journal, targets).where.empty());  // there is none yet
  maker.run(journal, "qemu", {"g1", "prepare", "begin", "-"});
  CHECK(note_head(journal, targets).where == targets.file.string());
  CHECK(note_head(journal, targets).where.empty());
  maker.run(journal, "qemu", {"g1", "release", "end", "-"});
  note_head(journal, targets);
  const auto anchors = anchors_in(text_of(targets.file));
  REQUIRE(anchors.size() == 2);
  const VerifyReport report = verify(fresh.file(), anchors);
  CHECK(report.sound());
  CHECK(report.anchors.fitting == 2);
  CHECK(report.anchors.newest_fitting == 5);
}

TEST_CASE("a head is handed to a command, whose failure is told and tried again",
          "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  maker.run(journal, "qemu", {"g1", "prepare", "begin", "-"});
  const auto command = fresh.folder() / "keep";
  const auto write = [&command](const std::string& script) {
    std::ofstream(command) << script;
    ::chmod(command.c_str(), 0755);
  };
  const AnchorTargets targets{.command = command};
  CHECK(note_head(journal, targets).trouble.size() == 1);  // it is not there
  write("#!/bin/sh\nexit 3\n");
  CHECK(note_head(journal, targets).trouble.size() == 1);
  write("#!/bin/sh\ncat >\"$0.got\"\n");
  CHECK(note_head(journal, targets).trouble.empty());
  CHECK(anchors_in(text_of(command.string() + ".got")).size() == 1);
}

TEST_CASE("a call's line holds its facts, and names stay within their words",
          "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  const auto start = maker.start("qemu", {"a head=1\nb", "prepare", "begin", "-"});
  journal.whole(start, {}, {}, maker.end(start, Exited{1}));
  const auto line = call_line(journal, start.uuid);
  REQUIRE(line);
  CHECK_THAT(*line, ContainsSubstring("driver=qemu object=a\\x20head=1\\x0ab "
                                      "operation=prepare/begin outcome=failed "
                                      "at=2023-11-14T22:13:20Z call=1 journal="));
  CHECK(anchors_in(*line).at(0).event == 2);
}
