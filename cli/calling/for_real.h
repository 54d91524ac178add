#pragma once

#include <filesystem>
#include <string>

#include "engine/hook_engine.h"

// What the commands share that run scripts for real.
namespace hookjournal {

// Lets no script begin once somebody wants us to stop. libvirt would run them all, but
// nobody can interrupt it either.
class UntilSignal : public RunObserver {
 public:
  explicit UntilSignal(RunObserver& observer) : observer_(observer) {}

  // Throws Error when a signal has come.
  void starting(const HookCall& call, const std::string& script,
                const std::optional<std::string>& input,
                const std::vector<std::string>& planned) override;
  void ended(const HookCall& call, const std::string& script,
             const ScriptResult& result) override;

 private:
  RunObserver& observer_;
  int stopped_by_ = 0;
};

// A file's bytes; "-" is stdin. Throws Error.
std::string read_input(const std::string& name);

// Says on stderr what a script left behind that keeps us waiting.
void tell_of_holder(const std::filesystem::path& script, const PipeHolder& holder);

// Throws UsageError when there is no such directory of scripts. Absolute.
std::filesystem::path scripts_directory(const std::string& name);

}  // namespace hookjournal
