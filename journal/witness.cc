#include "journal/witness.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <string_view>

#include "engine/processes/process_facts.h"
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

// Of this process, which has one thread: it can only be read by setting it.
mode_t own_umask() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return mask;
}

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\0')) text.pop_back();
  return text;
}

std::string link_target(pid_t pid, const std::string& name) {
  std::string text = process_link(pid, name);
  // A daemon upgraded under its feet.
  constexpr std::string_view kDeleted = " (deleted)";
  if (text.ends_with(kDeleted)) text.resize(text.size() - kDeleted.size());
  return text;
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
  const auto stat = process_stat(pid);
  if (!stat) return {};
  return ProcessId{pid, stat->start_ticks};
}

pid_t parent_of(pid_t pid) {
  const auto stat = process_stat(pid);
  return stat ? stat->parent : 0;
}

Caller identify_caller(pid_t pid) {
  Caller caller;
  caller.process = process_with(pid).value_or(ProcessId{pid, 0});
  const std::string link = "/proc/" + std::to_string(pid) + "/exe";
  caller.exe = link_target(pid, "exe");
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
  context.umask = own_umask();
  context.working_directory = link_target(::getpid(), "cwd");
  for (; *environment != nullptr; ++environment)
    context.environment.emplace_back(*environment);
  context.caller = identify_caller(caller);
  return context;
}

std::optional<ProcessId> recorder_above(pid_t pid) {
  for (int depth = 0; pid > 1 && depth < kDeepest; ++depth) {
    const std::string exe = link_target(pid, "exe");
    if (exe.ends_with("/hookjournal-hook")) return process_with(pid);
    pid = parent_of(pid);
  }
  return {};
}

}  // namespace hookjournal
