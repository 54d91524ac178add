#include "tests/unit/cli/hooks_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "cli/install/file_attributes.h"
#include "engine/discovery.h"
#include "engine/first_line.h"
#include "engine/sha256.h"

namespace hookjournal::test {

namespace fs = std::filesystem;

namespace {

// Does what the recorder does, but for recording.
constexpr const char* kRecorder = R"sh(#!/bin/sh
words=$1 script=$2
shift 2
case $words in
  "--exec "*) exec "${words#--exec }" "$@" ;;
  --watch) exit 0 ;;
  *) exec $words "$script" "$@" ;;
esac
)sh";

void set_long_ago(const fs::path& path) {
  static long count = 0;
  const timespec times[2] = {{1500000000 + ++count, 111}, {1400000000 + count, 222}};
  ::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW);
}

std::string digest(const std::string& bytes) {
  return to_hex(sha256(bytes)).substr(0, 16);
}

std::string line_of(const fs::path& path, const std::string& name, DirectoryTimes times) {
  const struct stat status = status_of(path);
  std::ostringstream line;
  line << name << ' ' << std::oct << status.st_mode << std::dec << ' ' << status.st_uid
       << ':' << status.st_gid;
  if (!S_ISDIR(status.st_mode) || times == DirectoryTimes::compared)
    line << " m" << status.st_mtim.tv_sec << '.' << status.st_mtim.tv_nsec;
  if (S_ISREG(status.st_mode)) {
    line << " a" << status.st_atim.tv_sec << '.' << status.st_atim.tv_nsec;
    line << " sha256:" << digest(read_image(path).bytes);
  }
  if (S_ISLNK(status.st_mode)) line << " -> " << fs::read_symlink(path).string();
  for (const auto& [attribute, value] : attributes_of(path).extended)
    line << ' ' << attribute << '=' << to_hex(value);
  return line.str();
}

std::string executed(const fs::path& hooks, const std::string& script) {
  const std::string text = read_image(fs::canonical(hooks / script)).bytes;
  if (!launched_path(text)) return digest(without_recorder(text));
  const fs::path original = *launched_path(text);
  if (!is_executable_file(original)) return "not runnable";
  return digest(read_image(fs::canonical(original)).bytes);
}

}  // namespace

HooksFixture::HooksFixture(const fs::path& where) {
  std::string folder = where / "hookjournal-test-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("mkdtemp");
  root = folder;
  hooks = root / "hooks";
  recorder = root / "bin/hookjournal-hook";
  fs::create_directories(recorder.parent_path());
  fs::create_directories(hooks);
  fs::permissions(hooks, fs::perms(0755));
  std::ofstream(recorder) << kRecorder;
  fs::permissions(recorder, fs::perms(0755));
  set_long_ago(hooks);
}

HooksFixture::~HooksFixture() {
  std::error_code ignored;
  fs::permissions(hooks, fs::perms(0755), ignored);  // a test may have made it read-only
  fs::remove_all(root, ignored);
}

void HooksFixture::file(const std::string& name, const std::string& text, unsigned mode) {
  const fs::path path = hooks / name;
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
  fs::permissions(path, fs::perms(mode));
  set_long_ago(path);
  for (fs::path above = path.parent_path(); above != root; above = above.parent_path())
    set_long_ago(above);
}

void HooksFixture::link(const std::string& name, const std::string& target) {
  const fs::path path = hooks / name;
  fs::create_directories(path.parent_path());
  fs::create_symlink(target, path);
  set_long_ago(path);
  for (fs::path above = path.parent_path(); above != root; above = above.parent_path())
    set_long_ago(above);
}

void HooksFixture::copy(const std::string& name, const fs::path& from) {
  file(name, read_image(fs::canonical(from)).bytes);
}

std::string HooksFixture::text(const std::string& name) const {
  return read_image(hooks / name).bytes;
}

std::vector<std::string> listing(const fs::path& tree, DirectoryTimes times) {
  std::vector<std::string> lines = {line_of(tree, ".", times)};
  for (const auto& entry : fs::recursive_directory_iterator(tree))
    lines.push_back(line_of(entry.path(), entry.path().lexically_relative(tree), times));
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::vector<std::string> as_libvirt_sees(const fs::path& hooks) {
  std::vector<std::string> seen;
  for (const auto* driver : {"daemon", "qemu", "lxc", "libxl", "bhyve", "network"})
    for (const auto& script : discover(hooks, driver).scripts)
      seen.push_back(script + " " + executed(hooks, script));
  return seen;
}

}  // namespace hookjournal::test
