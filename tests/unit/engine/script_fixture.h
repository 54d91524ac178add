#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "engine/error.h"
#include "engine/libvirt_message.h"
#include "engine/process_runner.h"
#include "engine/script_process.h"
#include "tests/unit/engine/scratch_dir.h"

// Real scripts in a hooks directory of their own.
namespace hookjournal {

inline std::string content_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

struct HookDir {
  ScratchDir dir;
  std::vector<std::string> environment = {"LC_ALL=C", "PATH=/usr/bin:/bin"};
  HookCall call{.driver = "qemu",
                .object = "win11",
                .operation = "prepare",
                .suboperation = "begin",
                .input = "<domain/>\n"};

  std::string path() const { return dir.path() / "qemu"; }
  // What the script leaves behind for the test.
  std::filesystem::path note() const { return dir.path() / "note"; }

  // `body` is run by /bin/sh; $here is the hooks directory.
  void script(const std::string& body) const {
    dir.write("qemu", "#!/bin/sh\nhere='" + dir.path().string() + "'\n" + body, 0755);
  }
  void file(const std::string& bytes, mode_t mode = 0755) const {
    dir.write("qemu", bytes, mode);
  }

  ScriptResult run() const {
    return ProcessRunner(environment).run(path(), call, call.input);
  }
  ScriptResult run(const std::string& body) const {
    script(body);
    return run();
  }
};

// Signals as the supervisor of a script has them, for as long as a test takes.
struct SupervisorSignals {
  ProcessRunner guard{{}};
};

// Hears what a script does and keeps it.
struct Listener : ScriptWatcher {
  void passed(Stream stream, std::string_view bytes) override {
    (stream == Stream::in ? in : stream == Stream::out ? out : err).append(bytes);
  }
  std::string in, out, err;
};

struct PipeEnds {
  PipeEnds() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) == 0) {
      read_end.reset(ends[0]);
      write_end.reset(ends[1]);
    }
  }
  UniqueFd read_end, write_end;
};

inline const char* const* no_environment() {
  static const char* const kNothing[] = {nullptr};
  return kNothing;
}

}  // namespace hookjournal
