// hookjournal-hook: the interpreter of a recorded hook script. The kernel runs
//
//   hookjournal-hook "/bin/sh -e" /etc/libvirt/hooks/qemu win11 prepare begin -
//
// for a script whose first line is `#!/usr/bin/hookjournal-hook /bin/sh -e`, and this
// program runs `/bin/sh -e /etc/libvirt/hooks/qemu win11 prepare begin -`, as the kernel
// would have without the inserted words. libvirt is answered exactly as the script would
// have answered.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/config.h"
#include "engine/discovery.h"
#include "engine/end_as.h"
#include "engine/error.h"
#include "engine/first_line.h"
#include "engine/script_process.h"
#include "engine/small_file.h"
#include "journal/run_report.h"

namespace hookjournal {
namespace {

// What the kernel's words ask for: pointers into them, since memory may be short. No
// `file`: a watched driver without a script.
struct Command {
  const char* file = nullptr;
  const char* named = nullptr;  // in libvirt's words, when `file` cannot be executed
  char** argv = nullptr;
};

// Splits argv[1] where it stands, as the kernel splits a first line.
Command command_of(char** argv) {
  constexpr const char* kBlanks = " \t";
  char* file = argv[1] + std::strspn(argv[1], kBlanks);
  char* rest = file + std::strcspn(file, kBlanks);
  if (*rest != '\0') *rest++ = '\0';
  rest += std::strspn(rest, kBlanks);
  for (char* end = rest + std::strlen(rest); end > rest && std::strchr(kBlanks, end[-1]);)
    *--end = '\0';

  if (std::strcmp(file, "--watch") == 0) return {};
  // A moved original: a program sees the name it was called by.
  if (std::strcmp(file, "--exec") == 0) return {rest, rest, argv + 2};
  char** first = *rest == '\0' ? argv + 1 : argv;
  argv[1] = rest;
  first[0] = file;
  return {file, argv[2], first};
}

std::optional<ExecPlan> plan_of(const Command& command) {
  if (command.file == nullptr) return {};
  ExecPlan plan{command.file, {}, command.named};
  for (char** word = command.argv; *word != nullptr; ++word)
    plan.argv.emplace_back(*word);
  return plan;
}

// How libvirt called the script.
struct Invocation {
  Command command;
  std::string script;
  std::vector<std::string> arguments;
};

// libvirt calls scripts by absolute paths; a person may call one as ./qemu.
std::filesystem::path absolute_script(const std::string& script) {
  if (script.starts_with('/')) return script;
  std::error_code lost;  // our directory may be gone
  const auto here = std::filesystem::current_path(lost);
  if (lost) return script;
  return (here / script).lexically_normal();
}

[[noreturn]] void fail_to_execute(const std::string& text, int error) {
  if (::write(2, text.data(), text.size()) < 0) ::_exit(exec_failure_status(error));
  ::_exit(exec_failure_status(error));
}

// As if we were not there.
[[noreturn]] void just_execute(const Command& command) {
  if (command.file == nullptr) ::_exit(0);
  ::execve(command.file, command.argv, environ);
  const int error = errno;
  try {
    fail_to_execute(exec_failure_text(command.named, error), error);
  } catch (const std::bad_alloc&) {
    ::_exit(exec_failure_status(error));
  }
}

std::string first_line_of(const std::string& file) {
  constexpr std::size_t kFirstLine = 256;
  return read_small_file(file, kFirstLine).value_or("");
}

// A first line that names the recorder and nothing else, as a hand may leave it: the
// kernel then gives us the script where an interpreter belongs, and running that would
// run us again, without end. What the kernel says of a script without an interpreter.
// An interpreter may be a recorded script itself, once: two that name each other, or a
// launcher that is its own original, would have no end either.
bool leads_back_here(const Command& command) {
  if (command.file == nullptr) return false;
  const std::string first = first_line_of(command.file);
  if (!has_recorder(first) || is_watcher(first)) return false;
  const auto behind = interpreter_of(first)->argument;
  if (!behind) return true;
  const auto launched = launched_path(first);
  return has_recorder(first_line_of(launched.value_or(split_interpreter(*behind).path)));
}

[[noreturn]] void refuse_to_loop(const Command& command) {
  fail_to_execute(
      exec_failure_text(command.file, ENOEXEC) +
          "hookjournal-hook: no interpreter follows the recorder in its first line; "
          "write it there, as in #!/usr/bin/hookjournal-hook /bin/sh\n",
      ENOEXEC);
}

// Ours must not land where a standard descriptor is missing.
void fill_standard_descriptors() {
  for (int fd = ::open("/dev/null", O_RDWR); fd >= 0; fd = ::open("/dev/null", O_RDWR))
    if (fd > 2) {
      ::close(fd);
      return;
    }
}

// libvirt gives a pipe, or /dev/null where there is no input; a person may give anything.
InputKind input_kind() {
  struct stat status {};
  if (::fstat(0, &status) != 0) return InputKind::none;
  if (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)) return InputKind::relayed;
  return S_ISREG(status.st_mode) ? InputKind::file : InputKind::none;
}

// Whether an unrecorded call of this kind may be refused: never what libvirt ignores or
// kills a running guest for.
bool may_refuse(const Invocation& call, const std::string& driver) {
  const std::string operation = call.arguments.size() > 1 ? call.arguments[1] : "";
  return driver != "daemon" && operation != "reconnect" && operation != "stopped" &&
         operation != "release";
}

RunStarted known_here(const Invocation& call, const ScriptPlace& place, pid_t caller) {
  RunStarted run;
  run.at = now();
  run.uuid = new_uuid(run.at.wall_ns);
  run.script = place.name;
  run.arguments = call.arguments;
  run.recorder.pid = ::getpid();
  run.context.hooks_dir = place.hooks_dir;
  run.context.caller.process.pid = caller;
  return run;
}

ScriptStreams streams_for(InputKind kind) {
  ScriptStreams streams;
  streams.out = 1;
  streams.err = 2;
  if (kind == InputKind::relayed)
    streams.relayed_input = 0;
  else
    streams.inherited_input = 0;
  return streams;
}

// Runs the script, recorded. Throws only while the script has not been started.
ScriptResult run(const Invocation& call, RunReport& report, InputKind kind) {
  try {
    return run_script(plan_of(call.command), environ, streams_for(kind), report);
  } catch (const std::exception& refusal) {
    report.give_up(refusal.what());
    throw;
  }
}

// Whether the site wants this call to fail, as it has left no record.
bool must_refuse(const Invocation& call, const ScriptPlace& place,
                 const RunReport& report) {
  if (!report.config().refuse_when_unrecorded || !may_refuse(call, place.driver))
    return false;
  std::fprintf(stderr,
               "hookjournal: this call could not be recorded, and %s says to refuse it "
               "then (\"when_unrecorded\"); `hookjournal status` tells what is wrong\n",
               config_path(place.hooks_dir).c_str());
  return true;
}

// As run().
[[noreturn]] void record(const Invocation& call, const ScriptPlace& place) {
  // Whoever called may be gone by the time the writer looks.
  const pid_t caller = ::getppid();
  const InputKind kind = input_kind();
  prepare_signals();
  RunReport report(known_here(call, place, caller), kind);
  report.start_writer();
  const ScriptResult result = run(call, report, kind);
  try {
    if (!report.finish(result) && succeeded(result.ending) &&
        must_refuse(call, place, report))
      ::_exit(1);
  } catch (const std::exception&) {
    // Of no weight for an answer that is there.
  }
  end_as(result.ending);
}

// Throws only while the script has not been started.
[[noreturn]] void answer(const Command& command, char** argv) {
  if (leads_back_here(command)) refuse_to_loop(command);
  Invocation call{command, argv[2], {}};
  for (char** word = argv + 3; *word != nullptr; ++word)
    call.arguments.emplace_back(*word);
  const ScriptPlace place = place_of(absolute_script(call.script));
  if (::access(disabled_path(place.hooks_dir).c_str(), F_OK) == 0) just_execute(command);
  record(call, place);
}

int usage() {
  std::fputs(
      "hookjournal-hook is the interpreter of recorded libvirt hook scripts; "
      "`hookjournal\n"
      "install` puts it into their first lines:\n"
      "  #!/usr/bin/hookjournal-hook /bin/sh        runs the script with /bin/sh\n"
      "  #!/usr/bin/hookjournal-hook --exec PATH    runs PATH in the script's place\n"
      "  #!/usr/bin/hookjournal-hook --watch        runs nothing and answers 0\n",
      stderr);
  return 2;
}

}  // namespace
}  // namespace hookjournal

int main(int argc, char** argv) {
  using namespace hookjournal;
  if (argc == 2 && std::strcmp(argv[1], "--version") == 0) {
    std::puts("hookjournal-hook " HOOKJOURNAL_VERSION);
    return 0;
  }
  if (argc < 3) return usage();
  fill_standard_descriptors();
  const Command command = command_of(argv);
  try {
    answer(command, argv);
  } catch (const std::exception&) {
    // The machine refuses memory, a pipe or a process: the script needs none from us.
    restore_signals();
    just_execute(command);
  }
}
