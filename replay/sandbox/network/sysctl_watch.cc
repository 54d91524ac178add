#include "replay/sandbox/network/sysctl_watch.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "engine/error.h"

namespace hookjournal {

namespace {

// The kernel's count, not a setting.
constexpr const char* kCounted = "netfilter/nf_conntrack_count";

// One line as a rule; without its end.
std::optional<std::string> read_value(int folder, const std::string& file) {
  const UniqueFd fd(::openat(folder, file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return {};
  char text[4096];
  ssize_t length = ::read(fd.get(), text, sizeof text);
  if (length < 0) return {};
  while (length > 0 && text[length - 1] == '\n') --length;
  return std::string(text, static_cast<std::size_t>(length));
}

std::vector<std::string> files_in(int above, const std::string& folder) {
  std::vector<std::string> files;
  const int fd = ::openat(above, folder.empty() ? "." : folder.c_str(),
                          O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return files;
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(fd), ::closedir);
  if (!listing) return files;
  while (const dirent* entry = ::readdir(listing.get()))
    if (entry->d_type == DT_REG)
      files.push_back((folder.empty() ? "" : folder + "/") + entry->d_name);
  return files;
}

// While it lives, this thread is in a network namespace like every other was when new:
// /proc/sys/net shows that of the thread that looks.
class FreshNamespace {
 public:
  FreshNamespace() : own_(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)) {
    entered_ = own_ && ::unshare(CLONE_NEWNET) == 0;
  }
  ~FreshNamespace() { leave(); }
  FreshNamespace(const FreshNamespace&) = delete;
  FreshNamespace& operator=(const FreshNamespace&) = delete;

  bool entered() const { return entered_; }
  bool leave() {
    if (!entered_) return true;
    entered_ = ::setns(own_.get(), CLONE_NEWNET) != 0;
    return !entered_;
  }

 private:
  UniqueFd own_;
  bool entered_ = false;
};

}  // namespace

SysctlWatch::SysctlWatch(std::shared_ptr<const WriteNews> news, const std::string& folder)
    : written_(folder, std::move(news)) {}

std::string sysctl_name(const std::string& file) {
  std::string name = "net/" + file;
  for (char& letter : name) letter = letter == '/' ? '.' : letter == '.' ? '/' : letter;
  return name;
}

void SysctlWatch::consider(const std::string& file) {
  if (file != kCounted && !files_.contains(file)) maybe_.insert(file);
}

void SysctlWatch::consider_folder(const std::string& folder) {
  for (const std::string& file : files_in(written_.folder(), folder)) consider(file);
}

void SysctlWatch::learn_initial_values() {
  std::vector<std::string> unknown;
  for (const auto* files : {&files_, &maybe_})
    for (const std::string& file : *files)
      if (!initial_.contains(file)) unknown.push_back(file);
  if (unknown.empty()) return;
  FreshNamespace fresh;
  for (const std::string& file : unknown)
    initial_[file] = fresh.entered() ? read_value(written_.folder(), file) : std::nullopt;
  if (!fresh.leave())
    throw Error(with_errno("cannot return to the sandbox's network namespace", errno));
}

// What the files of a new link begin with: a link's settings are copied from the folder
// "default"; in its neighbours' folder lo's, which nobody changes, stand for those.
std::optional<std::string> SysctlWatch::value_where_unknown(
    const std::string& file) const {
  const auto name = file.rfind('/');
  const auto link = name == std::string::npos ? name : file.rfind('/', name - 1);
  if (link == std::string::npos || file.ends_with("/mtu")) return {};
  const std::string above = file.substr(0, link + 1);
  return read_value(
      written_.folder(),
      above + (above.ends_with("/neigh/") ? "lo" : "default") + file.substr(name));
}

NetworkState SysctlWatch::changed() {
  const WrittenFiles::Taken taken = written_.take();
  for (const std::string& file : taken.files) {
    files_.insert(file);
    maybe_.erase(file);
  }
  for (const std::string& folder : taken.unwatched) consider_folder(folder);
  if (taken.lost)
    for (const std::string& folder : folders_below(written_.folder()))
      consider_folder(folder);
  learn_initial_values();

  NetworkState state;
  const auto look_at = [&](const std::string& file, bool surely_written) {
    const auto now = read_value(written_.folder(), file);
    if (!now) return false;  // gone with its link, or never readable
    const auto initial = initial_[file];
    if (initial == now) return surely_written;
    if (!initial && !surely_written) {
      const auto expected = value_where_unknown(file);
      if (!expected || expected == now) return false;
    }
    state["sysctl " + sysctl_name(file)] =
        initial ? *now + "\ninitially " + *initial : *now;
    return true;
  };
  std::erase_if(files_, [&](const auto& file) { return !look_at(file, true); });
  std::erase_if(maybe_, [&](const auto& file) { return !look_at(file, false); });
  return state;
}

}  // namespace hookjournal
