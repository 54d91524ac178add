#include <cstdio>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/install/image_root.h"
#include "cli/install/our_folder.h"
#include "engine/config.h"
#include "engine/error.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

// For whoever finds the file before the manual.
constexpr const char* kDisabledText =
    "While this file exists, hooks run unrecorded. `hookjournal enable` removes it.\n";

fs::path hooks_dir_with_us(const std::string& tried, const std::string& given) {
  fs::path hooks_dir = absolute_path(given);
  if (!fs::is_directory(our_folder(hooks_dir)))
    throw Error("cannot " + tried + " recording in " + hooks_dir.string() +
                ": it is not installed there; `hookjournal install` records its scripts");
  return hooks_dir;
}

std::optional<int> parse(const char* purpose, int argc, char** argv,
                         std::string& hooks_dir) {
  CommandLine line(purpose);
  line.add_option("--hooks-dir", hooks_dir, "Default: " + hooks_dir).takes("DIR");
  return line.parse(argc, argv);
}

}  // namespace

int run_disable(int argc, char** argv) {
  std::string given = "/etc/libvirt/hooks";
  if (const auto status =
          parse("Let the scripts run unrecorded; their first lines stay as they are.",
                argc, argv, given))
    return *status;
  const fs::path hooks_dir = hooks_dir_with_us("disable", given);
  if (is_there(disabled_path(hooks_dir))) {
    std::puts("recording was disabled already");
    return 0;
  }
  FileOps ops;
  OurFolder folder(ops, hooks_dir);
  const fs::path copy = folder.stage();
  ops.write_file(copy, kDisabledText, fresh_attributes(0644));
  ops.move(copy, disabled_path(hooks_dir));
  folder.close_stage();
  std::puts("recording is disabled from the next call on");
  return 0;
}

int run_enable(int argc, char** argv) {
  std::string given = "/etc/libvirt/hooks";
  if (const auto status = parse("Record again after `disable`.", argc, argv, given))
    return *status;
  const fs::path hooks_dir = hooks_dir_with_us("enable", given);
  if (!is_there(disabled_path(hooks_dir))) {
    std::puts("recording was enabled already");
    return 0;
  }
  FileOps().remove(disabled_path(hooks_dir));
  std::puts("recording is enabled from the next call on");
  return 0;
}

}  // namespace hookjournal
