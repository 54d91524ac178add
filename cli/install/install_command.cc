#include <algorithm>
#include <cstdio>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/install/change_report.h"
#include "cli/install/image_root.h"
#include "cli/install/install_choices.h"
#include "cli/install/install_notes.h"
#include "cli/install/installer.h"
#include "cli/install/journal_disk.h"
#include "cli/install/recorder_path.h"
#include "cli/install/reload.h"
#include "engine/config.h"
#include "engine/discovery.h"
#include "engine/error.h"
#include "journal/journal.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

struct InstallOptions {
  std::string hooks_dir = "/etc/libvirt/hooks";
  std::string hook, journal, root, when_unrecorded;
  int deadline_ms = -1;
  std::vector<std::string> drivers, launch;
  bool dry_run = false;
};

void add_options(CommandLine& line, InstallOptions& options) {
  line.add_option("--hooks-dir", options.hooks_dir, "Default: " + options.hooks_dir)
      .takes("DIR");
  line.add_option("--driver", options.drivers,
                  "Record this driver, too: one that has no script yet,\n"
                  "or one that only your libvirt knows")
      .takes("NAME")
      .one_at_a_time();
  line.add_option("--launch", options.launch,
                  "Launch this script (as qemu.d/10-x) though it seems to\n"
                  "find files beside itself")
      .takes("SCRIPT")
      .one_at_a_time();
  line.add_option("--hook", options.hook,
                  "The recorder to name in first lines. Default: the\n"
                  "hookjournal-hook beside this program")
      .takes("PATH");
  line.add_option("--root", options.root,
                  "Install into the system image below this directory")
      .takes("DIR");
  line.add_flag("-n,--dry-run", options.dry_run,
                "Say what would be done, change nothing");
  line.add_option("--journal", options.journal, "Write to this journal")
      .takes("FILE")
      .group("Kept in the configuration");
  line.add_option("--deadline", options.deadline_ms,
                  "Milliseconds that recording may add to one script run")
      .takes("MS")
      .range(0, 60'000)
      .group("Kept in the configuration");
  line.add_option("--when-unrecorded", options.when_unrecorded,
                  "What becomes of a start that cannot be recorded:\n"
                  "run (default) or refuse")
      .takes("WORD")
      .one_of({"run", "refuse"})
      .group("Kept in the configuration");
}

void check_driver(const std::string& name) {
  if (name.empty() || name == "hookjournal" || name.starts_with('.') ||
      name.ends_with(".d") || name.find('/') != std::string::npos)
    throw UsageError("--driver '" + name +
                     "': a driver is the name of a file in the hooks directory, as qemu");
}

void check_hooks_dir(const fs::path& hooks_dir) {
  if (!fs::is_directory(hooks_dir))
    throw Error(
        "cannot install into " + hooks_dir.string() +
        ": no such directory; is libvirt installed? --hooks-dir DIR names another");
  // The recorder has only the script's path to go by.
  if (const ScriptPlace seen = place_of(hooks_dir / "qemu"); seen.hooks_dir != hooks_dir)
    throw UsageError("cannot install into " + hooks_dir.string() +
                     ": its name ends in .d, so its scripts would be recorded as those "
                     "of a driver called " +
                     visible(seen.driver) + "; give the directory another name");
}

InstallChoices choices_of(const InstallOptions& options) {
  InstallChoices choices;
  if (!options.journal.empty()) choices.journal = absolute_path(options.journal);
  if (options.deadline_ms >= 0)
    choices.deadline = std::chrono::milliseconds(options.deadline_ms);
  if (!options.when_unrecorded.empty())
    choices.refuse_when_unrecorded = options.when_unrecorded == "refuse";
  return choices;
}

fs::path journal_of(const InstallRequest& request, const InstallChoices& choices) {
  if (choices.journal) return *choices.journal;
  const Config config = load_config(request.hooks_dir);
  if (config.journal.empty()) throw Error(config.trouble);  // a user without a home
  return config.journal;
}

void create_journal(const fs::path& journal) {
  const JournalDisk disk = disk_under(journal);
  if (!disk.unfit.empty() && !fs::exists(journal))
    throw Error("cannot create journal " + journal.string() + " on " + disk.unfit +
                ": its write-ahead log may fail or be damaged there; --journal FILE "
                "names a place on a local file system");
  const bool created = create_or_migrate(journal);
  std::printf("%-12s %s%s", "journal", journal.c_str(), created ? " (created)" : "");
  if (disk.flush_ns)
    std::printf(", a flush takes %.1f ms", static_cast<double>(*disk.flush_ns) / 1e6);
  std::puts("");
}

// Before the journal is made: a failed install is to leave nothing behind.
void check_change(const fs::path& hooks_dir, const std::vector<PlannedChange>& plan,
                  bool write) {
  const bool has_folder = fs::is_directory(our_folder(hooks_dir));
  const bool changes = std::ranges::any_of(
      plan, [](const auto& planned) { return planned.change != Change::none; });
  // Where all is recorded the file system may be read-only by now.
  if (has_folder && !write && !changes) return;
  check_writable(hooks_dir);
  if (has_folder) check_writable(our_folder(hooks_dir));
}

int dry_run(const InstallRequest& request, const std::vector<PlannedChange>& plan,
            const fs::path& journal, bool write) {
  const int status = report_changes(request.hooks_dir, plan, /*dry_run=*/true);
  if (write) std::printf("%-12s %s\n", "write", config_path(request.hooks_dir).c_str());
  std::printf("%-12s %s\n", fs::exists(journal) ? "journal" : "create", journal.c_str());
  check_change(request.hooks_dir, plan, write);
  return status;
}

void print_notes(const std::vector<std::string>& notes) {
  for (const auto& note : notes) std::fprintf(stderr, "note: %s\n", note.c_str());
}

std::vector<std::string> drivers_of(const InstallRequest& request) {
  std::vector<std::string> further = request.drivers;
  for (const auto& [driver, since] : load_state(request.hooks_dir).since)
    further.push_back(driver);
  return drivers_with(further);
}

std::vector<std::string> reload_notes(const InstallRequest& request) {
  std::vector<std::string> notes;
  const HookTree tree = look_at(request.hooks_dir, drivers_of(request));
  const auto nobody_knows = [](const auto&...) { return false; };
  for (const auto& reload : reloads_needed(tree, load_state(request.hooks_dir),
                                           running_daemons(), nobody_knows))
    notes.push_back(reload_text(reload));
  return notes;
}

int install(const InstallOptions& options, const InstallRequest& request) {
  const InstallChoices choices = choices_of(options);
  print_notes(unknown_driver_notes(request.drivers));
  FileOps ops;
  Installer installer(ops, request);
  // All that refuses does so before anything is touched.
  if (const auto why = why_no_folder(request.hooks_dir); !why.empty())
    throw Error("cannot install: " + why + ", then run install again");
  const bool write = must_write(request.hooks_dir, choices);
  const fs::path journal = journal_of(request, choices);
  const auto plan = installer.plan();
  if (options.dry_run) return dry_run(request, plan, journal, write);

  check_change(request.hooks_dir, plan, write);
  create_journal(journal);
  const HookTree before = look_at(request.hooks_dir, drivers_of(request));
  const auto changes = installer.install(
      [&](OurFolder& folder) { write_choices(ops, folder, request.hooks_dir, choices); });
  const int status = report_changes(request.hooks_dir, changes, /*dry_run=*/false);
  if (changes.empty())
    std::puts("no scripts here yet; --driver NAME watches a driver without one");
  print_notes(install_notes(before, changes, request.recorder));
  if (options.root.empty()) print_notes(reload_notes(request));
  return status;
}

}  // namespace

int run_install(int argc, char** argv) {
  CommandLine line("Put the recorder into every script that libvirt would run.");
  InstallOptions options;
  add_options(line, options);
  if (const auto status = line.parse(argc, argv)) return *status;
  for (const auto& driver : options.drivers) check_driver(driver);

  // Before /proc and our own file are out of sight.
  const fs::path recorder =
      options.hook.empty() ? recorder_beside_us() : fs::path(options.hook);
  if (!options.root.empty()) enter_image(options.root);
  check_recorder(recorder);
  const InstallRequest request{absolute_path(options.hooks_dir), recorder,
                               options.drivers, options.launch};
  check_hooks_dir(request.hooks_dir);
  return install(options, request);
}

}  // namespace hookjournal
