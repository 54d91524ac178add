#include <chrono>

#include "tests/unit/catch.h"
#include "tests/unit/replay/comparison/comparison_fixture.h"

using namespace hookjournal;
using trial::Trial;

namespace {

std::string now_plus(std::int64_t seconds) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now).count() +
                        seconds);
}

Verdict of_err(const std::string& first, const std::string& second,
               const std::string& candidate) {
  return Trial::of_err(first, second, candidate).judge().verdict;
}

}  // namespace

TEST_CASE("what each run writes otherwise is masked, and counted by its rule",
          "[replay]") {
  struct Row {
    std::string before, after;
    const char* rule;
  };
  const Row rows[] = {
      {"at 2026-11-22T08:09:56.349Z go", "at 2026-11-22T08:09:57.1Z go", "time"},
      {"2026-11-22 08:09:56,349 INFO x", "2026-11-22 08:10:01,002 INFO x", "time"},
      {"2026-11-22T08:09:56+01:00", "2026-11-22T08:10:56+01:00", "time"},
      {"Nov  9 23:59:59 h hook: x", "Nov 10 00:00:01 h hook: x", "time"},
      {"Sun Nov 22 08:09:56 UTC 2026", "Sun Nov 22 08:09:57 UTC 2026", "time"},
      {"Sun Nov 22 08:09:56 AM UTC 2026", "Sun Nov 22 08:09:57 AM UTC 2026", "time"},
      {"Sun 22 Nov 2026 08:09:56 AM CET", "Sun 22 Nov 2026 08:09:58 AM CET", "time"},
      {"Sun, 22 Nov 2026 08:09:56 +0000", "Sun, 22 Nov 2026 08:10:56 +0000", "time"},
      {"[22/Nov/2026:08:09:56 +0000]", "[22/Nov/2026:08:09:57 +0000]", "time"},
      {"22.11.2026 08:09:56", "22.11.2026 08:09:59", "time"},
      {"08:09:56 starting", "08:09:58 starting", "time"},
      {"log-2026-11-22.txt", "log-2026-11-23.txt", "time"},
      {"real 0m0.003s", "real 0m0.124s", "time"},
      {"at " + now_plus(0), "at " + now_plus(3), "time"},
      {now_plus(0) + ".123456789", now_plus(1) + ".023", "time"},
      {now_plus(0) + "123456789", now_plus(1) + "023456789", "time"},
      {"dnsmasq[12]: up", "dnsmasq[1345]: up", "pid"},
      {"started, pid 812", "started, pid 1813", "pid"},
      {"cat /proc/77/status", "cat /proc/1078/status", "pid"},
      {"rm /tmp/hook.1234", "rm /tmp/hook.1299", "pid"},
      {"rm /tmp/tmp.AbCdEf1234", "rm /tmp/tmp.ZzYyXx9876", "temporary-name"},
      {"open /tmp/tmpab12cd34", "open /tmp/tmpzz_9aa00", "temporary-name"},
      {"rm '/run/foo.aB3xYz'", "rm '/run/foo.Qq9wEr'", "temporary-name"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.before, row.after);
    const CallVerdict verdict =
        Trial::of_err(row.before + "\n", row.before + "\n", row.after + "\n").judge();
    CHECK(verdict.verdict == Verdict::same);
    CHECK(trial::times(verdict.masks, row.rule) >= 1);
  }
}

TEST_CASE("a rule tells what it hid first", "[replay]") {
  Trial it =
      Trial::of_err("at 08:09:56\nx 1\n", "at 08:09:56\nx 2\n", "at 08:09:58\nx 3\n");
  it.maskers.ignore = {"stderr ^x"};
  const auto masks = it.judge().masks;
  REQUIRE(masks.size() == 2);
  CHECK(masks[0].rule == "ignore stderr ^x");
  CHECK(masks[0].example == "x 1");
  CHECK(masks[1].rule == "time");
  CHECK(masks[1].example == "08:09:58");
}

TEST_CASE("a number above all process ids of the sandbox is none, and never masked",
          "[replay]") {
  struct Row {
    const char *before, *after;
  };
  constexpr Row kRows[] = {
      {"rm /run/foo.5900", "rm /run/foo.5901"},
      {"rm /run/foo.59", "rm /run/foo.5901"},
      {"vnc[5900]: up", "vnc[5901]: up"},
      {"ls /proc/2001", "ls /proc/2002"},
      {"pid 2001", "pid 2002"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.before, row.after);
    CHECK(of_err(row.before, row.before, row.after) == Verdict::changed);
  }
}

TEST_CASE("where each leg has its own process ids, a number that two share is none",
          "[replay]") {
  const auto judged = [](const std::string& first, const std::string& second,
                         const std::string& candidate) {
    Trial it = Trial::of_err(first, second, candidate);
    it.first.runs[0].effects.pids = {10'001, 10'900};
    it.second.runs[0].effects.pids = {17'001, 17'900};
    it.candidate.runs[0].effects.pids = {24'001, 24'900};
    return it.judge().verdict;
  };
  CHECK(judged("fw[10005]: on", "fw[17005]: on", "fw[24009]: on") == Verdict::same);
  CHECK(judged("fw[22]: on", "fw[22]: on", "fw[80]: on") == Verdict::changed);
  CHECK(judged("fw[11111]: on", "fw[11111]: on", "fw[22222]: on") == Verdict::changed);
  CHECK(judged("rm /run/fw.11111", "rm /run/fw.11111", "rm /run/fw.22222") ==
        Verdict::changed);
  CHECK(judged("pid 80", "pid 80", "pid 443") == Verdict::changed);
}

TEST_CASE("without a sandbox a process id is what differs between the old legs",
          "[replay]") {
  const auto judged = [](const char* first, const char* second, const char* candidate) {
    Trial it = Trial::of_err(first, second, candidate);
    for (ObservedCall* leg : {&it.first, &it.second, &it.candidate})
      leg->runs[0].effects.pids.reset();
    return it.judge().verdict;
  };
  CHECK(judged("pid 100", "pid 120", "pid 140") == Verdict::noise);
  CHECK(judged("pid 100", "pid 100", "pid 101") == Verdict::changed);
}

TEST_CASE("what both old legs agree on is never masked", "[replay]") {
  struct Row {
    const char *before, *after;
  };
  constexpr Row kRows[] = {
      {"port 8080", "port 9090"},
      {"10.0.0.5:80", "10.0.0.6:80"},
      {"10.0.0.5:80", "10.0.0.5:81"},
      {"52:54:00:12:34:56", "52:54:00:12:34:57"},
      {"fe80::1", "fe80::2"},
      {"0000:01:00.0", "0000:02:00.0"},
      {"5a0e8400-e29b-41d4-a716-446655440000", "5b0e8400-e29b-41d4-a716-446655440000"},
      {"deadbeef01", "deadbeef02"},
      {"hook: line 12: x: not found", "hook: line 13: x: not found"},
      {"1073741824", "1073741825"},
      {"disk[2] gone", "disk[3] gone"},
      {"foo.service", "bar.service"},
      {"/tmp/vm.sha256sum", "/tmp/vm.sha512sum"},
      {"listen 5900", "listen 5901"},
      {"exit 0s", "exit 1s"},
      // The same moment, written in another way.
      {"2026-11-22", "22.11.2026"},
      {"2026-11-22 08:09:56", "2026-11-22T08:09:56"},
      {"08:09:56", "08:09:56.123"},
      {"Sun Nov 22 08:09:56 2026", "2026-11-22 08:09:56"},
      // Days that are no moments of one replay.
      {"valid until 2030-01-01", "valid until 2031-01-01"},
      {"nightly at 22:30:00", "nightly at 04:30:00"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.before, row.after);
    const std::string before = std::string(row.before) + "\n",
                      after = std::string(row.after) + "\n";
    const CallVerdict verdict = Trial::of_err(before, before, after).judge();
    CHECK(verdict.verdict == Verdict::changed);
    CHECK(verdict.differences ==
          std::vector<Difference>{{Field::err, "qemu", "", row.before, row.after}});
  }
}

TEST_CASE("noise is learned by place: the rest of its line is compared", "[replay]") {
  CHECK(of_err("id 17 port 8080\n", "id 18 port 8080\n", "id 99 port 8080\n") ==
        Verdict::noise);
  CHECK(of_err("id 17 port 8080\n", "id 18 port 8080\n", "id 99 port 9090\n") ==
        Verdict::changed);
  CHECK(of_err("a 8080:17\n", "a 8080:18\n", "a 9090:19\n") == Verdict::changed);
  CHECK(of_err("a 8080:17\n", "a 8080:18\n", "a 8080:9\n") == Verdict::noise);
  CHECK(of_err("x aB/c+d= y\n", "x zz/1 y\n", "x Q y\n") == Verdict::noise);
  CHECK(of_err("x aB/c+d= y\n", "x zz/1 y\n", "x Q z\n") == Verdict::changed);
  CHECK(of_err("took 1 s\n", "took about 2 s\n", "took 1 or 2 s\n") == Verdict::noise);
  CHECK(of_err("key 5a0e8400-e29b-41d4-a716-446655440000 on\n",
               "key 6a0e8400-e29b-41d4-a716-446655440000 on\n",
               "key 7a0e8400-e29b-41d4-a716-446655440000 on\n") == Verdict::noise);
}

TEST_CASE("lines that come in any order in the old legs have no order", "[replay]") {
  CHECK(of_err("a\nb\nc\n", "b\na\nc\n", "c\nb\na\n") == Verdict::noise);
  CHECK(of_err("a\nb\nc\n", "b\na\nc\n", "b\na\nd\n") == Verdict::changed);
  CHECK(of_err("a 1\nb 2\nc\n", "b 3\na 4\nc\n", "b 5\na 6\nc\n") == Verdict::noise);
  CHECK(of_err("a\nb\nc\n", "b\na\nc\n", "a\nc\n") == Verdict::changed);
}

TEST_CASE("lines that come a different number of times may do so", "[replay]") {
  const std::string wait = "waiting\n";
  CHECK(of_err(wait + wait + "up\n", wait + "up\n", wait + wait + wait + "up\n") ==
        Verdict::noise);
  CHECK(of_err(wait + wait + "up\n", wait + "up\n", "up\n") == Verdict::noise);
  CHECK(of_err(wait + wait + "up\n", wait + "up\n", wait + "down\n") == Verdict::changed);
}

TEST_CASE("the order of lines counts where both old legs agree on it", "[replay]") {
  CHECK(of_err("a\nb\n", "a\nb\n", "b\na\n") == Verdict::changed);
}

TEST_CASE("traced parts of a pipeline may race even when the old legs agree",
          "[replay]") {
  const CallVerdict verdict =
      Trial::of_err("+ cat f\n+ grep x\n", "+ cat f\n+ grep x\n", "+ grep x\n+ cat f\n")
          .judge();
  CHECK(verdict.verdict == Verdict::same);
  CHECK(trial::times(verdict.masks, "trace-order") == 1);
  CHECK(of_err("+ cat f\n+ grep x\n", "+ cat f\n+ grep x\n", "+ grep y\n+ cat f\n") ==
        Verdict::changed);
}

TEST_CASE("each place of a text that changed is a difference of its own", "[replay]") {
  const CallVerdict verdict =
      Trial::of_err("a\nb\nc\n", "a\nb\nc\n", "x\nb\ny\nz\n").judge();
  CHECK(verdict.differences ==
        std::vector<Difference>{{Field::err, "qemu", "", "a", "x"},
                                {Field::err, "qemu", "", "c", "y\nz"}});
}

TEST_CASE("a last line without its end is told in words", "[replay]") {
  const CallVerdict verdict = Trial::of_err("a\n", "a\n", "a").judge();
  REQUIRE(verdict.differences.size() == 1);
  CHECK(verdict.differences[0].after == "(no newline at the end)");
  CHECK(Trial::of_err("a\n", "a\n", "a\n\n").judge().differences[0].after ==
        "(an empty line)");
}

TEST_CASE("thousands of lines that are other and elsewhere each time are noise",
          "[replay]") {
  std::string first = "a\n", second = "b\n", candidate = "b\n";
  for (int i = 0; i < 3000; ++i) {
    first += "row " + std::to_string(i * 3) + " x\n";
    second += "row " + std::to_string(i * 3 + 1) + " x\n";
    candidate += "row " + std::to_string(i * 3 + 2) + " x\n";
  }
  CHECK(of_err(first + "b\n", second + "a\n", candidate + "a\n") == Verdict::noise);
}

TEST_CASE("texts of any size are told in a few KiB", "[replay]") {
  std::string longer;
  for (int i = 0; i < 30'000; ++i) longer += "line " + std::to_string(i) + "\n";
  const CallVerdict verdict = Trial::of_err("", "", longer).judge();
  REQUIRE(verdict.differences.size() == 1);
  CHECK(verdict.differences[0].after.size() < 5000);
  CHECK_THAT(verdict.differences[0].after, ContainsSubstring("cut"));
  std::string other;
  for (int i = 0; i < 30'000; ++i) other += "row " + std::to_string(i % 7 * i) + "\n";
  CHECK(Trial::of_err(longer, longer, other).judge().differences.size() < 50);
}
