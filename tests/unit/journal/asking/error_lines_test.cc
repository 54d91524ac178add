#include "journal/asking/error_lines.h"

#include "tests/unit/catch.h"

namespace hookjournal {
namespace {

using Lines = std::vector<std::string>;
using Rules = std::vector<std::string_view>;

std::string masked(const std::string& line) { return masked_line(line, "web17", ""); }

TEST_CASE("what differs from call to call is masked in an error line", "[journal]") {
  CHECK(masked("web17: no bridge") == "<guest>: no bridge");
  CHECK(masked("lost 1b4e28ba-2fa1-11d2-883f-0016d3cca427.") == "lost <uuid>.");
  CHECK(masked("2026-11-22T08:09:56.349Z late") == "<time> late");
  CHECK(masked("2026-11-22 08:09:56,349 late") == "<time> late");
  CHECK(masked("[08:09:56+01:00] late") == "[<time>] late");
  CHECK(masked("Nov  2 08:09:56 kvm late") == "<time> kvm late");
  CHECK(masked("at Sun Nov 22 08:09:56 UTC 2026") == "at <time>");
  CHECK(masked("since 2026-11-22") == "since <time>");
  CHECK(masked("52:54:00:ab:cd:ef is taken") == "<mac> is taken");
  CHECK(masked("0000:01:00.0 and 02:00.1 busy") == "<pci> and <pci> busy");
  CHECK(masked("no route to 10.0.0.7, fe80::5054:ff or 2001:db8::1") ==
        "no route to <ip>, <ip> or <ip>");
  CHECK(masked("/tmp/hook.x8Kq1z: gone, tmp.AbC123xyz too") ==
        "/tmp/<temp>: gone, <temp> too");
  CHECK(masked("at 0x7ffe12ab, id 9f86d081884c") == "at <hex>, id <hex>");
  CHECK(masked("vnet12 needs 1.5 of 1,024 MiB") == "vnet<n> needs <n> of <n> MiB");
}

TEST_CASE("a guest's name is masked within paths, and only where it is whole",
          "[journal]") {
  CHECK(masked("/images/web17.qcow2") == "/images/<guest>.qcow<n>");
  CHECK(masked("/run/hook_web17_state") == "/run/hook_<guest>_state");
  CHECK(masked("myweb17x") == "myweb<n>x");
}

TEST_CASE("words are left alone", "[journal]") {
  CHECK(masked("qemu: line 12: brctl: command not found") ==
        "qemu: line <n>: brctl: command not found");
  CHECK(masked("the facade was defaced") == "the facade was defaced");
  CHECK(masked("std::vector: a::b") == "std::vector: a::b");
  CHECK(masked("May nobody see it") == "May nobody see it");
  CHECK(masked("caf\xc3\xa9 \xff") == "caf\xc3\xa9 \xff");
  CHECK(masked_line("a - b", "-", "") == "a - b");
}

TEST_CASE("the last lines that say something are taken", "[journal]") {
  const ErrorLines lines =
      last_error_lines("zero\none\n\ntwo\r\n  \nthree 3\n\n", "web17", "");
  CHECK(lines.printed == Lines{"one", "two", "three 3"});
  CHECK(lines.masked == Lines{"one", "two", "three <n>"});
  CHECK(lines.rules == Rules{"number"});
}

TEST_CASE("a shell's trace is left out when there is more", "[journal]") {
  const ErrorLines both = last_error_lines("oh\n+ ip link\n++ date\n", "web17", "");
  CHECK(both.printed == Lines{"oh"});
  CHECK(both.rules == Rules{"trace"});
  const ErrorLines only = last_error_lines("+ ip link\n+ exit 3\n", "web17", "");
  CHECK(only.printed == Lines{"+ ip link", "+ exit 3"});
  CHECK(only.rules == Rules{"number"});
}

TEST_CASE("nothing printed is no lines, a very long one is cut", "[journal]") {
  CHECK(last_error_lines("", "web17", "").printed.empty());
  CHECK(last_error_lines(" \n\n", "web17", "").printed.empty());
  CHECK(last_error_lines(std::string(5000, 'x'), "web17", "").printed[0].size() == 400);
}

TEST_CASE("each rule is told once, in the order of the list", "[journal]") {
  const ErrorLines lines = last_error_lines("1 2 web17\n", "web17", "");
  CHECK(lines.rules == Rules{"guest", "number"});
}

}  // namespace
}  // namespace hookjournal
