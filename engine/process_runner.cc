#include "engine/process_runner.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

#include "engine/first_line.h"
#include "engine/script_process.h"
#include "engine/small_file.h"

namespace hookjournal {

namespace {

constexpr std::size_t kKernelReads = 256;  // BINPRM_BUF_SIZE
constexpr std::string_view kWatch = "--watch";

// Keeps all a script writes, for a filter's output is the next one's input.
class Collector : public ScriptWatcher {
 public:
  explicit Collector(std::function<void(const PipeHolder&)> held)
      : held_(std::move(held)) {}

  void passed(Stream stream, std::string_view bytes) override {
    if (stream == Stream::out) out.append(bytes);
    if (stream == Stream::err) err.append(bytes);
  }
  void held_by(const PipeHolder& holder) override { held_(holder); }

  std::string out, err;

 private:
  std::function<void(const PipeHolder&)> held_;
};

// Whether the kernel would look inside at all. If not, it is left to it to refuse.
bool may_execute(const std::filesystem::path& script) {
  return ::faccessat(AT_FDCWD, script.c_str(), X_OK, AT_EACCESS) == 0;
}

std::vector<const char*> as_argv(const std::vector<std::string>& words) {
  std::vector<const char*> argv;
  argv.reserve(words.size() + 1);
  for (const std::string& word : words) argv.push_back(word.c_str());
  argv.push_back(nullptr);
  return argv;
}

}  // namespace

std::optional<ExecPlan> plan_without_recorder(const std::filesystem::path& script,
                                              const std::vector<std::string>& arguments) {
  ExecPlan plan{script, {script}, script};
  const std::string head =
      may_execute(script) ? read_small_file(script, kKernelReads).value_or("") : "";
  if (has_recorder(head)) {
    // Words that name nothing to run leave no file, and execve says so.
    const std::string words = interpreter_of(head)->argument.value_or("");
    if (words == kWatch) return {};
    if (const auto original = launched_path(head)) {
      plan.file = plan.named = *original;
    } else {
      const Interpreter interpreter = split_interpreter(words);
      plan.file = interpreter.path;
      plan.argv = {interpreter.path};
      if (interpreter.argument) plan.argv.push_back(*interpreter.argument);
      plan.argv.push_back(script);
    }
  }
  plan.argv.insert(plan.argv.end(), arguments.begin(), arguments.end());
  return plan;
}

std::vector<std::string> own_environment() {
  std::vector<std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) variables.emplace_back(*entry);
  return variables;
}

ProcessRunner::ProcessRunner(std::vector<std::string> environment, Held held)
    : environment_(std::move(environment)), held_(std::move(held)) {
  ::sigprocmask(SIG_SETMASK, nullptr, &mask_before_);
  ::sigaction(SIGPIPE, nullptr, &pipe_before_);
  ::sigaction(SIGCHLD, nullptr, &child_before_);
  prepare_signals();
}

ProcessRunner::~ProcessRunner() {
  ::sigaction(SIGPIPE, &pipe_before_, nullptr);
  ::sigaction(SIGCHLD, &child_before_, nullptr);
  ::sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
}

ScriptResult ProcessRunner::run(const std::filesystem::path& script, const HookCall& call,
                                const std::optional<std::string>& input) {
  Collector collector([this, &script](const PipeHolder& holder) {
    if (held_) held_(script, holder);
  });
  ScriptStreams streams;
  streams.input = input;
  ScriptResult result =
      run_script(plan_without_recorder(script, script_arguments(call)),
                 as_argv(environment_).data(), std::move(streams), collector);
  result.out = std::move(collector.out);
  result.err = std::move(collector.err);
  return result;
}

}  // namespace hookjournal
