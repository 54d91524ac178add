#include <algorithm>
#include <cstdio>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/install/change_report.h"
#include "cli/install/image_root.h"
#include "cli/install/uninstaller.h"
#include "engine/config.h"

namespace hookjournal {

namespace {

bool is_left_alone(const PlannedChange& change) {
  return change.change == Change::none && !change.trouble;
}

}  // namespace

int run_uninstall(int argc, char** argv) {
  namespace fs = std::filesystem;
  CommandLine line(
      "Take the recorder out of all scripts and put moved ones back. Edits made since "
      "install stay, and so does the journal.");
  std::string hooks_dir = "/etc/libvirt/hooks", root;
  bool dry_run = false;
  line.add_option("--hooks-dir", hooks_dir, "Default: " + hooks_dir).takes("DIR");
  line.add_option("--root", root, "Work in the system image below this directory")
      .takes("DIR");
  line.add_flag("-n,--dry-run", dry_run, "Say what would be done, change nothing");
  if (const auto status = line.parse(argc, argv)) return *status;

  if (!root.empty()) enter_image(root);
  const fs::path directory = absolute_path(hooks_dir);
  if (!fs::is_directory(directory)) {
    std::printf("nothing to do: there is no %s\n", directory.c_str());
    return 0;
  }
  const fs::path journal = load_config(directory).journal;  // the file goes
  FileOps ops;
  Uninstaller uninstaller(ops, directory);
  const auto changes = dry_run ? uninstaller.plan() : uninstaller.uninstall();
  if (std::ranges::all_of(changes, is_left_alone))
    std::printf("nothing is recorded in %s\n", directory.c_str());
  const int status = report_changes(directory, changes, dry_run);
  if (!dry_run && fs::exists(journal))
    std::printf("%-12s %s\n", "journal kept", journal.c_str());
  return status;
}

}  // namespace hookjournal
