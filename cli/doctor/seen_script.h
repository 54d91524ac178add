#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/install/hook_tree.h"
#include "engine/language.h"
#include "engine/shell/shell_tree.h"

namespace hookjournal {

// A script as libvirt comes to run it, and as a person wrote it: without the recorder's
// words, and wherever it was moved.
struct SeenScript {
  std::string path;  // where libvirt sees it
  std::string name;  // below the hooks directory
  std::string driver;
  std::filesystem::path file;  // where the text is, links followed; empty: it is gone
  std::string text;            // empty for a program
  bool recorded = false;
  bool launched = false;  // its original was moved, a launcher stands in its place
  bool watcher = false;   // ours, with nothing behind it
  bool linked = false;
  Language language = Language::other;
  std::optional<ShellNode> shell;  // of one in shell that could be followed
  // Run by a dispatcher for this operation only: "qemu.d/win11/prepare/begin/10-x".
  bool of_dispatcher = false;
};

std::vector<SeenScript> seen_scripts(const HookTree& tree);

// A dispatcher's folders, "qemu.d/win11/prepare/begin", as far as they hold executables.
struct DispatchFolder {
  std::string path;  // absolute
  std::string driver;
  std::string operation;
  std::string suboperation;  // "begin", "end", or empty
};
std::vector<DispatchFolder> dispatch_folders(const HookTree& tree);

// The main script of a driver that runs others out of `<driver>.d` itself: its text says
// so, comments aside. Null when there is none.
const SeenScript* dispatcher_of(const std::vector<SeenScript>& scripts,
                                const std::string& driver);

// `text` in lines, without comments; those of strings that are documentation are empty.
std::vector<std::string> lines_without_comments(const SeenScript& script);

}  // namespace hookjournal
