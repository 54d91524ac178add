#include "cli/replay/report_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "engine/error.h"

namespace hookjournal {

ReportFile::ReportFile(const std::string& file, Output& output)
    : file_(file), output_(output) {
  if (file_ == "-") return;
  fd_.reset(::open(file_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!fd_) throw Error(with_errno("cannot write the report " + file_, errno));
}

void ReportFile::write(std::string_view bytes) {
  if (!fd_) return output_.text(bytes);
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw Error(with_errno("cannot write the report " + file_, errno));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace hookjournal
