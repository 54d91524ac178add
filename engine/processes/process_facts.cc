#include "engine/processes/process_facts.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "engine/small_file.h"

namespace hookjournal {

namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

std::string folder_of(pid_t pid) { return "/proc/" + std::to_string(pid) + "/"; }

template <typename Number>
bool parse(std::string_view text, Number& value) {
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

}  // namespace

// The name in parentheses may itself contain blanks and parentheses.
std::optional<ProcessStat> process_stat(pid_t pid) {
  const auto text = read_small_file(folder_of(pid) + "stat");
  if (!text) return {};
  const auto name_end = text->rfind(')');
  if (name_end == std::string::npos) return {};
  ProcessStat stat{.pid = pid};
  std::string_view rest = std::string_view(*text).substr(name_end + 1);
  for (int field = 3; field <= 22 && !rest.empty(); ++field) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    const std::string_view word = rest.substr(0, rest.find(' '));
    if (field == 3 && !word.empty()) stat.state = word.front();
    if (field == 4) parse(word, stat.parent);
    if (field == 6) parse(word, stat.session);
    if (field == 22) parse(word, stat.start_ticks);
    rest.remove_prefix(word.size());
  }
  return stat;
}

std::vector<ProcessStat> all_process_stats() {
  std::vector<ProcessStat> processes;
  const Directory folder(::opendir("/proc"));
  if (!folder) return processes;
  while (const dirent* entry = ::readdir(folder.get())) {
    pid_t pid = 0;
    if (!parse(std::string_view(entry->d_name), pid)) continue;
    if (const auto stat = process_stat(pid)) processes.push_back(*stat);
  }
  std::ranges::sort(processes, {}, &ProcessStat::pid);
  return processes;
}

std::string process_command_line(pid_t pid) {
  std::string line = read_small_file(folder_of(pid) + "cmdline").value_or("");
  while (!line.empty() && line.back() == '\0') line.pop_back();
  std::ranges::replace(line, '\0', ' ');
  if (!line.empty()) return line;
  std::string name = read_small_file(folder_of(pid) + "comm").value_or("");
  while (!name.empty() && name.back() == '\n') name.pop_back();
  return "[" + name + "]";
}

std::string process_link(pid_t pid, const std::string& name) {
  char target[4096];
  const ssize_t length =
      ::readlink((folder_of(pid) + name).c_str(), target, sizeof target);
  return length > 0 ? std::string(target, static_cast<std::size_t>(length)) : "";
}

bool for_each_descriptor(
    pid_t pid, const std::function<void(int fd, std::string_view target)>& visit) {
  const Directory descriptors(::opendir((folder_of(pid) + "fd").c_str()));
  if (!descriptors) return false;
  while (const dirent* entry = ::readdir(descriptors.get())) {
    int fd = -1;
    char target[4096];
    if (!parse(std::string_view(entry->d_name), fd)) continue;
    const ssize_t length =
        ::readlinkat(::dirfd(descriptors.get()), entry->d_name, target, sizeof target);
    if (length > 0) visit(fd, {target, static_cast<std::size_t>(length)});
  }
  return true;
}

}  // namespace hookjournal
