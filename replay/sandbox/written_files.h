#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/unique_fd.h"

namespace hookjournal {

// The kernel's queue of news about written files. To close it takes the kernel some 10
// ms, whatever is in it: a process that starts sandboxes makes one for each that it has
// open at a time, lets the sandbox's process inherit it, and uses it again.
class WriteNews {
 public:
  // fanotify watches a whole mount, with the files of links yet to come, and is for the
  // privileged; inotify watches folders; nothing works everywhere.
  enum class Means { fanotify, inotify, nothing };

  // The best means there is, from `best` on downwards.
  explicit WriteNews(Means best = Means::fanotify);

  Means means() const { return means_; }
  int fd() const { return fd_.get(); }

 private:
  UniqueFd fd_;
  Means means_ = Means::nothing;
};

// Learns which files below a folder of /proc/sys are written, by whatever process.
class WrittenFiles {
 public:
  // `news` is used by nobody else meanwhile; what it still tells of others is dropped.
  WrittenFiles(const std::string& folder, std::shared_ptr<const WriteNews> news);

  WriteNews::Means means() const { return news_->means(); }
  // The folder, whatever becomes this process' root.
  int folder() const { return folder_.get(); }

  // Whether take() may have something to tell.
  bool any() const;
  struct Taken {
    std::set<std::string> files;  // below the folder: "ipv4/ip_forward"
    // Below these folders, which are new to inotify, and whose files may have been
    // written before they were watched.
    std::vector<std::string> unwatched;
    bool lost = false;  // there was more than this
  };
  // What was written since the last call.
  Taken take();

 private:
  bool watch();
  std::vector<std::string> watch_new_folders();
  void take_from_fanotify(Taken& taken);
  void take_from_inotify(Taken& taken);

  UniqueFd folder_;
  std::shared_ptr<const WriteNews> news_;
  std::map<int, std::string> watched_;  // inotify's number -> folder
};

// Folders below a folder, itself ("") included.
std::vector<std::string> folders_below(int folder);

}  // namespace hookjournal
