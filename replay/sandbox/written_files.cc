#include "replay/sandbox/written_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <memory>

namespace hookjournal {

namespace {

using Means = WriteNews::Means;

std::string own_path(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

// Where an open file is, as this process sees it. Empty without /proc.
std::string path_of(int fd) {
  char path[PATH_MAX];
  const ssize_t length = ::readlink(own_path(fd).c_str(), path, sizeof path);
  return length > 0 ? std::string(path, static_cast<std::size_t>(length)) : "";
}

void add_folders(int above, const std::string& name, std::vector<std::string>& found) {
  const int fd = ::openat(above, name.empty() ? "." : name.c_str(),
                          O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(fd), ::closedir);
  if (!listing) return;
  found.push_back(name);
  while (const dirent* entry = ::readdir(listing.get())) {
    const std::string child = entry->d_name;
    if (entry->d_type == DT_DIR && child != "." && child != "..")
      add_folders(above, name.empty() ? child : name + "/" + child, found);
  }
}

}  // namespace

std::vector<std::string> folders_below(int folder) {
  std::vector<std::string> found;
  add_folders(folder, "", found);
  return found;
}

WriteNews::WriteNews(Means best) {
  if (best == Means::fanotify) {
    fd_.reset(::fanotify_init(FAN_CLASS_NOTIF | FAN_NONBLOCK | FAN_CLOEXEC,
                              O_RDONLY | O_CLOEXEC));
    if (fd_) means_ = Means::fanotify;
  }
  if (best != Means::nothing && !fd_) {
    fd_.reset(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (fd_) means_ = Means::inotify;
  }
}

WrittenFiles::WrittenFiles(const std::string& folder,
                           std::shared_ptr<const WriteNews> news)
    : folder_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
      news_(std::move(news)) {
  if (!folder_ || watch()) return;
  // A queue may be had where the mount may not be watched.
  news_ = std::make_shared<WriteNews>(Means::inotify);
  if (!watch()) news_ = std::make_shared<WriteNews>(Means::nothing);
}

bool WrittenFiles::watch() {
  switch (means()) {
    case Means::fanotify:
      if (::fanotify_mark(news_->fd(), FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_MODIFY,
                          folder_.get(), nullptr) != 0)
        return false;
      break;
    case Means::inotify:
      if (watch_new_folders().empty()) return false;
      break;
    case Means::nothing:
      break;
  }
  take();
  return true;
}

std::vector<std::string> WrittenFiles::watch_new_folders() {
  std::vector<std::string> fresh;
  for (const std::string& name : folders_below(folder_.get())) {
    // Of a folder that is watched already the number it has.
    const int number = ::inotify_add_watch(
        news_->fd(), (own_path(folder_.get()) + "/" + name).c_str(), IN_MODIFY);
    if (number >= 0 && watched_.emplace(number, name).second) fresh.push_back(name);
  }
  return fresh;
}

bool WrittenFiles::any() const {
  if (means() == Means::nothing) return static_cast<bool>(folder_);
  pollfd polled{news_->fd(), POLLIN, 0};
  return ::poll(&polled, 1, 0) > 0;
}

WrittenFiles::Taken WrittenFiles::take() {
  Taken taken;
  taken.lost = folder_ && means() == Means::nothing;
  switch (means()) {
    case Means::fanotify:
      take_from_fanotify(taken);
      break;
    case Means::inotify:
      take_from_inotify(taken);
      break;
    case Means::nothing:
      taken.lost = static_cast<bool>(folder_);
  }
  return taken;
}

void WrittenFiles::take_from_fanotify(Taken& taken) {
  const std::string folder = path_of(folder_.get()) + "/";
  alignas(fanotify_event_metadata) char buffer[4096];
  // A file that only takes writes cannot be opened for us: its event is an error. It has
  // no value to read anyway.
  for (int errors = 0; errors < 1000;) {
    const ssize_t count = ::read(news_->fd(), buffer, sizeof buffer);
    if (count <= 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (count <= 0) ++errors;
    ssize_t left = count;
    for (auto* event = reinterpret_cast<fanotify_event_metadata*>(buffer);
         FAN_EVENT_OK(event, left); event = FAN_EVENT_NEXT(event, left)) {
      if (event->mask & FAN_Q_OVERFLOW) taken.lost = true;
      if (event->fd < 0) continue;
      const UniqueFd file(event->fd);
      const std::string path = path_of(file.get());
      if (path.starts_with(folder)) taken.files.insert(path.substr(folder.size()));
      if (path.empty()) taken.lost = true;
    }
  }
}

void WrittenFiles::take_from_inotify(Taken& taken) {
  alignas(inotify_event) char buffer[4096];
  for (;;) {
    const ssize_t count = ::read(news_->fd(), buffer, sizeof buffer);
    if (count <= 0 && errno != EINTR) break;
    for (ssize_t at = 0; at < count;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer + at);
      at += static_cast<ssize_t>(sizeof *event + event->len);
      if (event->mask & IN_Q_OVERFLOW) taken.lost = true;
      const auto folder = watched_.find(event->wd);
      if (folder == watched_.end()) continue;
      if (event->mask & IN_IGNORED)
        watched_.erase(folder);
      else if (event->len > 0)
        taken.files.insert((folder->second.empty() ? "" : folder->second + "/") +
                           event->name);
    }
  }
  taken.unwatched = watch_new_folders();
}

}  // namespace hookjournal
