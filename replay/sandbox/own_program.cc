#include "replay/sandbox/own_program.h"

#include "engine/discovery.h"
#include "engine/error.h"

namespace hookjournal {

namespace {
constexpr std::string_view kDeleted = " (deleted)";
}  // namespace

std::filesystem::path own_program(const std::string& name) {
  std::string self = std::filesystem::read_symlink("/proc/self/exe");
  // Our own file was replaced while we run (an upgrade): its successor is in that place.
  if (self.ends_with(kDeleted)) self.resize(self.size() - kDeleted.size());
  return own_program_of(std::filesystem::path(self).parent_path(), name);
}

std::filesystem::path own_program_of(const std::filesystem::path& folder,
                                     const std::string& name) {
  const auto beside = folder / name;
  // HOOKJOURNAL_LIBEXEC: "libexec", or an absolute path, which then stands for itself.
  const auto installed =
      (folder.parent_path() / HOOKJOURNAL_LIBEXEC / "hookjournal" / name)
          .lexically_normal();
  for (const auto& program : {beside, installed})
    if (is_executable_file(program)) return program;
  throw Error("cannot make a sandbox: " + name + " is neither at " + beside.string() +
              " nor at " + installed.string() + "; install hookjournal whole");
}

}  // namespace hookjournal
