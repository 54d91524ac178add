#include "engine/config.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "engine/error.h"
#include "tests/unit/catch.h"
#include "tests/unit/engine/scratch_dir.h"

using namespace hookjournal;
using std::chrono::milliseconds;

namespace {

// The configuration read from `text`.
Config loaded(const std::string& text) {
  const ScratchDir hooks;
  hooks.write("hookjournal/config.json", text);
  return load_config(hooks.path());
}

// The defaults, with nothing to complain about.
Config defaults() {
  const ScratchDir hooks;
  return load_config(hooks.path());
}

// Catch2 2 and 3 name their own matcher for this differently.
bool says(const std::string& text, std::initializer_list<std::string> parts) {
  return std::ranges::all_of(parts, [&text](const std::string& part) {
    return text.find(part) != std::string::npos;
  });
}

// What came out beside the complaint.
Config without_trouble(Config config) {
  config.trouble.clear();
  return config;
}

}  // namespace

TEST_CASE("a missing configuration is all defaults and no trouble", "[engine]") {
  const Config config = defaults();
  CHECK(config.journal == default_journal(::geteuid()));
  CHECK(config.deadline == milliseconds(500));
  CHECK(config.stream_cap == 1048576);
  CHECK(config.journal_cap == 0);
  CHECK_FALSE(config.refuse_when_unrecorded);
  CHECK(config.watch.empty());
  CHECK(config.spool == default_spool(::geteuid()));
  CHECK(config.trouble.empty());
  CHECK(load_config("/nowhere/at/all").trouble.empty());
}

TEST_CASE("every key of the configuration is taken", "[engine]") {
  const Config config = loaded(R"({
    "journal": "/srv/journal.db", "deadline_ms": 250, "stream_cap": 4096,
    "journal_cap": 5000000000, "when_unrecorded": "refuse",
    "watch": ["/etc/hooks.conf", "/opt/dispatch"], "spool": "/run/elsewhere"})");
  CHECK(config.journal == "/srv/journal.db");
  CHECK(config.deadline == milliseconds(250));
  CHECK(config.stream_cap == 4096);
  CHECK(config.journal_cap == 5'000'000'000);
  CHECK(config.refuse_when_unrecorded);
  CHECK(config.watch ==
        std::vector<std::filesystem::path>{"/etc/hooks.conf", "/opt/dispatch"});
  CHECK(config.spool == "/run/elsewhere");
  CHECK(config.trouble.empty());
}

TEST_CASE("what upkeep is to note and to keep is read and written", "[engine]") {
  const Config config = loaded(
      R"({"anchor_syslog": "calls", "anchor_file": "/a", "anchor_command": "/b",
          "keep_days": 30, "keep_failures_days": 365, "keep_bytes": 1000000})");
  CHECK(config.trouble.empty());
  CHECK(config.anchor_syslog == "calls");
  CHECK(config.anchor_file == "/a");
  CHECK(config.anchor_command == "/b");
  CHECK(config.keep_days == 30);
  CHECK(config.keep_failures_days == 365);
  CHECK(config.keep_bytes == 1'000'000);
  CHECK(loaded(config_text(config)).keep_bytes == 1'000'000);
  CHECK(loaded(config_text(config)).anchor_syslog == "calls");
  CHECK_THAT(loaded(R"({"anchor_syslog": "all"})").trouble,
             ContainsSubstring("one of [\"no\",\"heads\",\"calls\"]"));
}

TEST_CASE("comments and keys of a newer version are no trouble", "[engine]") {
  const Config config = loaded(R"(// a comment
    { /* another */ "deadline_ms": 100, // one more
      "from_the_future": {"a": [1, 2]}, "when_unrecorded": "run" })");
  CHECK(config.deadline == milliseconds(100));
  CHECK_FALSE(config.refuse_when_unrecorded);
  CHECK(config.trouble.empty());
}

TEST_CASE("an empty object is all defaults", "[engine]") {
  CHECK(loaded("{}") == defaults());
}

TEST_CASE("a value that cannot be meant leaves its default and the other keys",
          "[engine]") {
  const auto [key, value] = GENERATE(table<std::string, std::string>({
      {"journal", "7"},
      {"journal", "\"\""},
      {"journal", "\"relative/journal.db\""},
      {"journal", "\"/nul\\u0000.db\""},
      {"deadline_ms", "\"fast\""},
      {"deadline_ms", "-1"},
      {"deadline_ms", "0.5"},
      {"deadline_ms", "60001"},
      {"deadline_ms", "null"},
      {"stream_cap", "true"},
      {"stream_cap", "1073741825"},
      {"stream_cap", "99999999999999999999999"},
      {"journal_cap", "[]"},
      {"journal_cap", "18446744073709551615"},
      {"when_unrecorded", "\"stop\""},
      {"when_unrecorded", "true"},
      {"watch", "\"/etc/hooks.conf\""},
      {"watch", "{\"a\": \"/b\"}"},
      {"spool", "[\"/run\"]"},
  }));
  CAPTURE(key, value);
  const std::string other = key == "deadline_ms" ? "stream_cap" : "deadline_ms";
  const Config config = loaded("{\"" + key + "\": " + value + ", \"" + other + "\": 7}");
  CHECK(without_trouble(config) == loaded("{\"" + other + "\": 7}"));
  CHECK(says(config.trouble, {"cannot use ", "\"" + key + "\"", "config.json", "it takes",
                              "until it is corrected"}));
}

TEST_CASE("the good paths of a watch list are taken beside a bad one", "[engine]") {
  const Config config = loaded(R"({"watch": ["/a", "b", 3, "/c"]})");
  CHECK(config.watch == std::vector<std::filesystem::path>{"/a", "/c"});
  CHECK(says(config.trouble, {"\"b\"", "cannot use 3 "}));
}

TEST_CASE("all troubles of a configuration are named, a line each", "[engine]") {
  const Config config = loaded(R"({"deadline_ms": "x", "spool": 1})");
  CHECK(std::count(config.trouble.begin(), config.trouble.end(), '\n') == 1);
}

TEST_CASE("what is quoted from a configuration is one printable line", "[engine]") {
  const Config config =
      loaded("{\"journal\": \"\\u001b[31m\\n\u00e9" + std::string(500, 'x') + "\"}");
  CHECK(config.trouble.find('\x1b') == std::string::npos);
  CHECK(config.trouble.find('\n') == std::string::npos);
  CHECK(config.trouble.size() < 400);
}

TEST_CASE("a configuration that is not JSON gives the defaults and the place",
          "[engine]") {
  const std::string text = GENERATE("", "{", "{\"deadline_ms\": 1,}", "nonsense", "{} {}",
                                    "{\"journal\": \"\xff\"}", "/* unfinished");
  const Config config = loaded(text);
  CHECK(without_trouble(config) == defaults());
  CHECK(says(config.trouble, {"cannot understand the configuration",
                              "config.json: parse error at line"}));
}

TEST_CASE("JSON that is no object gives the defaults", "[engine]") {
  const std::string text = GENERATE("[]", "\"journal\"", "7", "null");
  const Config config = loaded(text);
  CHECK(without_trouble(config) == defaults());
  CHECK(says(config.trouble, {"where an object in {} belongs"}));
}

TEST_CASE("a configuration nested as deep as it is long does no harm", "[engine]") {
  const Config config = loaded("{\"x\": " + std::string(200'000, '['));
  CHECK(without_trouble(config) == defaults());
  CHECK_FALSE(config.trouble.empty());
}

TEST_CASE("a configuration that is no readable file gives the defaults", "[engine]") {
  const ScratchDir hooks;
  const auto file = config_path(hooks.path());
  std::filesystem::create_directories(file.parent_path());
  std::string reason;
  SECTION("a folder") {
    std::filesystem::create_directory(file);
    reason = "Is a directory";
  }
  SECTION("a named pipe nobody writes to") {
    REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
    reason = "Invalid argument";
  }
  SECTION("a link to itself") {
    std::filesystem::create_symlink(file, file);
    reason = "Too many levels of symbolic links";
  }
  SECTION("a file in place of its folder") {
    std::filesystem::remove(file.parent_path());
    hooks.write("hookjournal", "");
    reason = "Not a directory";
  }
  SECTION("larger than a megabyte") {
    hooks.write("hookjournal/config.json", "{}" + std::string(1 << 20, ' '));
    reason = "File too large";
  }
  const Config config = load_config(hooks.path());
  CHECK(without_trouble(config) == defaults());
  CHECK(says(config.trouble, {"cannot read the configuration", "config.json", reason,
                              "the defaults stand in"}));
}

TEST_CASE("a configuration may be a link, as configuration management makes them",
          "[engine]") {
  const ScratchDir hooks;
  const auto target = hooks.write("elsewhere.json", R"({"deadline_ms": 9})");
  std::filesystem::create_directory(hooks.path() / "hookjournal");
  std::filesystem::create_symlink(target, config_path(hooks.path()));
  CHECK(load_config(hooks.path()).deadline == milliseconds(9));
}

TEST_CASE("the command line's environment variable is not the hook's", "[engine]") {
  ::setenv("HOOKJOURNAL_JOURNAL", "/elsewhere/journal.db", 1);
  const Config config = defaults();
  ::unsetenv("HOOKJOURNAL_JOURNAL");
  CHECK(config.journal == default_journal(::geteuid()));
}

TEST_CASE("a written configuration reads back the same", "[engine]") {
  Config config = defaults();
  SECTION("all defaults") {}
  SECTION("nothing at its default") {
    config = {.journal = "/srv/with \"quotes\" and é/journal.db",
              .deadline = milliseconds(0),
              .stream_cap = 0,
              .journal_cap = 1,
              .refuse_when_unrecorded = true,
              .watch = {"/a", "/b\nc"},
              .spool = "/run/x"};
  }
  CHECK(loaded(config_text(config)) == config);
}

TEST_CASE("a written configuration names only what is not at its default", "[engine]") {
  Config config = defaults();
  const std::string text = config_text(config);
  CHECK_THAT(text, Catch::Matchers::StartsWith("// hookjournal") &&
                       Catch::Matchers::EndsWith("\n{}\n"));
  config.deadline = milliseconds(250);
  CHECK_THAT(config_text(config),
             Catch::Matchers::EndsWith("\n{\n  \"deadline_ms\": 250\n}\n"));
}

TEST_CASE("the comment of a written configuration explains every key", "[engine]") {
  const std::string key = GENERATE("journal", "deadline_ms", "stream_cap", "journal_cap",
                                   "when_unrecorded", "watch", "spool");
  CHECK(says(config_text(defaults()), {"//   \"" + key + "\":"}));
}

TEST_CASE("a path that JSON cannot hold is refused before it is written", "[engine]") {
  Config config = defaults();
  config.journal = "/srv/\xff/journal.db";
  CHECK_THROWS_AS(config_text(config), Error);
}

TEST_CASE("root's journal is the system's, another user's is in the home of passwd",
          "[engine]") {
  const ScratchDir folder;
  const auto passwd = folder.write("passwd",
                                   "# comment\n"
                                   "root:x:0:0:root:/root:/bin/bash\n"
                                   "\n"
                                   "short:x:7\n"
                                   "nohome:x:8:8:::/bin/sh\n"
                                   "+::::::\n"
                                   "ann:x:1000:1000:Ann,,,:/home/ann:/bin/zsh\n"
                                   "ann2:x:1000:1000::/home/second:/bin/sh\n"
                                   "last:x:1001:1001::/home/l ast");
  CHECK(default_journal(0) == "/var/lib/hookjournal/journal.db");
  CHECK(home_of(1000, passwd) == "/home/ann");
  CHECK(home_of(1001, passwd) == "/home/l ast");
  CHECK_FALSE(home_of(7, passwd));
  CHECK_FALSE(home_of(8, passwd));
  CHECK_FALSE(home_of(100, passwd));
  CHECK_FALSE(home_of(1000, folder.path() / "missing"));
  CHECK(default_journal(4294967294).empty());
}

TEST_CASE("the spool of runs is in a tmpfs of the user", "[engine]") {
  CHECK(default_spool(0) == "/run/hookjournal");
  CHECK(default_spool(1000) == "/run/user/1000/hookjournal");
}

TEST_CASE("all that is ours in a hooks directory is in one folder", "[engine]") {
  CHECK(config_path("/etc/libvirt/hooks") ==
        "/etc/libvirt/hooks/hookjournal/config.json");
  CHECK(disabled_path("/etc/libvirt/hooks") == "/etc/libvirt/hooks/hookjournal/disabled");
}

TEST_CASE("a number beyond all bounds leaves the journal where it is", "[engine]") {
  const Config config = loaded("{\"stream_cap\": 1" + std::string(400, '0') + "}");
  CHECK(without_trouble(config) == defaults());
  CHECK(says(config.trouble, {"number", "until it is corrected"}));
}

TEST_CASE("a user's daemon does not record into the journal that root's choice names",
          "[engine]") {
  const ScratchDir hooks;
  std::filesystem::permissions(hooks.path(), std::filesystem::perms(0755));
  std::filesystem::create_directory(hooks.path() / "closed");
  std::filesystem::permissions(hooks.path() / "closed", std::filesystem::perms(0700));
  const auto journal = hooks.path() / "closed/journal.db";
  hooks.write("hookjournal/config.json", "{\"journal\": \"" + journal.native() + "\"}");
  CHECK(load_config(hooks.path()).journal == journal);
  if (::geteuid() != 0) return;  // cannot be another user

  REQUIRE(::seteuid(65534) == 0);
  const Config config = load_config(hooks.path());
  REQUIRE(::seteuid(0) == 0);
  CHECK(config.journal == default_journal(65534));
  CHECK(config.spool == default_spool(65534));
}
