#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/hook_engine.h"

// A runner that starts no process: it plays back results and keeps what it was asked.
namespace hookjournal {

class FakeRunner : public ScriptRunner {
 public:
  // What a script prints and how it ends; one that is not named prints nothing and ends
  // with 0. Scripts go by their file name.
  void will(const std::string& script, const std::string& out, Ending ending = Exited{0},
            const std::string& err = "") {
    ScriptResult result;
    result.ending = ending;
    result.out = out;
    result.err = err;
    results_[script] = result;
  }
  void will_end(const std::string& script, Ending ending, const std::string& err = "") {
    will(script, "", ending, err);
  }

  ScriptResult run(const std::filesystem::path& script, const HookCall& call,
                   const std::optional<std::string>& input) override {
    paths.push_back(script);
    ran.push_back(script.filename());
    calls.push_back(call);
    read.push_back(input);
    return results_[script.filename()];
  }

  std::vector<std::filesystem::path> paths;
  std::vector<std::string> ran;  // file names
  std::vector<HookCall> calls;
  std::vector<std::optional<std::string>> read;  // what each got on stdin

 private:
  std::map<std::string, ScriptResult> results_;
};

class FakeObserver : public RunObserver {
 public:
  void starting(const HookCall&, const std::string& script,
                const std::optional<std::string>& input,
                const std::vector<std::string>& planned) override {
    heard.push_back("starting " + script);
    inputs.push_back(input);
    plans.push_back(planned);
  }
  void ended(const HookCall&, const std::string& script,
             const ScriptResult& result) override {
    heard.push_back("ended " + script + ": " + describe(result.ending));
  }

  std::vector<std::string> heard;
  std::vector<std::optional<std::string>> inputs;
  std::vector<std::vector<std::string>> plans;
};

}  // namespace hookjournal
