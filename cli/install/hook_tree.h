#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

// A hooks directory as libvirt sees it, and what of it is recorded.
namespace hookjournal {

// What a file's first line says about the recorder.
struct RecorderWords {
  enum class Form { none, inserted, launcher, watcher } form = Form::none;
  std::string recorder;  // the path it names
  std::string launches;  // of a launcher
};
RecorderWords words_of(std::string_view text);

// What the kernel would make of a file.
enum class Body {
  script,  // "#!" and an interpreter
  program,
  text,  // names no interpreter: libvirt cannot run it
};
Body body_of(std::string_view head);

// One script that libvirt runs.
struct HookScript {
  std::string name;  // below the hooks directory: "qemu.d/10-x"
  std::string driver;
  bool linked = false;             // itself a symbolic link
  std::filesystem::path resolved;  // all links followed
  std::uint64_t names = 1;         // hard links
  Body body = Body::script;        // of what a link points to
  RecorderWords words;             // likewise
  std::string head;                // its first 4 KiB, likewise
  std::string trouble;             // why it could not be looked at, or empty
};

struct HookTree {
  std::filesystem::path hooks_dir;
  struct Driver {
    std::string name;
    // In running order.
    std::vector<HookScript> scripts;
    // `<driver>.d` cannot be read: libvirt fails each call.
    std::error_code bad_directory;
    // `<driver>.d` is a symbolic link: where to; else empty.
    std::filesystem::path linked_directory;
  };
  std::vector<Driver> drivers;

  const HookScript* script(std::string_view name) const;
};

// The drivers libvirt knows, and then `further` ones, each once. A helper program beside
// them is no hook because it can be executed: names libvirt does not know must be given.
std::vector<std::string> drivers_with(const std::vector<std::string>& further);
HookTree look_at(const std::filesystem::path& hooks_dir,
                 const std::vector<std::string>& drivers);

// Every regular file in the tree whose first line names a recorder, executable or not and
// wherever it was moved or copied since; not in our own folder. In byte order.
struct RecordedFile {
  std::string name;
  RecorderWords words;
  std::string trouble;  // why it could not be read, so that nobody knows; or empty
};
std::vector<RecordedFile> recorded_files(const std::filesystem::path& hooks_dir);

}  // namespace hookjournal
