#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/sample_journal.h"

namespace hookjournal {
namespace {

using Words = std::vector<std::string>;
using Catch::Matchers::StartsWith;

CommandResult show(const SampleJournal& journal, std::int64_t id, Words words = {}) {
  words.insert(words.begin(), {"show", "--journal", journal.file(), std::to_string(id)});
  return run_command(run_show, words);
}

std::string shown(const SampleJournal& journal, std::int64_t id) {
  const CommandResult result = show(journal, id);
  CHECK(result.status == 0);
  CHECK(result.err.empty());
  return result.out;
}

const KeptStream kXml = kept(
    "<domain type='kvm'>\n  <name>win11</name>\n"
    "  <uuid>1b4e28ba-2fa1-11d2-883f-0016d3cca427</uuid>\n</domain>\n");

TEST_CASE("show tells all about a failed start", "[cli]") {
  SampleJournal journal;
  const auto start = run_start("qemu", {"win11", "prepare", "begin", "-"});
  auto end = run_end(Exited{3}, kSampleTime, 18'234'567);
  end.err = kept("no such bridge\n");
  const auto id = journal.add(start, end, kXml);

  const std::string text = shown(journal, id);

  CHECK_THAT(text, StartsWith("call 1: qemu win11 prepare begin -\n"));
  for (const char* part :
       {"outcome       failed\n",
        "consequence   start-refused: libvirt refused to start the guest.\n",
        " = 2026-11-22T08:09:56.000000000Z\n", "took          18.2ms\n",
        "host          kvm7\n",
        "called by     libvirt: /usr/sbin/virtqemud, pid 812, build 01ab\n",
        "object uuid   1b4e28ba-2fa1-11d2-883f-0016d3cca427\n",
        ": domain win11 (kvm), 1b4e28ba-2fa1-11d2-883f-0016d3cca427\n",
        "    | <domain type='kvm'>\n", "qemu: exit status 3\n",
        "took 18.2ms, CPU 2.00ms, memory 2.0 MiB, run 1\n", "stdout        nothing\n",
        "stderr        15 bytes\n    | no such bridge\n", "uid 0, gid 0, in /\n",
        "environment   LC_ALL=C\n                PATH=/usr/sbin:/usr/bin\n"}) {
    CAPTURE(part);
    CHECK_THAT(text, ContainsSubstring(part));
  }
}

TEST_CASE("show says what the tree version lacks", "[cli]") {
  SampleJournal journal;
  ScannedTree tree;
  tree.too_many = true;
  tree.files = {{"qemu", 0755, TreeContent::Kind::no_room, "", sha256("a")}};
  const auto id = journal.add(run_start("qemu", {"web1", "prepare", "begin", "-"}),
                              run_end(Exited{0}), {}, tree);

  const std::string text = shown(journal, id);

  CHECK_THAT(text, ContainsSubstring("more than 2000 files"));
  CHECK_THAT(text, ContainsSubstring("more than 8 MiB in all"));
}

TEST_CASE("show words each ending as libvirt does", "[cli]") {
  SampleJournal journal;
  const auto worded = [&](const Ending& ending) {
    static std::int64_t at = kSampleTime;
    at += kSecondNs;
    return shown(journal,
                 journal.add("qemu", {"g", "prepare", "begin", "-"}, ending, at));
  };
  CHECK_THAT(worded(Exited{0}), ContainsSubstring("qemu: exit status 0\n"));
  CHECK_THAT(worded(Exited{137}), ContainsSubstring("qemu: exit status 137\n"));
  CHECK_THAT(worded(Signaled{9, false}),
             ContainsSubstring("qemu: fatal signal 9 (Killed)\n"));
  CHECK_THAT(worded(Signaled{11, true}),
             ContainsSubstring("fatal signal 11 (Segmentation fault), core dumped\n"));
  CHECK_THAT(worded(NotStarted{EACCES}),
             ContainsSubstring(
                 "exit status 126: it could not be executed (Permission denied)\n"));
}

TEST_CASE("show names what kept libvirt waiting, and signals passed on", "[cli]") {
  SampleJournal journal;
  auto end = run_end(Exited{0}, kSampleTime, 4 * kSecondNs);
  end.held_open_ns = 3 * kSecondNs;
  end.holders = {{4242, "sleep 4000 \x1b[m", "stderr"}};
  end.signals = {{15, std::chrono::milliseconds(1200)}};
  auto start = run_start("qemu", {"g", "prepare", "begin", "-"});
  start.spooled = true;

  const std::string text = shown(journal, journal.add(start, end));

  for (const char* part :
       {"held open     3.00s after the script's end, by processes it left behind\n",
        "pid 4242 holding stderr: sleep 4000 \\x1b[m\n",
        "signal 15 (Terminated) after 1.20s, passed on to it\n",
        "the journal could not take it in time; it was taken in later\n"})
    CHECK_THAT(text, ContainsSubstring(part));
}

TEST_CASE("show gives parts of long streams and the command for the rest", "[cli]") {
  SampleJournal journal;
  std::string lines;
  for (int i = 1; i <= 100; ++i) lines += "line " + std::to_string(i) + "\n";
  auto end = run_end(Exited{0});
  end.out = {.bytes = lines, .length = lines.size() + 1000, .truncated = true};
  const auto id = journal.add(run_start("qemu", {"g", "prepare", "begin", "-"}), end);

  const std::string text = shown(journal, id);

  CHECK_THAT(text, ContainsSubstring("1,792 bytes, of which the first 792 bytes were "
                                     "kept\n"));
  CHECK_THAT(text, ContainsSubstring("| line 8\n    ... 68 more lines: hookjournal cat 1 "
                                     "stdout --journal " +
                                     journal.file().string() + "\n    | line 77\n"));
  CHECK_THAT(text, ContainsSubstring("| line 100\n"));
}

TEST_CASE("show says what was replaced in an input", "[cli]") {
  SampleJournal journal;
  KeptStream input = kXml;
  input.redacted = 1;
  const auto id = journal.add(run_start("qemu", {"g", "migrate", "begin", "-"}),
                              run_end(Exited{0}), input);
  CHECK_THAT(shown(journal, id), ContainsSubstring("1 secret replaced: domain win11"));
}

TEST_CASE("show names the script whose output a filter's next one read", "[cli]") {
  SampleJournal journal;
  const KeptStream changed = kept("<domain>changed</domain>");
  auto end = run_end(Exited{0});
  end.out = changed;
  const auto id =
      journal.add(run_start("qemu", {"g", "restore", "begin", "-"}), end, kXml);
  auto second = run_start("qemu.d/10-x", {"g", "restore", "begin", "-"},
                          kSampleTime + kSecondNs / 10);
  journal.add(second, run_end(Exited{0}, second.at.wall_ns), changed);

  const std::string text = shown(journal, id);

  CHECK_THAT(text, ContainsSubstring("output        of qemu, in the input's place: "
                                     "hookjournal cat 1 output"));
  CHECK_THAT(text, ContainsSubstring("stdin         24 bytes, what qemu printed\n"));
  CHECK_THAT(text, ContainsSubstring("verdict       invalid: internal error: missing "
                                     "domain type attribute\n"));
}

TEST_CASE("a nested run stands inside the run that started it", "[cli]") {
  SampleJournal journal;
  const auto outer = run_start("qemu", {"g", "prepare", "begin", "-"});
  auto inner = run_start("qemu.d/g/start.sh", {"g", "prepare", "begin", "-"},
                         kSampleTime + kSecondNs / 1000);
  inner.within = outer.uuid;
  const auto id = journal.writer().start(outer, {});
  journal.add(inner, run_end(Exited{4}, inner.at.wall_ns, kSecondNs / 1000));
  journal.writer().end(id, run_end(Exited{0}));

  const std::string text = shown(journal, id);

  CHECK_THAT(text, ContainsSubstring("\nqemu: exit status 0\n"));
  CHECK_THAT(text, ContainsSubstring("\n  qemu.d/g/start.sh: exit status 4\n"));
  CHECK_THAT(text, ContainsSubstring("within        run 1 started it\n"));
}

TEST_CASE("show tells what is unfinished or missing", "[cli]") {
  SampleJournal journal;
  auto running = run_start("qemu", {"g", "prepare", "begin", "-"});
  const auto id = journal.writer().start(running, {});
  CHECK_THAT(shown(journal, id), ContainsSubstring("qemu: running\n"));

  journal.writer().died({.at = {kSampleTime, 0}, .run = id, .reason = "gone"});
  const std::string abandoned = shown(journal, id);
  CHECK_THAT(abandoned, ContainsSubstring("outcome       abandoned\n"));
  CHECK_THAT(abandoned, ContainsSubstring("unknown: nobody saw how the call ended"));

  auto partial = run_start("qemu", {"web", "prepare", "begin", "-"});
  partial.planned = {"qemu", "qemu.d/10-x"};
  const auto other = journal.add(partial, run_end(Exited{0}));
  CHECK_THAT(shown(journal, other), ContainsSubstring("qemu.d/10-x: not recorded\n"));
}

TEST_CASE("a call that was not libvirt's had no consequence", "[cli]") {
  SampleJournal journal;
  auto start = run_start("qemu", {"g", "reconnect", "begin", "-"});
  start.origin = Origin::other;
  const auto id = journal.add(start, run_end(Exited{1}));
  CHECK_THAT(shown(journal, id),
             ContainsSubstring("guest-killed: not called by libvirt, which would have "
                               "killed the running guest as its daemon restarted.\n"));
}

TEST_CASE("nothing a script printed reaches the reader as a control", "[cli]") {
  SampleJournal journal;
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  auto start = run_start("qemu", {all.substr(1, 200), "prepare", "begin", all.substr(1)});
  start.context.environment = {"X=" + all.substr(1)};
  start.context.working_directory = all.substr(1);
  start.context.caller.exe = all.substr(1);
  auto end = run_end(Exited{1});
  end.out = end.err = kept(all + all);

  const std::string text = shown(journal, journal.add(start, end, kept(all)));

  CHECK(std::ranges::all_of(
      text, [](char c) { return c == '\n' || c == '\t' || (c >= 0x20 && c < 0x7f); }));
}

TEST_CASE("show takes several calls, as text and as JSON", "[cli]") {
  SampleJournal journal;
  const auto first = journal.add("qemu", {"a", "prepare", "begin", "-"});
  const auto second = journal.add("qemu", {"b", "prepare", "begin", "-"});

  const auto text = show(journal, first, {std::to_string(second)});
  CHECK_THAT(text.out, ContainsSubstring("call 1: qemu a prepare"));
  CHECK_THAT(text.out, ContainsSubstring("\n\ncall 3: qemu b prepare"));

  const auto json = show(journal, second, {"--json"});
  CHECK(nlohmann::json::parse(json.out)["object"] == "b");
}

TEST_CASE("show of no such call is a mistake of the command line", "[cli]") {
  SampleJournal journal;
  const auto id = journal.add("qemu", {"a", "prepare", "begin", "-"});

  const auto missing = show(journal, id, {"99"});
  CHECK(missing.status == 2);
  CHECK(missing.out.empty());
  CHECK(missing.err ==
        "call 99 is not in the journal; `hookjournal log` lists those that are");

  const auto word = run_command(run_show, {"show", "--journal", journal.file(), "x"});
  CHECK(word.status == 2);
  CHECK_THAT(word.err, ContainsSubstring("'x' is no number of a call"));
  CHECK(run_command(run_show, {"show"}).status == 2);
}

}  // namespace
}  // namespace hookjournal
