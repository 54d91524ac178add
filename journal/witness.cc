#include "journal/witness.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string>
#include <string_view>

#include "engine/small_file.h"
#include "engine/unique_fd.h"

namespace hookjournal {

namespace {

// Every daemon of libvirt that may run hooks, before and after the split into modules.
constexpr std::string_view kDaemons[] = {
    "libvirtd",       "virtqemud",    "virtlxcd",      "virtxend",     "virtbhyved",
    "virtchd",        "virtvzd",      "virtvboxd",     "virtnetworkd", "virtproxyd",
    "virtinterfaced", "virtnodedevd", "virtnwfilterd", "virtsecretd",  "virtstoraged"};

constexpr int kDeepest = 64;

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\0')) text.pop_back();
  return text;
}

std::string link_target(const std::string& path) {
  char target[4096];
  const ssize_t length = ::readlink(path.c_str(), target, sizeof target);
  std::string text(target, length > 0 ? static_cast<std::size_t>(length) : 0);
  // A daemon upgraded under its feet.
  constexpr std::string_view kDeleted = " (deleted)";
  if (text.ends_with(kDeleted)) text.resize(text.size() - kDeleted.size());
  return text;
}

struct Stat {
  pid_t parent = 0;
  std::uint64_t start_ticks = 0;
};

// Fields 4 and 22; the name in parentheses may itself contain blanks and parentheses.
std::optional<Stat> stat_of(pid_t pid) {
  const auto text = read_small_file("/proc/" + std::to_string(pid) + "/stat");
  if (!text) return {};
  const auto name_end = text->rfind(')');
  if (name_end == std::string::npos) return {};
  Stat stat;
  std::string_view rest = std::string_view(*text).substr(name_end + 1);
  for (int field = 3; field <= 22 && !rest.empty(); ++field) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    const std::string_view word = rest.substr(0, rest.find(' '));
    if (field == 4) std::from_chars(word.data(), word.data() + word.size(), stat.parent);
    if (field == 22)
      std::from_chars(word.data(), word.data() + word.size(), stat.start_ticks);
    rest.remove_prefix(word.size());
  }
  return stat;
}

bool read_at(int file, void* to, std::size_t size, std::uint64_t offset) {
  return ::pread(file, to, size, static_cast<off_t>(offset)) ==
         static_cast<ssize_t>(size);
}

// The ELF note by which debuggers find a program's build; empty when there is none.
std::string build_id(int file) {
  Elf64_Ehdr header{};
  if (!read_at(file, &header, sizeof header, 0) ||
      std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
      header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_phentsize != sizeof(Elf64_Phdr))
    return {};
  for (unsigned i = 0; i < std::min<unsigned>(header.e_phnum, 64); ++i) {
    Elf64_Phdr segment{};
    if (!read_at(file, &segment, sizeof segment, header.e_phoff + i * sizeof segment))
      return {};
    if (segment.p_type != PT_NOTE || segment.p_filesz > 4096) continue;
    std::string notes(segment.p_filesz, '\0');
    if (!read_at(file, notes.data(), notes.size(), segment.p_offset)) continue;
    for (std::size_t at = 0; at + sizeof(Elf64_Nhdr) <= notes.size();) {
      Elf64_Nhdr note{};
      std::memcpy(&note, notes.data() + at, sizeof note);
      const std::size_t name = at + sizeof note;
      const std::size_t description = name + ((note.n_namesz + 3U) & ~3U);
      if (description + note.n_descsz > notes.size()) break;
      if (note.n_type == NT_GNU_BUILD_ID &&
          notes.compare(name, 4, std::string("GNU\0", 4)) == 0)
        return notes.substr(description, note.n_descsz);
      at = description + ((note.n_descsz + 3U) & ~3U);
    }
  }
  return {};
}

}  // namespace

std::optional<ProcessId> process_with(pid_t pid) {
  const auto stat = stat_of(pid);
  if (!stat) return {};
  return ProcessId{pid, stat->start_ticks};
}

pid_t parent_of(pid_t pid) {
  const auto stat = stat_of(pid);
  return stat ? stat->parent : 0;
}

Caller identify_caller(pid_t pid) {
  Caller caller;
  caller.process = process_with(pid).value_or(ProcessId{pid, 0});
  const std::string link = "/proc/" + std::to_string(pid) + "/exe";
  caller.exe = link_target(link);
  const UniqueFd file(::open(link.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return caller;
  caller.exe_inode = status.st_ino;
  caller.exe_mtime_ns =
      std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
  caller.exe_build_id = build_id(file.get());
  return caller;
}

Origin origin_of(const Caller& caller) {
  const std::string_view name =
      std::string_view(caller.exe).substr(caller.exe.rfind('/') + 1);
  return std::ranges::find(kDaemons, name) != std::end(kDaemons) ? Origin::libvirt
                                                                 : Origin::other;
}

std::string boot_id() {
  return trimmed(read_small_file("/proc/sys/kernel/random/boot_id").value_or(""));
}

std::uint64_t pid_namespace() {
  struct stat status {};
  return ::stat("/proc/self/ns/pid", &status) == 0 ? status.st_ino : 0;
}

Context gather_context(pid_t caller, const char* const* environment) {
  Context context;
  utsname system{};
  if (::uname(&system) == 0) {
    context.host_name = system.nodename;
    context.kernel = system.release;
  }
  context.machine_id = trimmed(read_small_file("/etc/machine-id").value_or(""));
  context.boot_id = boot_id();
  context.pid_namespace = pid_namespace();
  context.recorder_version = HOOKJOURNAL_VERSION;
  context.uid = ::getuid();
  context.gid = ::getgid();
  context.working_directory = link_target("/proc/self/cwd");
  for (; *environment != nullptr; ++environment)
    context.environment.emplace_back(*environment);
  context.caller = identify_caller(caller);
  return context;
}

std::optional<ProcessId> recorder_above(pid_t pid) {
  for (int depth = 0; pid > 1 && depth < kDeepest; ++depth) {
    const std::string exe = link_target("/proc/" + std::to_string(pid) + "/exe");
    if (exe.ends_with("/hookjournal-hook")) return process_with(pid);
    pid = parent_of(pid);
  }
  return {};
}

}  // namespace hookjournal
