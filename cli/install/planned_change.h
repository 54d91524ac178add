#pragma once

#include <string>

namespace hookjournal {

enum class Change {
  none,  // nothing is to be done, or nothing can be
  // install
  insert,    // the recorder's words into the first line
  update,    // ... which name another recorder
  launch,    // a launcher in its place, itself into our folder
  relaunch,  // a launcher or watcher that names another recorder or place
  watch,     // a watcher where no script is
  // uninstall
  strip,      // the recorder's words out of the first line
  put_back,   // from our folder, over its launcher
  copy_back,  // over a launcher, when another one stands for the same original
  unwatch,    // a watcher away
  drop,       // the second name an interrupted run left in our folder
};

// What is to be done about one script, or was.
struct PlannedChange {
  std::string script;  // below the hooks directory
  Change change = Change::none;
  std::string note;      // what a person should know of it; may be empty
  bool trouble = false;  // the note tells what a person must see to

  bool operator==(const PlannedChange&) const = default;
};

}  // namespace hookjournal
