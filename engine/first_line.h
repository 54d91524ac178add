#pragma once

#include <optional>
#include <string>
#include <string_view>

// The recorder's words in a script's first line:
//   #!/bin/sh -e   <->   #!/usr/bin/hookjournal-hook /bin/sh -e
// and the launcher that stands in for what has no such line of its own:
//   #!/usr/bin/hookjournal-hook --exec /etc/libvirt/hooks/hookjournal/qemu
// and the watcher of a driver that has no script, which runs nothing and answers 0:
//   #!/usr/bin/hookjournal-hook --watch
namespace hookjournal {

// An interpreter line as the kernel reads it (fs/binfmt_script.c): blanks around the
// interpreter dropped, the rest one argument, trailing blanks cut.
struct Interpreter {
  std::string path;
  std::optional<std::string> argument;
  bool operator==(const Interpreter&) const = default;
};

// The optional argument the kernel hands the recorder ("/bin/sh -e"), split as the kernel
// would have split it on the script's own line.
Interpreter split_interpreter(std::string_view words);

// Nothing when `text` does not begin with "#!".
std::optional<Interpreter> interpreter_of(std::string_view text);

// Whether the first line runs a recorder: its interpreter's file name is
// hookjournal-hook.
bool has_recorder(std::string_view text);

// What a launcher executes, when the first line is one.
std::optional<std::string> launched_path(std::string_view text);

// `text` with the recorder inserted, every other byte as it was. Nothing when that cannot
// be: no "#!", no interpreter or one named --exec or --watch, or the line would pass the
// kernel's 255 bytes.
std::optional<std::string> with_recorder(std::string_view text,
                                         std::string_view recorder);

// Whether the first line is a watcher's.
bool is_watcher(std::string_view text);

// `text` without the recorder's words: the user's script. Unchanged when there are none,
// or when it is a launcher or a watcher.
std::string without_recorder(std::string_view text);

std::string launcher(std::string_view recorder, std::string_view original);
std::string watcher(std::string_view recorder);

}  // namespace hookjournal
