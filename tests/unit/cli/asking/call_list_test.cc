#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/sample_journal.h"

namespace hookjournal {
namespace {

using Words = std::vector<std::string>;
using Lines = std::vector<std::string>;

CommandResult log(const SampleJournal& journal, Words words = {}) {
  words.insert(words.begin(), {"log", "--journal", journal.file()});
  return run_command(run_log, words);
}

Lines lines_of(const std::string& text) {
  Lines lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// A second after the one before.
class Day {
 public:
  void daemon(const std::string& operation, const Ending& ending = Exited{0}) {
    add("daemon", {"-", operation, "-", operation}, ending);
  }
  void guest(const Ending& ending = Exited{0}) {
    add("qemu", {"web", "prepare", "begin", "-"}, ending);
  }
  const SampleJournal& journal() const { return journal_; }

 private:
  void add(const std::string& script, Words arguments, const Ending& ending) {
    at_ += kSecondNs;
    journal_.add(script, std::move(arguments), ending, at_);
  }
  SampleJournal journal_;
  std::int64_t at_ = kSampleTime;
};

TEST_CASE("daemons' starts and shutdowns in a row are one line of text", "[cli][log]") {
  Day day;
  for (const char* operation : {"start", "shutdown", "start"}) day.daemon(operation);
  day.guest();
  day.daemon("shutdown");

  const Lines lines = lines_of(log(day.journal()).out);
  REQUIRE(lines.size() == 4);
  CHECK_THAT(lines[1], ContainsSubstring("start, shutdown"));
  CHECK_THAT(lines[1], ContainsSubstring("3 calls until 20"));
  CHECK_THAT(lines[1], ContainsSubstring(".."));
  CHECK_THAT(lines[3], !ContainsSubstring("calls until"));
  for (const Words& words :
       {Words{"--unfold"}, Words{"--driver", "daemon,qemu"}, Words{"--call", "1.."}})
    CHECK(lines_of(log(day.journal(), words).out).size() == 6);
  CHECK(lines_of(log(day.journal(), {"--json"}).out).size() == 5);
  CHECK(lines_of(log(day.journal(), {"--csv"}).out).size() == 6);
}

TEST_CASE("a daemon's start that failed is never folded", "[cli][log]") {
  Day day;
  day.daemon("start");
  day.daemon("start", Exited{1});
  day.daemon("start");
  CHECK(lines_of(log(day.journal()).out).size() == 4);
}

TEST_CASE("log shows the columns asked for, in that order", "[cli][log]") {
  Day day;
  day.guest(Exited{3});

  const Lines lines = lines_of(log(day.journal(), {"--columns", "object,answer"}).out);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == "OBJECT  ANSWER");
  CHECK(lines[1] == "web     exit 3");
  const CommandResult wrong = log(day.journal(), {"--columns", "objekt"});
  CHECK(wrong.status == 2);
  CHECK_THAT(wrong.err, ContainsSubstring("--columns 'objekt': it must be one of id,"));
  CHECK(log(day.journal(), {"--columns", "id", "--json"}).status == 2);
}

TEST_CASE("each column that --help lists can be asked for", "[cli][log]") {
  Day day;
  day.guest();
  const std::string header = lines_of(log(day.journal(), {"--csv"}).out)[0];
  std::istringstream names(header.substr(0, header.size() - 1));
  const std::string help = run_command(run_log, {"log", "--help"}).out;
  for (std::string name; std::getline(names, name, ',');) {
    CAPTURE(name);
    CHECK(log(day.journal(), {"--columns", name}).status == 0);
    CHECK_THAT(help, ContainsSubstring(name));
  }
}

TEST_CASE("CSV has raw values and a header, and quotes what needs it", "[cli][log]") {
  SampleJournal journal;
  journal.add("qemu", {"a,\"b\"", "prepare", "begin", "-"});
  CHECK(log(journal, {"--csv", "--columns", "at,object,extra,elapsed_ns"}).out ==
        "at,object,extra,elapsed_ns\r\n"
        "2026-11-22T08:09:56.000000000Z,\"a,\"\"b\"\"\",-,10000000\r\n");
}

TEST_CASE("a guest's name is no formula in a spreadsheet, nor moves a terminal",
          "[cli][log]") {
  SampleJournal journal;
  journal.add("qemu", {"=cmd()", "prepare", "begin", "-"});
  journal.add("qemu", {"\x1b[2J", "prepare", "begin", "-"});
  CHECK(log(journal, {"--csv", "--columns", "object"}).out ==
        "object\r\n'=cmd()\r\n\\x1b[2J\r\n");
}

TEST_CASE("log counts groups of calls", "[cli][log]") {
  Day day;
  day.guest();
  day.guest(Exited{1});
  day.daemon("start");
  const auto group = [&](const std::string& by) {
    return nlohmann::json::parse(
        lines_of(log(day.journal(), {"--group-by", by, "--json"}).out).at(0));
  };

  struct Row {
    const char *by, *group;
    int calls, failed;
  };
  const Row rows[] = {
      {"object", "web", 2, 1},  {"script", "qemu", 2, 1}, {"operation", "prepare", 2, 1},
      {"driver", "qemu", 2, 1}, {"outcome", "ok", 2, 0},  {"consequence", "none", 2, 0},
  };
  for (const Row& row : rows) {
    CAPTURE(row.by);
    const auto json = group(row.by);
    CHECK(json["group_by"] == row.by);
    CHECK(json["group"] == row.group);
    CHECK(json["calls"] == row.calls);
    CHECK(json["failed"] == row.failed);
    CHECK(json["total_ns"] == row.calls * kSecondNs / 100);
  }
  CHECK(group("tree")["group"].is_null());
  CHECK(group("day")["calls"] == 3);
  CHECK(group("hour")["calls"] == 3);
  CHECK(group("object")["first"]["at"] == "2026-11-22T08:09:57.000000000Z");
  CHECK(group("object")["last"]["at"] == "2026-11-22T08:09:58.000000000Z");
}

TEST_CASE("groups are of the selected calls", "[cli][log]") {
  Day day;
  day.guest();
  day.guest(Exited{1});
  day.daemon("start");
  CHECK(log(day.journal(),
            {"--group-by", "driver", "--csv", "--outcome", "ok", "--object", "web"})
            .out ==
        "driver,calls,failed,first_call,first,last_call,last,total_ns\r\n"
        "qemu,1,0,1,2026-11-22T08:09:57.000000000Z,1,"
        "2026-11-22T08:09:57.000000000Z,10000000\r\n");
  const CommandResult wrong = log(day.journal(), {"--group-by", "colour"});
  CHECK(wrong.status == 2);
  CHECK_THAT(wrong.err, ContainsSubstring("object, script, operation, driver, outcome"));
}

TEST_CASE("hours and days are those of this place", "[cli][log]") {
  Day day;
  day.guest();
  const std::string before = std::getenv("TZ") != nullptr ? std::getenv("TZ") : "";
  ::setenv("TZ", "XXX-20:30", 1);
  ::tzset();
  const std::string hours = log(day.journal(), {"--group-by", "hour", "--csv"}).out;
  const std::string days = log(day.journal(), {"--group-by", "day", "--csv"}).out;
  before.empty() ? ::unsetenv("TZ") : ::setenv("TZ", before.c_str(), 1);
  ::tzset();
  CHECK_THAT(hours, ContainsSubstring("\r\n2026-11-23T04:00:00+20:30,1,"));
  CHECK_THAT(days, ContainsSubstring("\r\n2026-11-23,1,"));
}

TEST_CASE("log --object says under which other names a guest was recorded",
          "[cli][log]") {
  SampleJournal journal;
  const auto with_uuid = [&](const std::string& guest, const std::string& last_digit) {
    journal.add(run_start("qemu", {guest, "prepare", "begin", "-"}), run_end(Exited{0}),
                kept("<domain><uuid>1b4e28ba-2fa1-11d2-883f-0016d3cca42" + last_digit +
                     "</uuid></domain>"));
  };
  with_uuid("old", "7");
  with_uuid("new", "7");
  with_uuid("other", "8");
  CHECK(log(journal, {"--object", "new"}).err ==
        "hookjournal: new is also known as old, under the same UUID; --uuid shows all "
        "its calls\n");
  CHECK(log(journal, {"--object", "other"}).err.empty());
  CHECK(lines_of(log(journal, {"--uuid", "1b4e28ba-2fa1-11d2-883f-0016d3cca427"}).out)
            .size() == 3);
}

}  // namespace
}  // namespace hookjournal
