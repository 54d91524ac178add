#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "cli/keeping/size_words.h"
#include "journal/keeping/anchor.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/sample_journal.h"

namespace hookjournal {
namespace {

constexpr std::int64_t kDayNs = 86'400 * kSecondNs;

CommandResult run_on(const SampleJournal& journal, CommandFunction command,
                     std::vector<std::string> words) {
  words.insert(words.begin() + 1, {"--journal", journal.file().string()});
  return run_command(command, words);
}

// As if the host had been up since: or the clock would seem to have jumped.
std::int64_t add_days_ago(SampleJournal& journal, std::int64_t days, const Ending& ending,
                          const KeptStream& input = {}) {
  const Moment at = now();
  RunStarted start =
      run_start("qemu", {"win11", "prepare", "begin", "-"}, at.wall_ns - days * kDayNs);
  start.at.boot_ns = at.boot_ns - days * kDayNs;
  return journal.add(start, run_end(ending, start.at.wall_ns),
                     input.bytes.empty() ? std::optional<KeptStream>() : input);
}

TEST_CASE("verify says that all is well, and what it cannot tell", "[cli]") {
  SampleJournal journal;
  journal.add("qemu", {"win11", "start", "begin", "-"});
  const CommandResult result = run_on(journal, run_verify, {"verify"});
  CHECK(result.status == 0);
  CHECK_THAT(result.out, ContainsSubstring("2 events holds up to its head, event 2"));
  CHECK_THAT(result.out, ContainsSubstring("no head noted elsewhere was given"));
  CHECK_THAT(run_command(run_verify, {"verify", "--help"}).out,
             ContainsSubstring("root) can still write"));
}

TEST_CASE("verify exits 1 and names the place that was changed", "[cli]") {
  SampleJournal journal;
  for (int i = 0; i < 3; ++i) journal.add("qemu", {"win11", "start", "begin", "-"});
  journal.writer().database().exec(
      "drop trigger events_never_change; update events set kind = 4 where id = 3");
  const CommandResult text = run_on(journal, run_verify, {"verify"});
  CHECK(text.status == 1);
  CHECK(text.out.starts_with("event 3: its digest does not fit"));
  CHECK_THAT(text.out, ContainsSubstring("still good: all events up to 2\n"));
  const CommandResult json = run_on(journal, run_verify, {"verify", "--json"});
  CHECK(json.status == 1);
  CHECK_THAT(json.out, ContainsSubstring("\"sound\":false") &&
                           ContainsSubstring("\"good_up_to\":2") &&
                           ContainsSubstring("{\"place\":\"event\",\"id\":3,"));
}

TEST_CASE("verify takes the heads of a system log", "[cli]") {
  SampleJournal journal;
  journal.add("qemu", {"win11", "start", "begin", "-"});
  const ScratchDir logs;
  Anchor anchor = journal.writer().head();
  const auto log = logs.write("messages", "kvm7: " + anchor_words(anchor) + "\n");
  CHECK_THAT(run_on(journal, run_verify, {"verify", "--anchor", log}).out,
             ContainsSubstring("1 of 1 heads that were noted are in the chain"));
  anchor.event = 9;
  logs.write("messages", "kvm7: " + anchor_words(anchor) + "\n");
  const CommandResult cut = run_on(journal, run_verify, {"verify", "--anchor", log});
  CHECK(cut.status == 1);
  CHECK_THAT(cut.out, ContainsSubstring("anchor at event 9: it was noted, and the chain "
                                        "ends before it"));
  CHECK(run_on(journal, run_verify, {"verify", "--anchor", "/none"}).status == 3);
}

TEST_CASE("prune removes what is old, after a dry run has said so", "[cli]") {
  SampleJournal journal;
  add_days_ago(journal, 40, Exited{1});
  add_days_ago(journal, 35, Exited{0});
  const auto young = add_days_ago(journal, 1, Exited{0});
  const std::vector<std::string> words{"prune", "--keep-days", "30", "--keep-failures",
                                       "365"};
  std::vector<std::string> dry = words;
  dry.emplace_back("--dry-run");
  CHECK_THAT(run_on(journal, run_prune, dry).out,
             ContainsSubstring("would remove 1 calls"));
  CHECK(journal.reader().figures().calls == 3);
  CHECK_THAT(run_on(journal, run_prune, words).out, ContainsSubstring("removed 1 calls"));
  CHECK(journal.reader().call(1));
  CHECK(journal.reader().call(young));
  CHECK_THAT(run_on(journal, run_prune, words).out, ContainsSubstring("no call may go"));
  CHECK(run_on(journal, run_prune, {"prune"}).status == 2);
  CHECK(run_on(journal, run_prune, {"prune", "--max-size", "many"}).status == 2);
}

TEST_CASE("prune removes nothing when the clock jumped, unless a person knows", "[cli]") {
  SampleJournal journal;
  journal.add(
      run_start("qemu", {"win11", "prepare", "begin", "-"}, now().wall_ns - 800 * kDayNs),
      run_end(Exited{0}, now().wall_ns - 800 * kDayNs));
  const CommandResult refused =
      run_on(journal, run_prune, {"prune", "--keep-days", "30"});
  CHECK(refused.status == 3);
  CHECK_THAT(refused.err, ContainsSubstring("nothing is removed: the clock went from"));
  CHECK(run_on(journal, run_prune, {"prune", "--keep-days", "30", "--clock-is-right"})
            .status == 0);
  CHECK(journal.reader().figures().calls == 0);
}

TEST_CASE("calls go to another journal in a private file, without their secrets",
          "[cli]") {
  SampleJournal from, to;
  const std::string xml = "<graphics passwd='hunter22'/> token 12345678";
  add_days_ago(from, 1, Exited{0}, kept(xml));
  const ScratchDir folder;
  const auto secrets = folder.write("secrets", "12345678\n");
  const std::string bundle = folder.path() / "b.hjb";
  CHECK(run_on(from, run_export, {"export", "--secrets", secrets, bundle}).status == 0);
  CHECK((std::filesystem::status(bundle).permissions() & std::filesystem::perms(077)) ==
        std::filesystem::perms::none);
  CHECK(run_on(from, run_export, {"export", bundle}).status == 3);
  CHECK_THAT(run_on(to, run_import, {"import", bundle}).out,
             ContainsSubstring("took in 1 script runs"));
  CHECK_THAT(run_on(to, run_import, {"import", bundle}).out,
             ContainsSubstring("took in 0 script runs; 1 were there already"));
  auto reader = to.reader();
  std::string input;
  reader.for_each_call({}, [&](const CallRecord& call) {
    input = reader.bytes(call.runs[0].input->blob);
  });
  CHECK(input == "<graphics passwd='********'/> token ********");
  CHECK(run_on(to, run_verify, {"verify"}).status == 0);
}

TEST_CASE("redact replaces passwords that were recorded before the rule", "[cli]") {
  SampleJournal journal;
  const auto id = add_days_ago(journal, 1, Exited{0}, kept("<a passwd='hunter22'/>"));
  CHECK_THAT(run_on(journal, run_redact, {"redact"}).out,
             ContainsSubstring("replaced 1 secrets in 1 inputs and outputs"));
  auto reader = journal.reader();
  CHECK(reader.bytes(reader.call(id)->runs[0].input->blob) == "<a passwd='********'/>");
  CHECK_THAT(run_on(journal, run_redact, {"redact"}).out, ContainsSubstring("no secret"));
  CHECK(run_on(journal, run_verify, {"verify"}).status == 0);
}

TEST_CASE("secrets that are named go from scripts and environments, too", "[cli]") {
  SampleJournal journal;
  const std::string script = "#!/bin/sh\nTOKEN=swordfish1\nsed \"s/passwd='x'//\"\n";
  auto start = run_start("qemu", {"win11", "prepare", "begin", "-"});
  start.context.environment.push_back("API_KEY=swordfish1");
  ScannedTree tree;
  tree.hooks_dir = "/etc/libvirt/hooks";
  tree.files = {{"qemu", 0755, TreeContent::Kind::content, script, {}}};
  const auto id = journal.add(start, run_end(Exited{0}), kept("<domain/>"), tree);
  const ScratchDir folder;
  const auto secrets = folder.write("secrets", "sword\nswordfish1\n");

  CHECK(run_on(journal, run_redact, {"redact", "--secrets", secrets}).status == 0);

  auto reader = journal.reader();
  const CallRecord call = *reader.call(id);
  CHECK(call.context.environment.back() == "API_KEY=**********");
  CHECK(reader.tree_file(call.tree, "qemu") ==
        "#!/bin/sh\nTOKEN=**********\nsed \"s/passwd='x'//\"\n");
  CHECK(run_on(journal, run_verify, {"verify"}).status == 0);
}

TEST_CASE("backup makes one file that other commands read", "[cli]") {
  SampleJournal journal;
  journal.add("qemu", {"win11", "start", "begin", "-"});
  const ScratchDir folder;
  const std::string copy = folder.path() / "copy.db";
  CHECK(run_on(journal, run_backup, {"backup", copy}).status == 0);
  CHECK_THAT(run_command(run_log, {"log", "--journal", copy}).out,
             ContainsSubstring("win11"));
  CHECK(run_on(journal, run_backup, {"backup", "--group", "no-such-group", copy + "2"})
            .status == 2);
}

TEST_CASE("the members of a group may read a backup that is for them", "[cli]") {
  const SampleJournal journal;
  const ScratchDir folder;
  const std::string copy = folder.path() / "copy.db";
  const group* ours = ::getgrgid(::getegid());
  REQUIRE(ours != nullptr);

  CHECK(run_on(journal, run_backup, {"backup", "--group", ours->gr_name, copy}).status ==
        0);

  struct stat status {};
  REQUIRE(::stat(copy.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0640);
  CHECK(status.st_gid == ::getegid());
}

TEST_CASE("compact makes a journal smaller, and says by how much", "[cli]") {
  SampleJournal journal;
  for (int i = 0; i < 60; ++i)
    add_days_ago(
        journal, i, Exited{0},
        kept("<domain><n>" + std::to_string(i) + "</n>" + std::string(900, 'y')));
  const CommandResult result = run_on(journal, run_compact, {"compact"});
  CHECK(result.status == 0);
  CHECK_THAT(result.out, ContainsSubstring("packed 60 inputs and outputs tighter"));
  CHECK_THAT(run_on(journal, run_compact, {"compact", "--rebuild"}).out,
             ContainsSubstring("made 60 calls"));
  CHECK(run_on(journal, run_verify, {"verify"}).status == 0);
}

TEST_CASE("sizes are read as people write them", "[cli]") {
  CHECK(parse_size("1048576") == 1'048'576U);
  CHECK(parse_size("512M") == 512U << 20);
  CHECK(parse_size("1.5GiB") == 3U << 29);
  CHECK(parse_size("2 K") == 2048U);
  CHECK_FALSE(parse_size("M"));
  CHECK_FALSE(parse_size("1X"));
  CHECK_FALSE(parse_size("-1"));
  CHECK(size_words(1536) == "1.5 KiB");
}

}  // namespace
}  // namespace hookjournal
