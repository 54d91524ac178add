#include "tests/unit/catch.h"
#include "tests/unit/replay/comparison/comparison_fixture.h"

using namespace hookjournal;
using trial::created;
using trial::file;
using trial::Trial;

namespace {

Verdict of_created(const FileChange& first, const FileChange& second,
                   const FileChange& candidate) {
  return Trial::of_files({first}, {second}, {candidate}).judge().verdict;
}

}  // namespace

TEST_CASE("a file that is no longer written, or is now, is told whole", "[replay]") {
  const std::vector<FileChange> one = {created("/run/x", "a\nb\n")};
  CHECK(Trial::of_files(one, one, {}).judge().differences ==
        std::vector<Difference>{
            {Field::files, "qemu", "/run/x", "file, mode 0644, owner 0:0\na\nb", ""}});
  CHECK(Trial::of_files({}, {}, one).judge().differences ==
        std::vector<Difference>{
            {Field::files, "qemu", "/run/x", "", "file, mode 0644, owner 0:0\na\nb"}});
}

TEST_CASE("of a changed file only what changed is told", "[replay]") {
  const FileChange old{"/etc/x", file("a\nb\nc\n"), file("a\nB\nc\n")};
  FileChange now = old;
  now.after = file("a\n8080\nc\n", 0600);
  CHECK(Trial::of_files({old}, {old}, {now}).judge().differences ==
        std::vector<Difference>{
            {Field::files, "qemu", "/etc/x", "mode 0644\nB", "mode 0600\n8080"}});
}

TEST_CASE("a leg that leaves a file alone leaves what it found", "[replay]") {
  const FileChange appended{"/etc/x", file("a\n"), file("a\nb\n")};
  CHECK(Trial::of_files({appended}, {appended}, {}).judge().differences ==
        std::vector<Difference>{{Field::files, "qemu", "/etc/x", "b", ""}});
  CHECK(Trial::of_files({}, {}, {appended}).judge().differences ==
        std::vector<Difference>{{Field::files, "qemu", "/etc/x", "", "b"}});
  const FileChange removed{"/etc/x", file("a\n"), std::nullopt};
  CHECK(Trial::of_files({removed}, {removed}, {appended}).judge().verdict ==
        Verdict::changed);
}

TEST_CASE("mode, owner, kind and target are compared", "[replay]") {
  const FileChange old = created("/run/x", "a\n");
  FileChange mode = old, owner = old, kind = old;
  mode.after->mode = 0755;
  owner.after->uid = 107;
  kind.after->type = 'p';
  for (const FileChange* now : {&mode, &owner, &kind})
    CHECK(of_created(old, old, *now) == Verdict::changed);
  FileChange link = created("/run/l", "/a"), other = created("/run/l", "/b");
  link.after->type = other.after->type = 'l';
  CHECK(of_created(link, link, other) == Verdict::changed);
}

TEST_CASE("a mode that differs between the old legs is noise, the content is not",
          "[replay]") {
  FileChange first = created("/run/x", "a\n"), second = first, candidate = first;
  second.after->mode = 0600;
  candidate.after->mode = 0640;
  CHECK(of_created(first, second, candidate) == Verdict::noise);
  candidate.after->content = "b\n";
  CHECK(of_created(first, second, candidate) == Verdict::changed);
}

TEST_CASE("contents are masked and compared by place", "[replay]") {
  CHECK(of_created(created("/var/log/h", "2026-11-22 08:00:00 id 1 port 80\n"),
                   created("/var/log/h", "2026-11-22 08:00:01 id 2 port 80\n"),
                   created("/var/log/h", "2026-11-22 08:00:02 id 3 port 80\n")) ==
        Verdict::noise);
  CHECK(of_created(created("/var/log/h", "2026-11-22 08:00:00 id 1 port 80\n"),
                   created("/var/log/h", "2026-11-22 08:00:01 id 2 port 80\n"),
                   created("/var/log/h", "2026-11-22 08:00:02 id 3 port 81\n")) ==
        Verdict::changed);
}

TEST_CASE("bytes that are no text are compared by content or digest", "[replay]") {
  const std::string bytes("\0\1\2", 3), others("\0\1\3", 3);
  const FileChange old = created("/run/b", bytes), now = created("/run/b", others);
  CHECK(of_created(old, old, now) == Verdict::changed);
  CHECK(of_created(old, now, created("/run/b", std::string("\0\4", 2))) ==
        Verdict::noise);
  FileChange large = created("/run/b", "");
  large.after->content_kept = false;
  large.after->size = 1 << 20;
  large.after->sha256 = "aa";
  FileChange larger = large;
  larger.after->sha256 = "bb";
  CHECK(of_created(large, large, large) == Verdict::same);
  CHECK(of_created(large, large, larger) == Verdict::changed);
}

TEST_CASE("temporary names are the same place in each leg", "[replay]") {
  struct Row {
    const char *first, *second, *candidate;
    Verdict verdict;
  };
  constexpr Row kRows[] = {
      {"/tmp/tmp.AbCdEf1234", "/tmp/tmp.Zz9YxW2345", "/tmp/tmp.K3LmNo6789",
       Verdict::same},
      {"/tmp/tmpabcd1234", "/tmp/tmpqwer5678", "/tmp/tmpzzzz0000", Verdict::same},
      {"/tmp/hook.123", "/tmp/hook.124", "/tmp/hook.987", Verdict::same},
      {"/tmp/foo.aaaaaa", "/tmp/foo.bbbbbb", "/tmp/foo.cccccc", Verdict::noise},
      {"/run/x-5a0e8400-e29b-41d4-a716-446655440000/s",
       "/run/x-6a0e8400-e29b-41d4-a716-446655440000/s",
       "/run/x-7a0e8400-e29b-41d4-a716-446655440000/s", Verdict::noise},
      {"/tmp/foo.aaaaaa", "/tmp/foo.bbbbbb", "/tmp/bar.cccccc", Verdict::changed},
      {"/tmp/foo.conf", "/tmp/foo.conf", "/tmp/foo.cfg", Verdict::changed},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.first, row.second, row.candidate);
    CHECK(of_created(created(row.first, "x\n"), created(row.second, "x\n"),
                     created(row.candidate, "x\n")) == row.verdict);
    CHECK(of_created(created(row.first, "x\n"), created(row.second, "x\n"),
                     created(row.candidate, "y\n")) == Verdict::changed);
  }
}

TEST_CASE("a file that only one of the old legs has is noise", "[replay]") {
  const std::vector<FileChange> one = {created("/run/race", "x\n")};
  CHECK(Trial::of_files(one, {}, one).judge().verdict == Verdict::noise);
  CHECK(Trial::of_files(one, {}, {}).judge().verdict == Verdict::noise);
  CHECK(Trial::of_files({}, one, one).judge().verdict == Verdict::noise);
}

TEST_CASE("Python's caches never count", "[replay]") {
  const std::vector<FileChange> cache = {
      created("/etc/libvirt/hooks/__pycache__/m.pyc", "x")};
  const CallVerdict verdict = Trial::of_files({}, {}, cache).judge();
  CHECK(verdict.verdict == Verdict::same);
  CHECK(trial::times(verdict.masks, "python-cache") == 1);
}

TEST_CASE("the number in a pid file is a process id, in other files it is not",
          "[replay]") {
  const auto judged = [](const char* path) {
    return of_created(created(path, "17\n"), created(path, "17\n"),
                      created(path, "1900\n"));
  };
  CHECK(judged("/run/hook.pid") == Verdict::same);
  CHECK(judged("/run/hook.port") == Verdict::changed);
  CHECK(of_created(created("/run/hook.pid", "17\n"), created("/run/hook.pid", "17\n"),
                   created("/run/hook.pid", "5900\n")) == Verdict::changed);
}

TEST_CASE("objects of the network are compared by their lines", "[replay]") {
  const std::vector<NetworkChange> old = {
      {"nft table ip nat", std::nullopt, "chain a\ndport 80 dnat to 10.0.0.5:80\nend\n"}};
  std::vector<NetworkChange> now = old;
  now[0].after = "chain a\ndport 81 dnat to 10.0.0.5:80\nend\n";
  CHECK(Trial::of_network(old, old, now).judge().differences ==
        std::vector<Difference>{{Field::network, "qemu", "nft table ip nat",
                                 "dport 80 dnat to 10.0.0.5:80",
                                 "dport 81 dnat to 10.0.0.5:80"}});
  CHECK(Trial::of_network(old, old, {}).judge().differences[0].after.empty());
}

TEST_CASE("a random MAC address is noise, a chosen one is not", "[replay]") {
  const auto link = [](const std::string& mac, const std::string& mtu = "1500") {
    return std::vector<NetworkChange>{
        {"link br0", std::nullopt, "up mtu " + mtu + " mac " + mac}};
  };
  const auto a = link("02:00:00:00:00:01"), b = link("02:00:00:00:00:02"),
             c = link("02:00:00:00:00:03");
  CHECK(Trial::of_network(a, b, c).judge().verdict == Verdict::noise);
  CHECK(Trial::of_network(a, a, c).judge().verdict == Verdict::changed);
  CHECK(Trial::of_network(a, b, link("02:00:00:00:00:03", "9000")).judge().verdict ==
        Verdict::changed);
}

TEST_CASE("an object that is gone is a change though its properties are noise",
          "[replay]") {
  const std::vector<NetworkChange> a = {{"link x", std::nullopt, "mac 1"}},
                                   b = {{"link x", std::nullopt, "mac 2"}};
  CHECK(Trial::of_network(a, b, {}).judge().verdict == Verdict::changed);
}

TEST_CASE("a temporary file whose drawn name has no digit is still that file",
          "[replay]") {
  const auto left = [](const std::string& name) {
    return std::vector<FileChange>{created("/tmp/hook." + name, "x")};
  };
  CHECK(Trial::of_files(left("63WyvbW4"), left("gIc9hhDS"), left("LmEwdXDE"))
            .judge()
            .differences.empty());
  // The old scripts gave it one name: another one is another file.
  CHECK(Trial::of_files(left("63WyvbW4"), left("63WyvbW4"), left("LmEwdXDE"))
            .judge()
            .verdict == Verdict::changed);
}
