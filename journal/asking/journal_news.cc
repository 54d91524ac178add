#include "journal/asking/journal_news.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <cstring>
#include <string_view>
#include <system_error>

namespace hookjournal {

JournalNews::JournalNews(const std::filesystem::path& file) {
  std::error_code failure;
  std::filesystem::path real = std::filesystem::canonical(file, failure);
  if (failure) real = file;
  name_ = real.filename().string();
  fd_.reset(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  const std::string folder =
      real.has_parent_path() ? real.parent_path().string() : std::string(".");
  // Reading through shared memory is none of these: looking is no news.
  constexpr std::uint32_t kChanges =
      IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR;
  if (fd_ && ::inotify_add_watch(fd_.get(), folder.c_str(), kChanges) < 0) fd_.reset();
}

bool JournalNews::take() {
  if (!fd_) return true;
  alignas(inotify_event) char buffer[4096];
  bool ours = false;
  for (;;) {
    const ssize_t got = ::read(fd_.get(), buffer, sizeof buffer);
    if (got <= 0) return ours;
    for (ssize_t at = 0; at < got;) {
      inotify_event event{};
      std::memcpy(&event, buffer + at, sizeof event);
      const char* name = buffer + at + sizeof event;
      if ((event.mask & IN_IGNORED) != 0) {
        fd_.reset();
        return true;
      }
      if ((event.mask & IN_Q_OVERFLOW) != 0 ||
          (event.len > 0 && std::string_view(name).starts_with(name_)))
        ours = true;
      at += static_cast<ssize_t>(sizeof event + event.len);
    }
  }
}

}  // namespace hookjournal
