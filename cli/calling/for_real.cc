#include "cli/calling/for_real.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>

#include "cli/call_words.h"
#include "cli/escape.h"
#include "cli/install/image_root.h"
#include "engine/error.h"
#include "engine/unique_fd.h"

namespace hookjournal {

namespace {

bool is_pending(int number) {
  sigset_t pending;
  ::sigpending(&pending);
  return ::sigismember(&pending, number) == 1;
}

}  // namespace

void UntilSignal::starting(const HookCall& call, const std::string& script,
                           const std::optional<std::string>& input,
                           const std::vector<std::string>& planned) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT})
    if (is_pending(number)) stopped_by_ = number;
  if (stopped_by_ != 0)
    throw Error("stopped by signal " + std::to_string(stopped_by_) + " (" +
                signal_name(stopped_by_) + "): " + script +
                (script == planned.back() ? " was" : " and what follows it were") +
                " not run; what ran before is recorded");
  observer_.starting(call, script, input, planned);
}

void UntilSignal::ended(const HookCall& call, const std::string& script,
                        const ScriptResult& result) {
  observer_.ended(call, script, result);
  for (const PassedSignal& passed : result.signals)
    if (passed.signal != SIGUSR1 && passed.signal != SIGUSR2) stopped_by_ = passed.signal;
}

std::string read_input(const std::string& name) {
  UniqueFd file;
  if (name != "-") {
    file.reset(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) throw Error(with_errno("cannot open the input " + name, errno));
  }
  std::string text;
  char buffer[65536];
  for (;;) {
    const ssize_t count = ::read(file ? file.get() : 0, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw Error(with_errno("cannot read the input " + name, errno));
    if (count == 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
  }
}

void tell_of_holder(const std::filesystem::path& script, const PipeHolder& holder) {
  std::fprintf(stderr,
               "hookjournal: %s has ended, but pid %d (%s) keeps its %s open; libvirt "
               "would wait for it, and so does this (`kill %d` ends it)\n",
               visible(script.native()).c_str(), holder.pid,
               visible(holder.command_line).c_str(), holder.stream.c_str(), holder.pid);
}

std::filesystem::path scripts_directory(const std::string& name) {
  std::filesystem::path scripts = absolute_path(name);
  if (!std::filesystem::is_directory(scripts))
    throw UsageError(visible(scripts.native()) +
                     " is no directory; the scripts are taken from a directory like "
                     "/etc/libvirt/hooks, with `qemu` or `qemu.d/` in it");
  return scripts;
}

}  // namespace hookjournal
