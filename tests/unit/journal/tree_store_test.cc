#include "journal/tree_store.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <fstream>

#include "engine/first_line.h"
#include "tests/unit/catch.h"
#include "tests/unit/journal/fresh_journal.h"

using namespace hookjournal;

namespace {

// Long after anything here was written.
constexpr std::int64_t kLater = std::int64_t{4} * 1'000'000'000 * 1'000'000'000;

class Hooks {
 public:
  void write(const std::string& name, const std::string& text, mode_t mode = 0755) {
    const auto path = dir() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    ::chmod(path.c_str(), mode);
  }
  std::filesystem::path dir() const { return folder_ / "hooks"; }

  void watch(const std::filesystem::path& path) { watched_.push_back(path); }

  // The version as the journal gives it back.
  std::vector<TreeEntry> keep(FreshJournal& fresh, std::int64_t started = kLater) {
    auto journal = fresh.writer();
    RunMaker maker;
    const auto start = maker.start("qemu", {"g", "prepare", "begin", "-"});
    const auto tree = journal.trees().scan(list_tree(dir(), watched_), dir(), started);
    read_ = tree.known == 0;
    const auto id = journal.start(start, {}, tree);
    digest_ = fresh.reader().call(id)->tree;
    return fresh.reader().tree(digest_);
  }
  void changed_during_runs(FreshJournal& fresh, const std::string& name, int runs,
                           std::int64_t at = kLater) const {
    auto journal = fresh.writer();
    for (int i = 0; i < runs; ++i) journal.trees().note_volatile(dir(), {name}, at);
  }
  const std::string& digest() const { return digest_; }
  bool read_again() const { return read_; }

 private:
  TempFolder folder_;
  std::vector<std::filesystem::path> watched_;
  std::string digest_;
  bool read_ = false;
};

std::vector<std::string> paths(const std::vector<TreeEntry>& entries) {
  std::vector<std::string> names;
  for (const TreeEntry& entry : entries) names.push_back(entry.path);
  return names;
}

}  // namespace

TEST_CASE("a tree version holds scripts, helpers and sub-directories", "[journal]") {
  FreshJournal fresh;
  Hooks hooks;
  hooks.write("qemu", "#!/bin/sh\n");
  hooks.write("qemu.d/win11/prepare/begin/run.sh", "#!/bin/bash\n");
  hooks.write("helper.conf", "a=1\n", 0644);
  const auto entries = hooks.keep(fresh);
  CHECK(paths(entries) == std::vector<std::string>{"helper.conf", "qemu",
                                                   "qemu.d/win11/prepare/begin/run.sh"});
  CHECK(fresh.reader().tree_file(hooks.digest(), "helper.conf") == "a=1\n");
}

TEST_CASE("a version means the user's text, with or without the recorder", "[journal]") {
  FreshJournal fresh;
  Hooks hooks;
  hooks.write("qemu", "#!/bin/sh -e\necho\n");
  hooks.keep(fresh);
  const std::string bare = hooks.digest();
  hooks.write("qemu",
              *with_recorder("#!/bin/sh -e\necho\n", "/usr/bin/hookjournal-hook"));
  hooks.keep(fresh);
  CHECK(hooks.digest() == bare);
  // A launcher stands for what it launches.
  hooks.write("hookjournal/qemu", "#!/bin/sh -e\necho\n");
  hooks.write("qemu", launcher("/usr/bin/hookjournal-hook",
                               (hooks.dir() / "hookjournal/qemu").native()));
  hooks.keep(fresh);
  CHECK(hooks.digest() == bare);
}

TEST_CASE("an unchanged tree is not read again, a changed one is", "[journal]") {
  FreshJournal fresh;
  Hooks hooks;
  hooks.write("qemu", "#!/bin/sh\n");
  hooks.keep(fresh);
  CHECK(hooks.read_again());
  hooks.keep(fresh);
  CHECK_FALSE(hooks.read_again());
  hooks.write("qemu", "#!/bin/sh\n:\n");
  hooks.keep(fresh);
  CHECK(hooks.read_again());
}

TEST_CASE("our own bookkeeping is no part of the scripts", "[journal]") {
  FreshJournal fresh;
  Hooks hooks;
  hooks.write("qemu", "#!/bin/sh\n");
  hooks.keep(fresh);
  for (const char* name : {"config.json", "disabled", "installed.json", "staged/qemu"})
    hooks.write(std::string("hookjournal/") + name, "x", 0644);
  hooks.keep(fresh);
  CHECK_FALSE(hooks.read_again());
}

TEST_CASE("what was written a moment ago is not trusted to stay", "[journal]") {
  FreshJournal fresh;
  Hooks hooks;
  hooks.write("qemu", "#!/bin/sh\n");
  const std::int64_t moment = now().wall_ns + 1'000'000;
  hooks.keep(fresh, moment);
  hooks.keep(fresh, moment);
  CHECK(hooks.read_again());
}

TEST_CASE("logs, caches and editors' files are no part of a version", "[journal]") {
  FreshJournal fresh;
  Hooks hooks;
  hooks.write("qemu", "#!/bin/sh\n");
  for (const char* name :
       {"hook.log", ".git/HEAD", "lib/__pycache__/a.pyc", "qemu~", ".qemu.swp"})
    hooks.write(name, "x", 0644);
  // This one libvirt runs.
  hooks.write("qemu.d/old~", "#!/bin/sh\n", 0755);
  CHECK(paths(hooks.keep(fresh)) == std::vector<std::string>{"qemu", "qemu.d/old~"});
}

TEST_CASE("a file that others cannot read is kept by a keyed digest", "[journal]") {
  FreshJournal fresh;
  Hooks hooks;
  hooks.write("qemu", "#!/bin/sh\n");
  hooks.write("password", "secret", 0600);
  const auto entries = hooks.keep(fresh);
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].kind == TreeEntry::Kind::keyed);
  CHECK(entries[0].digest != to_hex(sha256("secret")));
  CHECK_FALSE(fresh.reader().tree_file(hooks.digest(), "password"));
  auto journal = fresh.writer();
  auto find = journal.database().prepare("select count(*) from blobs where sha256 = ?");
  const Digest plain = sha256("secret");
  find.bind_blob(1, as_bytes(plain));
  REQUIRE(find.next());
  CHECK(find.int64(0) == 0);
}

TEST_CASE("a large file is kept by digest only", "[journal]") {
  FreshJournal fresh;
  Hooks hooks;
  hooks.write("qemu", "#!/bin/sh\n");
  hooks.write("big.bin", std::string(2 << 20, 'b'), 0644);
  const auto entries = hooks.keep(fresh);
  CHECK(entries[0].kind == TreeEntry::Kind::too_large);
  CHECK(entries[0].digest == to_hex(sha256(std::string(2 << 20, 'b'))));
}

TEST_CASE("so is a large program behind a launcher", "[journal]") {
  FreshJournal fresh;
  Hooks hooks;
  const std::string program(2 << 20, 'p');
  hooks.write("hookjournal/qemu", program);
  hooks.write("qemu", launcher("/usr/bin/hookjournal-hook",
                               (hooks.dir() / "hookjournal/qemu").native()));
  const auto entries = hooks.keep(fresh);
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].path == "qemu");
  CHECK(entries[0].kind == TreeEntry::Kind::too_large);
  CHECK(entries[0].digest == to_hex(sha256(program)));
}

TEST_CASE("a large file that others cannot read is kept by a keyed digest", "[journal]") {
  FreshJournal fresh;
  Hooks hooks;
  const std::string big(2 << 20, 'b');
  hooks.write("qemu", "#!/bin/sh\n");
  hooks.write("key.img", big, 0600);
  const auto entries = hooks.keep(fresh);
  CHECK(entries[0].kind == TreeEntry::Kind::too_large);
  CHECK(entries[0].digest != to_hex(sha256(big)));
  const std::string before = hooks.digest();
  hooks.write("key.img", big + "b", 0600);
  hooks.keep(fresh);
  CHECK(hooks.digest() != before);
}

TEST_CASE("past 2,000 files a version says that it does not list all", "[journal]") {
  FreshJournal fresh;
  Hooks hooks;
  for (std::size_t i = 0; i < kMostFiles; ++i)
    hooks.write("file" + std::to_string(i), "", 0644);
  CHECK(hooks.keep(fresh).size() == kMostFiles);
  CHECK(fresh.reader().tree_limits(hooks.digest()) == TreeLimits{});

  hooks.write("one-more", "", 0644);
  CHECK(hooks.keep(fresh).size() == kMostFiles);
  CHECK(fresh.reader().tree_limits(hooks.digest()) == TreeLimits{.files = true});
}

TEST_CASE("what is left out past 2,000 files is never what libvirt runs", "[journal]") {
  FreshJournal fresh;
  Hooks hooks;
  for (std::size_t i = 0; i < kMostFiles; ++i)
    hooks.write("a-module/file" + std::to_string(i), "", 0644);
  for (const char* script : {"qemu", "qemu.d/10-x", "qemu.d/win11/prepare/begin/run.sh"})
    hooks.write(script, "#!/bin/sh\n");
  const auto listed = paths(hooks.keep(fresh));
  CHECK(listed.size() == kMostFiles);
  for (const char* script : {"qemu", "qemu.d/10-x", "qemu.d/win11/prepare/begin/run.sh"})
    CHECK(std::ranges::count(listed, script) == 1);
}

TEST_CASE("however many ways links make of a few directories, the walk ends",
          "[journal]") {
  FreshJournal fresh;
  Hooks hooks;
  hooks.write("qemu", "#!/bin/sh\n");
  for (int from = 0; from < 8; ++from) {
    const auto folder = hooks.dir() / ("lib" + std::to_string(from));
    std::filesystem::create_directory(folder);
    for (int to = 0; to < 8; ++to)
      std::filesystem::create_directory_symlink("../lib" + std::to_string(to),
                                                folder / std::to_string(to));
  }
  CHECK(paths(hooks.keep(fresh)) == std::vector<std::string>{"qemu"});
  CHECK(fresh.reader().tree_limits(hooks.digest()) == TreeLimits{.files = true});
}

TEST_CASE("a file whose times lie in the future is kept like any", "[journal]") {
  FreshJournal fresh;
  Hooks hooks;
  hooks.write("qemu", "#!/bin/sh\n");
  const auto tomorrow = std::chrono::file_clock::now() + std::chrono::hours(24);
  std::filesystem::last_write_time(hooks.dir() / "qemu", tomorrow);
  hooks.keep(fresh, now().wall_ns + 1'000'000'000);
  CHECK(fresh.reader().tree_file(hooks.digest(), "qemu") == "#!/bin/sh\n");
}

TEST_CASE("a file that changed during its call is kept by digest", "[journal]") {
  FreshJournal fresh;
  Hooks hooks;
  const std::int64_t started = now().wall_ns;
  hooks.write("lib.sh", "a=1\n", 0644);
  hooks.write("key", "s", 0600);
  const auto entries = hooks.keep(fresh, started - 1'000'000'000);
  for (const TreeEntry& entry : entries)
    CHECK(entry.kind == TreeEntry::Kind::volatile_file);
  CHECK(entries[1].digest == to_hex(sha256("a=1\n")));
  CHECK(entries[0].digest != to_hex(sha256("s")));  // others may not read it
  CHECK(entries[0].digest.size() == entries[1].digest.size());
}

TEST_CASE("a time that no clock here has shown yet says nothing", "[journal]") {
  Hooks hooks;
  hooks.write("qemu", "#!/bin/sh\n");
  const TreeListing listing = list_tree(hooks.dir(), {});
  const std::int64_t changed = listing.newest_change_ns();
  const auto kind_at = [&](std::int64_t started, std::int64_t now) {
    return read_tree(listing, {}, started, now).front().kind;
  };
  CHECK(kind_at(changed - 10, changed + 10) == TreeContent::Kind::volatile_file);
  CHECK(kind_at(changed - 10, changed - 5) == TreeContent::Kind::content);
  CHECK(kind_at(changed + 1, changed + 10) == TreeContent::Kind::content);
}

TEST_CASE("past 8 MiB in all a small file is kept by digest, and that is told",
          "[journal]") {
  FreshJournal fresh;
  Hooks hooks;
  const std::string full(kLargestFile, 'f');
  for (int i = 0; i < 8; ++i) hooks.write("full" + std::to_string(i), full, 0644);
  CHECK(hooks.keep(fresh).back().kind == TreeEntry::Kind::file);
  CHECK(fresh.reader().tree_limits(hooks.digest()) == TreeLimits{});

  hooks.write("small", "s", 0644);
  const auto small = hooks.keep(fresh).back();
  CHECK(small.kind == TreeEntry::Kind::no_room);
  CHECK(small.digest == to_hex(sha256("s")));
  CHECK_FALSE(fresh.reader().tree_file(hooks.digest(), "small"));
  CHECK(fresh.reader().tree_limits(hooks.digest()) == TreeLimits{.bytes = true});
}

TEST_CASE("a file that changes during every call does not make a version a call",
          "[journal]") {
  FreshJournal fresh;
  Hooks hooks;
  hooks.write("qemu", "#!/bin/sh\n");
  hooks.write("counter", "1", 0644);
  hooks.changed_during_runs(fresh, "counter", 3);
  const auto entries = hooks.keep(fresh);
  CHECK(entries[0].kind == TreeEntry::Kind::volatile_file);
  const std::string before = hooks.digest();
  hooks.write("counter", "22", 0644);
  hooks.keep(fresh);
  CHECK(hooks.digest() == before);
  CHECK_FALSE(hooks.read_again());
}

TEST_CASE("a file that somebody edited while a script ran is kept like any",
          "[journal]") {
  FreshJournal fresh;
  Hooks hooks;
  hooks.write("qemu", "#!/bin/sh\n");
  hooks.write("lib.sh", "a=1\n", 0644);
  hooks.changed_during_runs(fresh, "lib.sh", 2);
  CHECK(hooks.keep(fresh)[0].kind == TreeEntry::Kind::file);
  CHECK(fresh.reader().tree_file(hooks.digest(), "lib.sh") == "a=1\n");
}

TEST_CASE("a file that has stopped changing for a week is kept again", "[journal]") {
  constexpr std::int64_t kWeek = 7 * 24 * 3600 * 1'000'000'000LL;
  FreshJournal fresh;
  Hooks hooks;
  hooks.write("qemu", "#!/bin/sh\n");
  hooks.write("lib.sh", "a=1\n", 0644);
  hooks.changed_during_runs(fresh, "lib.sh", 5, kLater);
  CHECK(hooks.keep(fresh, kLater + kWeek - 1)[0].kind == TreeEntry::Kind::volatile_file);
  CHECK(hooks.keep(fresh, kLater + kWeek)[0].kind == TreeEntry::Kind::file);
  // And its first change after that is a first one.
  hooks.changed_during_runs(fresh, "lib.sh", 2, kLater + kWeek);
  CHECK(hooks.keep(fresh, kLater + kWeek)[0].kind == TreeEntry::Kind::file);
}

TEST_CASE("a file of the same name in another directory is another file", "[journal]") {
  FreshJournal fresh;
  Hooks hooks, other;
  for (Hooks* each : {&hooks, &other}) {
    each->write("qemu", "#!/bin/sh\n");
    each->write("counter", "1", 0644);
  }
  hooks.changed_during_runs(fresh, "counter", 3);
  CHECK(other.keep(fresh)[0].kind == TreeEntry::Kind::file);
}

TEST_CASE("links are followed, loops are not", "[journal]") {
  FreshJournal fresh;
  Hooks hooks;
  hooks.write("qemu", "#!/bin/sh\n");
  hooks.write("../elsewhere/lib.sh", "lib", 0644);
  std::filesystem::create_directory_symlink(hooks.dir() / "../elsewhere",
                                            hooks.dir() / "lib");
  std::filesystem::create_directory_symlink(hooks.dir(), hooks.dir() / "loop");
  CHECK(paths(hooks.keep(fresh)) == std::vector<std::string>{"lib/lib.sh", "qemu"});
}

TEST_CASE("odd names survive the listing", "[journal]") {
  FreshJournal fresh;
  Hooks hooks;
  hooks.write("qemu.d/a b\nc\\d", "#!/bin/sh\n");
  CHECK(paths(hooks.keep(fresh)) == std::vector<std::string>{"qemu.d/a b\nc\\d"});
}

TEST_CASE("watched files and directories are in a version, under their own paths",
          "[journal]") {
  FreshJournal fresh;
  Hooks hooks;
  TempFolder elsewhere;
  const std::filesystem::path place = elsewhere / "etc";
  hooks.write("qemu", "#!/bin/sh\n");
  hooks.write(place / "lib/net.sh", "net=1\n", 0644);
  hooks.write(place / "guest.conf", "a=1\n", 0644);
  hooks.write(place / "not-watched", "", 0644);
  hooks.watch(place / "lib");
  hooks.watch(place / "guest.conf");
  hooks.watch(place / "not-there");

  CHECK(paths(hooks.keep(fresh)) ==
        std::vector<std::string>{place / "guest.conf", place / "lib/net.sh", "qemu"});
  CHECK(fresh.reader().tree_file(hooks.digest(), place / "lib/net.sh") == "net=1\n");

  const std::string before = hooks.digest();
  hooks.write(place / "guest.conf", "a=22\n", 0644);
  hooks.keep(fresh);
  CHECK(hooks.digest() != before);
  CHECK(fresh.reader().tree_file(hooks.digest(), place / "guest.conf") == "a=22\n");
}
