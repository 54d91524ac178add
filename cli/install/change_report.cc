#include "cli/install/change_report.h"

#include <cstdio>

#include "cli/escape.h"
#include "cli/install/hook_tree.h"

namespace hookjournal {

namespace {

const char* verb(const PlannedChange& change) {
  switch (change.change) {
    case Change::none:
      return change.note.empty() ? "is recorded" : "left alone";
    case Change::insert:
      return "record";
    case Change::update:
    case Change::relaunch:
      return "update";
    case Change::launch:
      return "launch";
    case Change::watch:
      return "watch";
    case Change::strip:
      return "restore";
    case Change::put_back:
    case Change::copy_back:
      return "put back";
    case Change::unwatch:
    case Change::drop:
      return "remove";
  }
  return "";
}

}  // namespace

int report_changes(const std::filesystem::path& hooks_dir,
                   const std::vector<PlannedChange>& changes, bool dry_run) {
  int status = 0;
  if (dry_run) std::puts("Nothing is changed; this would be done:");
  for (const auto& change : changes) {
    if (change.trouble) {
      std::fflush(stdout);
      std::fprintf(stderr, "hookjournal: %s: %s\n",
                   visible((hooks_dir / change.script).string()).c_str(),
                   visible(change.note, Keep::lines).c_str());
      status = 3;
    } else {
      std::printf("%-12s %s%s%s\n", verb(change), visible(change.script).c_str(),
                  change.note.empty() ? "" : ": ",
                  visible(change.note, Keep::lines).c_str());
    }
  }
  std::fflush(stdout);
  return status;
}

}  // namespace hookjournal
