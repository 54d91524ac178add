#include "cli/replay/kept_legs.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>

#include "engine/error.h"
#include "engine/libvirt_message.h"

namespace hookjournal {

namespace fs = std::filesystem;

namespace {

void write_file(const fs::path& file, const std::string& bytes, mode_t mode) {
  std::error_code ignored;
  fs::create_directories(file.parent_path(), ignored);
  std::ofstream stream(file, std::ios::binary);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  stream.close();
  if (!stream || ::chmod(file.c_str(), mode) != 0)
    throw Error(with_errno("cannot write " + file.string(), errno));
}

// A path that stays below the folder it is put in.
bool stays_below(const fs::path& path) {
  const fs::path normal = path.lexically_normal();
  return normal.is_relative() && !normal.empty() && *normal.begin() != "..";
}

std::string input_name(std::size_t number) { return "input-" + std::to_string(number); }

constexpr const char* kHead =
    "#!/bin/sh\n"
    "# Runs a recorded hook call again with the scripts kept beside this file.\n"
    "#   ./reproduce.sh              in a sandbox, by hookjournal\n"
    "#   ./reproduce.sh --for-real   the scripts themselves: what they do, they do to\n"
    "#                               this machine; and $0 is their path here\n"
    "set -u\n"
    "here=$(CDPATH='' cd -- \"$(dirname -- \"$0\")\" && pwd) || exit\n";

}  // namespace

// Passes everything on, and keeps what there is at its end.
class KeptLegs::Leg : public Sandbox {
 public:
  Leg(std::unique_ptr<Sandbox> sandbox, fs::path folder, KeptLegs& legs, bool candidate)
      : sandbox_(std::move(sandbox)),
        folder_(std::move(folder)),
        legs_(legs),
        candidate_(candidate) {}
  ~Leg() override {
    try {
      sandbox_->keep(folder_);
    } catch (const std::exception& error) {
      legs_.trouble_ = error.what();
    }
  }

  ObservedRun run(const SandboxedRun& run) override {
    if (candidate_) legs_.runs_.push_back(run);
    return sandbox_->run(run);
  }
  Remains remains() override { return sandbox_->remains(); }
  void keep(const std::string& directory) override { sandbox_->keep(directory); }

 private:
  std::unique_ptr<Sandbox> sandbox_;
  fs::path folder_;
  KeptLegs& legs_;
  bool candidate_;
};

KeptLegs::KeptLegs(SandboxMaker& maker, const ScriptsTree& candidate, fs::path folder)
    : maker_(maker), candidate_(candidate), folder_(std::move(folder)) {
  // What guests' definitions and scripts hold is nobody else's business.
  if (::mkdir(folder_.c_str(), 0700) == 0) return;
  const int error = errno;
  const std::string what =
      with_errno("cannot make the folder " + folder_.string(), error);
  if (error == EEXIST) throw UsageError(what + "; --keep takes the name of a new one");
  throw Error(what);
}

std::unique_ptr<Sandbox> KeptLegs::open(const SandboxPlan& plan) {
  const bool is_candidate = plan.tree == &candidate_;
  const std::string name =
      is_candidate ? "candidate" : "baseline-" + std::to_string(++baselines_);
  return std::make_unique<Leg>(maker_.open(plan), folder_ / name, *this, is_candidate);
}

void KeptLegs::write_scripts(const fs::path& to) const {
  for (const ScriptsTree::File& file : candidate_.files)
    if (stays_below(file.path)) write_file(to / file.path, file.bytes, file.mode & 0777);
}

std::string KeptLegs::run_text(std::size_t number) const {
  const SandboxedRun& run = runs_[number - 1];
  std::string text = "cd " + shell_quoted(run.working_directory) + " || exit\n" +
                     fmt::format("umask {:04o}\n", run.umask) + "env -i";
  for (const std::string& variable : run.environment)
    text += " \\\n  " + shell_quoted(variable);
  text += " \\\n  \"$here\"/scripts/" + shell_quoted(run.script);
  for (const std::string& argument : script_arguments(run.call))
    text += " " + shell_quoted(argument);
  text += " \\\n  <" + (run.input ? "\"$here\"/" + input_name(number) : "/dev/null");
  return text + "\necho " + shell_quoted(run.script + " ended with") + " $? >&2\n";
}

void KeptLegs::write_reproduction(const std::string& replay_command) const {
  if (!trouble_.empty())
    throw Error("cannot keep all of the sandboxes in " + folder_.string() + ": " +
                trouble_);
  write_scripts(folder_ / "scripts");
  std::string text =
      kHead + ("[ \"${1-}\" = --for-real ] || exec " + replay_command + "\n");
  for (std::size_t number = 1; number <= runs_.size(); ++number) {
    const auto& input = runs_[number - 1].input;
    if (input) write_file(folder_ / input_name(number), *input, 0600);
    text += run_text(number);
  }
  write_file(folder_ / "reproduce.sh", text, 0700);
}

}  // namespace hookjournal
