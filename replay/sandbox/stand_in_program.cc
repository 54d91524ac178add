#include "replay/sandbox/stand_in_program.h"

#include "engine/discovery.h"
#include "engine/error.h"

namespace hookjournal {

namespace {
constexpr const char* kName = "hookjournal-stand-in";
constexpr std::string_view kDeleted = " (deleted)";
}  // namespace

std::filesystem::path stand_in_program() {
  std::string self = std::filesystem::read_symlink("/proc/self/exe");
  // Our own file was replaced while we run (an upgrade): its successor is in that place.
  if (self.ends_with(kDeleted)) self.resize(self.size() - kDeleted.size());
  return stand_in_program_of(std::filesystem::path(self).parent_path());
}

std::filesystem::path stand_in_program_of(const std::filesystem::path& folder) {
  const auto beside = folder / kName;
  // HOOKJOURNAL_LIBEXEC: "libexec", or an absolute path, which then stands for itself.
  const auto installed =
      (folder.parent_path() / HOOKJOURNAL_LIBEXEC / "hookjournal" / kName)
          .lexically_normal();
  for (const auto& program : {beside, installed})
    if (is_executable_file(program)) return program;
  throw Error("cannot replace commands in the sandbox: " + std::string(kName) +
              " is neither at " + beside.string() + " nor at " + installed.string() +
              "; install hookjournal whole");
}

}  // namespace hookjournal
