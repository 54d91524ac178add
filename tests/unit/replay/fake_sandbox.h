#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/error.h"
#include "replay/sandbox/sandbox.h"

// A sandbox that starts no process: it reads a script as lines of its own small language.
//   print TEXT    to stdout           wail TEXT     to stderr
//   cat           input to stdout     exit N        ends, with N
//   write F TEXT  a file              remove F
//   show F        it to stdout, or "nothing"
//   connect T     an attempt          answer NAME   a command that is a stand-in's
//   break TEXT    the sandbox fails   explode       something is wrong with us
//   refuse TEXT   ends, with 1, when the input has that
//   waver N       ends, with N, in every other sandbox
// `only OBJECT COMMAND...` does it for that guest alone.
namespace hookjournal {

class FakeSandbox : public Sandbox {
 public:
  struct Diary {
    SandboxPlan plan;
    std::string tree;  // its id
    std::vector<SandboxedRun> runs;
    bool closed = false;
  };

  // Counts its runs in `ran`, too.
  FakeSandbox(const SandboxPlan& plan, std::shared_ptr<Diary> diary,
              std::atomic<std::size_t>& ran, unsigned delays)
      : tree_(*plan.tree), diary_(std::move(diary)), ran_(ran), delays_(delays) {
    for (const auto& file : plan.files) files_[file.path] = file.bytes;
  }
  ~FakeSandbox() override { diary_->closed = true; }

  ObservedRun run(const SandboxedRun& run) override {
    if (delays_ != 0)
      std::this_thread::sleep_for(std::chrono::microseconds(random_() % delays_));
    diary_->runs.push_back(run);
    ++ran_;
    ObservedRun observed{.script = run.script, .input = run.input};
    observed.result.elapsed = std::chrono::milliseconds(1);
    const auto* script = tree_.find(run.script);
    if (script == nullptr) throw Error("the tree has no " + run.script);
    std::istringstream lines(script->bytes);
    for (std::string line; std::getline(lines, line);)
      if (!obey(line, run, observed)) break;
    return observed;
  }

  Remains remains() override {
    Remains remains;
    for (const auto& [path, bytes] : written_)
      remains.files.push_back({.path = path, .after = FileState{.content = bytes}});
    return remains;
  }

  void keep(const std::string&) override {}

 private:
  static std::string word(std::string& line) {
    const auto blank = line.find(' ');
    std::string first = line.substr(0, blank);
    line.erase(0, blank == std::string::npos ? blank : blank + 1);
    return first;
  }

  bool obey(std::string line, const SandboxedRun& run, ObservedRun& observed) {
    ScriptResult& result = observed.result;
    const std::string command = word(line);
    if (command == "only")
      return word(line) != run.call.object || obey(line, run, observed);
    if (command == "print") result.out += line + "\n";
    if (command == "wail") result.err += line + "\n";
    if (command == "cat") result.out += run.input.value_or("");
    if (command == "show")
      result.out += files_.contains(line) ? files_[line] : "nothing\n";
    if (command == "break") throw Error(line);
    if (command == "explode") throw std::logic_error("explode");
    if (command == "connect")
      observed.effects.attempts.push_back({.target = line, .program = "/bin/sh"});
    if (command == "answer")
      observed.effects.commands.push_back({.program = "/usr/bin/" + line,
                                           .arguments = {line},
                                           .ending = Exited{0},
                                           .simulated = true});
    if (command == "write") {
      const std::string path = word(line);
      files_[path] = written_[path] = line;
      observed.effects.files.push_back(
          {.path = path, .after = FileState{.content = line}});
    }
    if (command == "remove") {
      files_.erase(line);
      written_.erase(line);
      observed.effects.files.push_back({.path = line, .before = FileState{}});
    }
    if (command == "exit") result.ending = Exited{std::stoi(line)};
    if (command == "refuse" && run.input.value_or("").find(line) != std::string::npos)
      result.ending = Exited{1};
    if (command == "waver" && ran_ % 2 == 1) result.ending = Exited{std::stoi(line)};
    return command != "exit" && hookjournal::succeeded(result.ending);
  }

  ScriptsTree tree_;
  std::shared_ptr<Diary> diary_;
  std::atomic<std::size_t>& ran_;
  unsigned delays_;  // microseconds at most
  std::minstd_rand random_{std::random_device{}()};
  std::map<std::string, std::string> files_, written_;
};

class FakeMaker : public SandboxMaker {
 public:
  explicit FakeMaker(unsigned delays = 0) : delays_(delays) {}

  std::unique_ptr<Sandbox> open(const SandboxPlan& plan) override {
    if (!refuses.empty()) throw Error(refuses);
    diaries.push_back(std::make_shared<FakeSandbox::Diary>());
    ++opened;
    diaries.back()->plan = plan;
    diaries.back()->tree = plan.tree->id;
    return std::make_unique<FakeSandbox>(plan, diaries.back(), ran, delays_);
  }

  // Of all sandboxes, in order of opening.
  std::vector<std::shared_ptr<FakeSandbox::Diary>> diaries;
  std::atomic<std::size_t> opened = 0, ran = 0;  // to be asked meanwhile
  std::string refuses;                           // why it opens none

 private:
  unsigned delays_;
};

}  // namespace hookjournal
