// For --no-sandbox: scripts act on this host, from a copy of their tree in a temporary
// folder, with the rights of whoever called us.
#include <stdlib.h>

#include <cerrno>
#include <filesystem>

#include "engine/error.h"
#include "engine/process_runner.h"
#include "replay/sandbox/sandbox.h"
#include "replay/sandbox/scene.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

class TreeCopy {
 public:
  explicit TreeCopy(const ScriptsTree& tree) {
    std::string folder = fs::temp_directory_path() / "hookjournal-replay.XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr)
      throw Error(with_errno("cannot make a folder for the scripts, " + folder, errno));
    folder_ = folder;
    for (const ScriptsTree::File& file : tree.files) {
      if (!file.path.starts_with('/'))
        write_tree_file(folder_ / file.path, file.mode, file.bytes);
    }
  }
  ~TreeCopy() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  TreeCopy(const TreeCopy&) = delete;

  const fs::path& folder() const { return folder_; }

 private:
  fs::path folder_;
};

class Bare : public Sandbox {
 public:
  explicit Bare(const ScriptsTree& tree) : tree_(tree) {}

  ObservedRun run(const SandboxedRun& run) override {
    ObservedRun observed{.script = run.script, .input = run.input};
    observed.result = ProcessRunner(run.environment)
                          .run(tree_.folder() / run.script, run.call, run.input);
    return observed;
  }
  Remains remains() override { return {}; }
  void keep(const std::string& directory) override {
    throw Error("cannot keep in " + directory +
                " what scripts wrote: without a sandbox nobody watched them");
  }

 private:
  TreeCopy tree_;
};

class BareMaker : public SandboxMaker {
 public:
  std::unique_ptr<Sandbox> open(const SandboxPlan& plan) override {
    return std::make_unique<Bare>(*plan.tree);
  }
};

}  // namespace

std::unique_ptr<SandboxMaker> make_bare_runner() { return std::make_unique<BareMaker>(); }

}  // namespace hookjournal
