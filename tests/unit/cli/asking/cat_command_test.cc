#include <thread>

#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/sample_journal.h"

namespace hookjournal {
namespace {

using Words = std::vector<std::string>;

CommandResult cat(const SampleJournal& journal, std::int64_t id, Words words) {
  words.insert(words.begin(), {"cat", "--journal", journal.file(), std::to_string(id)});
  return run_command(run_cat, words);
}

std::string all_bytes() {
  std::string all;
  for (int i = 0; i < 4096; ++i) all += static_cast<char>(i * 7 + i / 256);
  return all;
}

RunEnded ended(const std::string& out, const std::string& err = "",
               const Ending& ending = Exited{0}, std::int64_t at_ns = kSampleTime) {
  RunEnded end = run_end(ending, at_ns);
  end.out = kept(out);
  end.err = kept(err);
  return end;
}

// Two scripts of one call; the number of the call.
std::int64_t two_scripts(SampleJournal& journal, const std::string& operation,
                         const RunEnded& first, RunEnded second,
                         const KeptStream& second_input = kept("input")) {
  const auto start = run_start("qemu", {"g", operation, "begin", "-"});
  const auto id = journal.add(start, first, kept("input"));
  const auto later =
      run_start("qemu.d/10-x", {"g", operation, "begin", "-"}, kSampleTime + kSecondNs);
  second.at.wall_ns = later.at.wall_ns + second.elapsed_ns;
  journal.add(later, second, second_input);
  return id;
}

TEST_CASE("cat gives each stream byte for byte", "[cli]") {
  SampleJournal journal;
  const std::string in = all_bytes(), out = in + "out", err = "err" + in;
  const auto id = journal.add(run_start("qemu", {"g", "prepare", "begin", "-"}),
                              ended(out, err), kept(in));

  CHECK(cat(journal, id, {"stdin"}).out == in);
  CHECK(cat(journal, id, {"stdout"}).out == out);
  const CommandResult result = cat(journal, id, {"stderr"});
  CHECK(result.out == err);
  CHECK(result.err.empty());
  CHECK(result.status == 0);
}

TEST_CASE("cat asks for a script only where streams differ", "[cli]") {
  SampleJournal journal;
  const auto id =
      two_scripts(journal, "prepare", ended("", "one"), ended("", "two", Exited{3}));

  CHECK(cat(journal, id, {"stdin"}).out == "input");
  CHECK(cat(journal, id, {"stdout"}).status == 0);
  const CommandResult which = cat(journal, id, {"stderr"});
  CHECK(which.status == 2);
  CHECK(which.out.empty());
  CHECK(which.err ==
        "several scripts ran for call 1, and their stderr is not the same: --script "
        "NAME must say which of qemu, qemu.d/10-x");
  CHECK(cat(journal, id, {"stderr", "--script", "qemu"}).out == "one");
  CHECK(cat(journal, id, {"stderr", "--script", "qemu.d/10-x"}).out == "two");
  CHECK(cat(journal, id, {"stderr", "--run", "3"}).out == "two");
}

TEST_CASE("cat of a script that did not run lists those that did", "[cli]") {
  SampleJournal journal;
  const auto id = two_scripts(journal, "prepare", ended(""), ended(""));

  const CommandResult result = cat(journal, id, {"stdin", "--script", "lxc\x1b"});

  CHECK(result.status == 2);
  CHECK(result.err ==
        "script lxc\\x1b is not part of call 1; these are: qemu, qemu.d/10-x");
}

TEST_CASE("a script that started itself again is told from its first run", "[cli]") {
  SampleJournal journal;
  const auto outer = run_start("qemu", {"g", "prepare", "begin", "-"});
  auto inner = run_start("qemu", {"g", "prepare", "begin", "-"}, kSampleTime + 1000);
  inner.within = outer.uuid;
  const auto id = journal.writer().start(outer, {});
  const auto nested = journal.add(inner, ended("inner"));
  journal.writer().end(id, ended("outer"));

  CHECK(cat(journal, id, {"stdout"}).out == "outer");
  CHECK(cat(journal, id, {"stdout", "--script", "qemu"}).out == "outer");
  CHECK(cat(journal, id, {"stdout", "--run", std::to_string(nested)}).out == "inner");
}

TEST_CASE("output is what the last script of a filter printed that is not blank",
          "[cli]") {
  SampleJournal journal;
  SECTION("of the last script") {
    const auto id = two_scripts(journal, "restore", ended("<main/>"), ended("<last/>"));
    CHECK(cat(journal, id, {"output"}).out == "<last/>");
  }
  SECTION("of the main script, when the next prints only blanks") {
    const auto id = two_scripts(journal, "restore", ended("<main/>"), ended(" \n\t\f\r"));
    CHECK(cat(journal, id, {"output"}).out == "<main/>");
  }
  SECTION("to the first NUL, as libvirt reads it") {
    const auto id =
        two_scripts(journal, "migrate", ended(""), ended(std::string("<a/>\0<b/>", 9)));
    CHECK(cat(journal, id, {"output"}).out == "<a/>");
  }
  SECTION("nothing, when nothing was printed") {
    const auto id = two_scripts(journal, "migrate", ended("\n"), ended(""));
    const CommandResult result = cat(journal, id, {"output"});
    CHECK(result.status == 0);
    CHECK(result.out.empty());
    CHECK(result.err ==
          "hookjournal: the scripts of call 1 printed nothing: libvirt used the input as "
          "it was\n");
  }
}

TEST_CASE("there is no output where libvirt took none", "[cli]") {
  SampleJournal journal;
  SECTION("as the operation is no filter") {
    const auto id = two_scripts(journal, "prepare", ended("x"), ended("y"));
    const CommandResult result = cat(journal, id, {"output"});
    CHECK(result.status == 2);
    CHECK(result.err ==
          "libvirt reads no output of prepare, only of migrate and restore; "
          "`hookjournal cat 1 stdout` gives what a script printed");
  }
  SECTION("as a script failed") {
    const auto id =
        two_scripts(journal, "restore", ended("x", "", Exited{3}), ended("y"));
    const CommandResult result = cat(journal, id, {"output"});
    CHECK(result.status == 2);
    CHECK_THAT(result.err, ContainsSubstring("call 1 failed, so libvirt took no output"));
  }
  SECTION("as it is not over") {
    const auto id = journal.writer().start(
        run_start("qemu", {"g", "restore", "begin", "-"}), kept("input"));
    const CommandResult result = cat(journal, id, {"output"});
    CHECK(result.status == 3);
    CHECK(result.err == "the output of call 1 is not known: it is still running");
  }
}

TEST_CASE("what was cut off or replaced is told beside the bytes", "[cli]") {
  SampleJournal journal;
  RunEnded end = ended("kept");
  end.out.length = 20'971'520;
  end.out.truncated = true;
  end.err = kept("passwd='xxxx'");
  end.err.redacted = 1;
  const auto id = journal.add(run_start("qemu", {"g", "restore", "begin", "-"}), end);

  const CommandResult cut = cat(journal, id, {"stdout"});
  CHECK(cut.status == 0);
  CHECK(cut.out == "kept");
  CHECK(cut.err ==
        "hookjournal: not byte for byte: 20,971,520 bytes, of which the first 4 bytes "
        "were kept\n");
  CHECK(cat(journal, id, {"stderr"}).err ==
        "hookjournal: not byte for byte: 13 bytes, 1 secret replaced\n");
}

TEST_CASE("a stream that is not in the journal is never an empty one", "[cli]") {
  SampleJournal journal;
  RunEnded end = run_end(Exited{0});
  end.out = {.length = 10, .truncated = true};
  const auto id = journal.add(run_start("qemu", {"a", "prepare", "begin", "-"}), end);
  const auto running =
      journal.writer().start(run_start("qemu", {"b", "prepare", "begin", "-"}), {});

  const CommandResult not_kept = cat(journal, id, {"stdout"});
  CHECK(not_kept.status == 3);
  CHECK(not_kept.err ==
        "the stdout of qemu in call 1 was not kept: 10 bytes, none of them kept");
  const CommandResult not_yet = cat(journal, running, {"stderr"});
  CHECK(not_yet.status == 3);
  CHECK_THAT(not_yet.err, ContainsSubstring("is not recorded yet"));
  journal.writer().died({.at = {kSampleTime, 0}, .run = running, .reason = "gone"});
  CHECK_THAT(cat(journal, running, {"stderr"}).err,
             ContainsSubstring("was not recorded: nobody saw the script's end"));
}

TEST_CASE("an input that was /dev/null is said to be", "[cli]") {
  SampleJournal journal;
  const auto id = journal.add("daemon", {"-", "start", "-", "start"});

  const CommandResult result = cat(journal, id, {"stdin"});

  CHECK(result.status == 0);
  CHECK(result.out.empty());
  CHECK(result.err == "hookjournal: the stdin of daemon in call 1 was /dev/null\n");
}

ScannedTree tree_of_three() {
  ScannedTree tree;
  tree.hooks_dir = "/etc/libvirt/hooks";
  tree.files = {{"lib.sh", 0644, TreeContent::Kind::content, "helper\n", {}},
                {"qemu", 0755, TreeContent::Kind::content, "#!/bin/sh\nexit 0\n", {}},
                {"secret", 0600, TreeContent::Kind::private_file, "key", {}}};
  return tree;
}

TEST_CASE("a script is given as it was for the call", "[cli]") {
  SampleJournal journal;
  const auto id = journal.add(run_start("qemu", {"g", "prepare", "begin", "-"}),
                              run_end(Exited{0}), {}, tree_of_three());

  CHECK(cat(journal, id, {"script"}).out == "#!/bin/sh\nexit 0\n");
  CHECK(cat(journal, id, {"script", "--script", "lib.sh"}).out == "helper\n");
}

TEST_CASE("cat asks for a script only where their texts differ", "[cli]") {
  SampleJournal journal;
  ScannedTree tree = tree_of_three();
  const auto add_two = [&](const std::string& guest) {
    const Words arguments = {guest, "prepare", "begin", "-"};
    const auto id =
        journal.add(run_start("qemu", arguments), run_end(Exited{0}), {}, tree);
    auto second = run_start("qemu.d/10-x", arguments, kSampleTime + kSecondNs);
    journal.add(second, run_end(Exited{0}, second.at.wall_ns), {}, tree);
    return id;
  };
  tree.files.insert(tree.files.begin() + 2, tree.files[1]);
  tree.files[2].path = "qemu.d/10-x";
  const auto equal = add_two("one");
  CHECK(cat(journal, equal, {"script"}).out == "#!/bin/sh\nexit 0\n");

  tree.files[2].bytes = "#!/bin/sh\nexit 1\n";
  const CommandResult which = cat(journal, add_two("other"), {"script"});
  CHECK(which.status == 2);
  CHECK_THAT(which.err, ContainsSubstring("their script is not the same"));
}

TEST_CASE("a script the journal has no text of says why", "[cli]") {
  SampleJournal journal;
  const auto id = journal.add(run_start("qemu", {"g", "prepare", "begin", "-"}),
                              run_end(Exited{0}), {}, tree_of_three());
  const auto without = journal.add("lxc", {"g", "prepare", "begin", "-"});

  const CommandResult secret = cat(journal, id, {"script", "--script", "secret"});
  CHECK(secret.status == 3);
  CHECK(secret.err ==
        "the journal does not hold secret as it was for call 1: others may not read that "
        "file, so only a keyed digest of it was kept");
  CHECK_THAT(cat(journal, id, {"script", "--script", "gone"}).err,
             ContainsSubstring("no such file was in the scripts tree"));
  CHECK_THAT(cat(journal, without, {"script"}).err,
             ContainsSubstring("no scripts tree was recorded with the call"));
}

TEST_CASE("cat waits for the reader of a pipe that somebody made non-blocking", "[cli]") {
  SampleJournal journal;
  const std::string out(1 << 19, 'x');
  const auto id =
      journal.add(run_start("qemu", {"g", "prepare", "begin", "-"}), ended(out));
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  REQUIRE(::fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0);
  std::string got;
  std::thread reader([&got, from = ends[0]] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    char part[8192];
    for (ssize_t count = 0; (count = ::read(from, part, sizeof part)) > 0;)
      got.append(part, static_cast<std::size_t>(count));
  });
  const auto result = run_command(
      run_cat,
      {"cat", "--journal", journal.file().string(), std::to_string(id), "stdout"},
      ends[1]);
  reader.join();
  ::close(ends[0]);
  CHECK(result.err.empty());
  CHECK(result.status == 0);
  CHECK(got == out);
}

TEST_CASE("cat wants a call and a part it knows", "[cli]") {
  SampleJournal journal;
  const auto id = journal.add("qemu", {"g", "prepare", "begin", "-"});

  const CommandResult part = cat(journal, id, {"stdouts"});
  CHECK(part.status == 2);
  CHECK_THAT(part.err, ContainsSubstring(
                           "'stdouts' is none of stdin, stdout, stderr, output, script"));
  CHECK(cat(journal, id, {}).status == 2);
  CHECK(cat(journal, id, {"stdin", "extra"}).status == 2);
  const CommandResult call = cat(journal, 99, {"stdin"});
  CHECK(call.status == 2);
  CHECK(call.err ==
        "call 99 is not in the journal; `hookjournal log` lists those that are");
}

}  // namespace
}  // namespace hookjournal
