#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "engine/error.h"
#include "engine/sha256.h"
#include "replay/sandbox/own_program.h"
#include "replay/sandbox/sandbox_init.h"
#include "replay/sandbox/sandbox_keeper.h"
#include "replay/sandbox/settings_codec.h"

namespace hookjournal {

namespace {

// Of the latest trees a keeper has been told, by use: far more than are in use at a time.
constexpr std::size_t kMostTrees = 16;

// Throws what the other side failed with.
std::string answer_of(Channel& channel, const char* of) {
  auto answer = channel.receive();
  if (!answer || answer->bytes.empty())
    throw Error(std::string(of) +
                " ended without an answer; was it killed, or is memory "
                "short?");
  if (answer->bytes.front() == kFailed) throw Error(answer->bytes.substr(1));
  return answer->bytes.substr(1);
}

class NamespaceSandbox : public Sandbox {
 public:
  explicit NamespaceSandbox(Channel channel) : channel_(std::move(channel)) {}

  ObservedRun run(const SandboxedRun& run) override {
    channel_.send(static_cast<char>(kRun) + encode(run));
    ObservedRun observed = decode_observed(answer_of(channel_, "a sandbox"));
    observed.input = run.input;
    return observed;
  }

  Remains remains() override {
    channel_.send(std::string(1, kRemains));
    return decode_remains(answer_of(channel_, "a sandbox"));
  }

  void keep(const std::string& directory) override;

 private:
  Channel channel_;
};

namespace fs = std::filesystem;

// What was written, as far as its content was kept; lists of what was not, and of what
// was removed.
void NamespaceSandbox::keep(const std::string& directory) {
  std::string removed, not_kept;
  for (const FileChange& change : remains().files) {
    if (!change.after) {
      removed += change.path + "\n";
      continue;
    }
    if (!change.after->content_kept) {
      not_kept += change.path + " (" + std::to_string(change.after->size) + " bytes)\n";
      continue;
    }
    if (std::string_view("dlf").find(change.after->type) == std::string_view::npos) {
      not_kept += change.path + " (a pipe, socket or device)\n";
      continue;
    }
    const fs::path target = directory + "/files" + change.path;
    std::error_code failed;
    fs::create_directories(change.after->type == 'd' ? target : target.parent_path(),
                           failed);
    if (change.after->type == 'l')
      fs::create_symlink(change.after->content, target, failed);
    if (change.after->type == 'f')
      write_tree_file(target, change.after->mode | 0200, change.after->content);
    if (failed) throw Error("cannot keep " + target.string() + ": " + failed.message());
  }
  fs::create_directories(directory);
  if (!removed.empty()) write_tree_file(directory + "/removed", 0644, removed);
  if (!not_kept.empty()) write_tree_file(directory + "/not-kept", 0644, not_kept);
}

// By their folder or by the programs that use it.
bool names_control_groups(const ScriptsTree& tree) {
  return std::ranges::any_of(tree.files, [](const ScriptsTree::File& file) {
    return std::ranges::any_of(
        std::array{"cgroup", "cpuset", "cset", "cgset", "cgexec", "cgcreate"},
        [&file](const char* word) { return file.bytes.find(word) != std::string::npos; });
  });
}

pid_t start_keeper(std::string program, int socket) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, socket, kKeeperSocket);
  std::string version = HOOKJOURNAL_VERSION;
  char* argv[] = {program.data(), version.data(), nullptr};
  pid_t pid = -1;
  const int failure =
      ::posix_spawn(&pid, program.c_str(), &actions, nullptr, argv, environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) throw Error(with_errno("cannot start " + program, failure));
  return pid;
}

class NamespaceMaker : public SandboxMaker {
 public:
  explicit NamespaceMaker(const SandboxSettings& settings)
      : settings_(settings), keeper_(UniqueFd()) {
    if (settings_.sandbox_program.empty())
      settings_.sandbox_program = own_program(kSandboxProgram);
    auto [ours, theirs] = Channel::pair();
    pid_ = start_keeper(settings_.sandbox_program, theirs.fd());
    theirs.close();
    keeper_ = std::move(ours);
    keeper_.send(encode(settings_));
    try {
      answer_of(keeper_, "the keeper of sandboxes");
    } catch (...) {
      end();
      throw;
    }
  }
  ~NamespaceMaker() override { end(); }
  NamespaceMaker(const NamespaceMaker&) = delete;

  std::unique_ptr<Sandbox> open(const SandboxPlan& plan) override {
    SceneRequest request{.scene = {.hooks_dir = plan.hooks_dir,
                                   .tree = lay_ready(*plan.tree),
                                   .files = plan.files,
                                   .control_groups = names_control_groups(*plan.tree),
                                   .disk = settings_.limits.disk},
                         .bridges = plan.bridges,
                         .taps = plan.taps,
                         .host_name = plan.host_name,
                         .last_pid = plan.last_pid};
    for (const ScriptsTree::File& file : plan.tree->files)
      if (file.path.starts_with('/')) request.scene.files.push_back(file);
    auto [ours, theirs] = Channel::pair();
    keeper_.send(static_cast<char>(kOpen) + encode(request), theirs.fd());
    theirs.close();
    answer_of(ours, "a sandbox that was being built");
    return std::make_unique<NamespaceSandbox>(std::move(ours));
  }

 private:
  // The keeper's name for this tree, which it has from now on.
  std::string lay_ready(const ScriptsTree& tree) {
    std::string name = to_hex(sha256(tree.id));
    if (const auto known = std::ranges::find(trees_, name); known != trees_.end()) {
      trees_.erase(known);
      trees_.push_back(name);
      return name;
    }
    if (trees_.size() == kMostTrees) {
      keeper_.send(static_cast<char>(kDropTree) + trees_.front());
      trees_.pop_front();
    }
    std::vector<ScriptsTree::File> files;
    for (const ScriptsTree::File& file : tree.files)
      if (!file.path.starts_with('/')) files.push_back(file);
    keeper_.send(static_cast<char>(kAddTree) + name + encode(files));
    trees_.push_back(name);
    return name;
  }

  void end() {
    keeper_.close();
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
  }

  SandboxSettings settings_;
  Channel keeper_;
  pid_t pid_ = -1;
  std::deque<std::string> trees_;
};

}  // namespace

std::unique_ptr<SandboxMaker> make_sandbox_maker(const SandboxSettings& settings) {
  return std::make_unique<NamespaceMaker>(settings);
}

}  // namespace hookjournal
