#include <nlohmann/json.hpp>

#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/sample_journal.h"

namespace hookjournal {
namespace {

using Words = std::vector<std::string>;

struct Given {
  std::string guest = "web1";
  std::string xml = "<domain><memory>1</memory></domain>";
  std::string script = "#!/bin/sh\nexit 0\n";
  std::string err;
  Ending ending = Exited{0};
  std::vector<std::string> environment = {"LC_ALL=C"};
  std::string kernel = "6.1.0";
  std::string operation = "prepare";
  unsigned mode = 0755;
};

ScannedTree tree_with(const Given& given) {
  ScannedTree tree;
  tree.hooks_dir = "/etc/libvirt/hooks";
  tree.files.push_back(
      {"qemu", given.mode, TreeContent::Kind::content, given.script, {}});
  return tree;
}

// Calls an hour apart.
class Calls {
 public:
  std::int64_t add(const Given& given) {
    at_ += 3600 * kSecondNs;
    RunStarted start =
        run_start("qemu", {given.guest, given.operation, "begin", "-"}, at_);
    start.context.environment = given.environment;
    start.context.kernel = given.kernel;
    RunEnded end = run_end(given.ending, at_);
    end.err = kept(given.err);
    return journal_.add(start, end, kept(given.xml), tree_with(given));
  }
  CommandResult diff(Words words) const {
    words.insert(words.begin(), {"diff", "--journal", journal_.file()});
    return run_command(run_diff, words);
  }
  nlohmann::json json(Words words) const {
    words.emplace_back("--json");
    return nlohmann::json::parse(diff(words).out);
  }

 private:
  SampleJournal journal_;
  std::int64_t at_ = kSampleTime;
};

TEST_CASE("diff tells everything in which two calls differ", "[cli][diff]") {
  Calls calls;
  calls.add({});
  calls.add({.xml = "<domain><memory>2</memory></domain>",
             .script = "#!/bin/sh\nexit 3\n",
             .err = "oh\n",
             .ending = Exited{3},
             .environment = {"LC_ALL=C", "HOME=/root"},
             .kernel = "6.12.0"});
  const CommandResult text = calls.diff({"1", "3"});
  CHECK(text.status == 0);
  for (const char* part :
       {"outcome: 'ok' -> 'failed'", "changed qemu\n", "    -exit 0\n    +exit 3\n",
        "/domain/memory: '1' -> '2'", "HOME added: '/root'",
        "kernel: '6.1.0' -> '6.12.0'", "qemu: ok -> exit 3", "    +oh\n"})
    CHECK_THAT(text.out, ContainsSubstring(part));

  const auto json = calls.json({"1", "3"});
  CHECK(json["before"] == 1);
  CHECK(json["scripts_tree"]["files"][0]["path"] == "qemu");
  CHECK(json["input"]["places"] ==
        nlohmann::json::parse(R"([{"kind":"changed","path":"/domain/memory",
                                   "before":"1","after":"2"}])"));
  CHECK(json["environment"] ==
        nlohmann::json::parse(R"([{"name":"HOME","before":null,"after":"/root"}])"));
  CHECK(json["runs"][0]["after"]["ending"]["exited"] == 3);
}

TEST_CASE("what does not differ is named as such", "[cli][diff]") {
  Calls calls;
  calls.add({});
  calls.add({});
  CHECK_THAT(calls.diff({"1", "3"}).out,
             ContainsSubstring("no difference: call, scripts tree, input, environment, "
                               "host and versions, what the scripts did"));
}

TEST_CASE("the earlier call comes first, however they are given", "[cli][diff]") {
  Calls calls;
  calls.add({});
  calls.add({.kernel = "6.12.0"});
  CHECK_THAT(calls.diff({"3", "1"}).out,
             ContainsSubstring("kernel: '6.1.0' -> '6.12.0'"));
}

TEST_CASE("diff finds the call before, and the last success, of the same kind",
          "[cli][diff]") {
  Calls calls;
  calls.add({});                        // 1
  calls.add({.ending = Exited{1}});     // 3
  calls.add({.guest = "web2"});         // 5
  calls.add({.operation = "release"});  // 7
  const auto last = std::to_string(calls.add({.ending = Exited{1}}));
  CHECK(calls.json({last, "--with-previous"})["before"] == 3);
  CHECK(calls.json({last, "--with-last-success"})["before"] == 1);
}

TEST_CASE("a renamed guest is followed by its UUID", "[cli][diff]") {
  Calls calls;
  const std::string xml =
      "<domain><uuid>1b4e28ba-2fa1-11d2-883f-0016d3cca427</uuid></domain>";
  calls.add({.guest = "old", .xml = xml});
  const auto last = std::to_string(calls.add({.guest = "new", .xml = xml}));
  CHECK(calls.json({last, "--with-last-success"})["before"] == 1);
}

TEST_CASE("diff says when there is nothing to compare with", "[cli][diff]") {
  Calls calls;
  calls.add({});
  CHECK(calls.diff({"1", "--with-last-success"}).status == 2);
  CHECK_THAT(calls.diff({"1", "--with-previous"}).err,
             ContainsSubstring("no other call of the same kind"));
  CHECK(calls.diff({"1"}).status == 2);
  CHECK(calls.diff({"1", "1", "--with-previous"}).status == 2);
  CHECK_THAT(calls.diff({"1", "9"}).err, ContainsSubstring("not in the journal"));
}

TEST_CASE("an input that is no XML is compared by line", "[cli][diff]") {
  Calls calls;
  calls.add({.xml = "a\nb\n"});
  calls.add({.xml = "a\nc\n"});
  CHECK_THAT(calls.diff({"1", "3"}).out, ContainsSubstring("    -b\n    +c\n"));
}

TEST_CASE("a script whose mode alone changed has no text to show", "[cli][diff]") {
  Calls calls;
  calls.add({});
  calls.add({.mode = 0644});
  CHECK_THAT(calls.diff({"1", "3"}).out,
             ContainsSubstring("changed qemu (mode 0755 -> 0644)\n"));
  CHECK(calls.json({"1", "3"})["scripts_tree"]["files"][0]["text"].is_null());
}

TEST_CASE("diff shows a terminal no raw bytes of a call", "[cli][diff]") {
  Calls calls;
  const std::string bad = "\x1b]0;owned\x07";
  calls.add({.guest = bad, .environment = {"A=1"}});
  calls.add({.guest = bad + "x",
             .xml = "<domain><memory>" + bad + "</memory></domain>",
             .script = "#!/bin/sh\n" + bad + "\n",
             .err = bad,
             .environment = {bad + "=" + bad}});
  CHECK_THAT(calls.diff({"1", "3"}).out, !ContainsSubstring("\x1b"));
}

TEST_CASE("a renamed guest is compared with what it was under its old name",
          "[cli][diff]") {
  const auto named = [](const std::string& guest, const std::string& digit) {
    return Given{.guest = guest,
                 .xml = "<domain><uuid>1b4e28ba-2fa1-11d2-883f-0016d3cca42" + digit +
                        "</uuid></domain>"};
  };
  Calls calls;
  calls.add(named("new", "8"));  // another guest, which had that name before
  const auto renamed = calls.add(named("old", "7"));
  calls.add(named("third", "9"));
  const auto call = calls.add(named("new", "7"));
  for (const char* option : {"--with-previous", "--with-last-success"})
    CHECK(calls.json({std::to_string(call), option})["before"] == renamed);
}

}  // namespace
}  // namespace hookjournal
