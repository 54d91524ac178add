#include "journal/output_so_far.h"

#include <dirent.h>
#include <sys/mman.h>
#include <unistd.h>

#include <memory>

#include "engine/small_file.h"
#include "journal/fields.h"

namespace hookjournal {

namespace {

constexpr const char* kName = "hookjournal-output";
constexpr std::size_t kLargest = 256 << 20;  // far beyond any cap of two streams

bool write_whole(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::optional<std::string> told_by(pid_t writer) {
  const std::string folder = "/proc/" + std::to_string(writer) + "/fd/";
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(folder.c_str()), &::closedir);
  if (!open) return {};
  while (const dirent* entry = ::readdir(open.get())) {
    const std::string file = folder + entry->d_name;
    char link[64];
    const ssize_t length = ::readlink(file.c_str(), link, sizeof link);
    if (length > 0 && std::string_view(link, static_cast<std::size_t>(length))
                          .starts_with(std::string("/memfd:") + kName))
      return read_small_file(file, kLargest);
  }
  return {};
}

}  // namespace

void OutputSoFar::tell(CapturedStreams streams) {
  // The end of each may be the beginning of a secret.
  streams.out.stream().truncated = streams.err.stream().truncated = true;
  redact(streams);
  FieldWriter to;
  to.bytes(1, streams.out.stream().bytes);
  to.bytes(2, streams.err.stream().bytes);
  UniqueFd fresh(::memfd_create(kName, MFD_CLOEXEC));
  // Who reads the older one meanwhile has it whole.
  if (fresh && write_whole(fresh.get(), to.body())) told_ = std::move(fresh);
}

std::optional<PrintedSoFar> output_so_far(pid_t writer) {
  const auto told = told_by(writer);
  if (!told) return {};
  PrintedSoFar printed;
  for (FieldReader field(*told); field.next();) {
    if (field.field() == 1) printed.out = field.bytes();
    if (field.field() == 2) printed.err = field.bytes();
  }
  return printed;
}

}  // namespace hookjournal
