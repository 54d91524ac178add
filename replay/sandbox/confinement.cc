#include "replay/sandbox/confinement.h"

#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace hookjournal {

namespace {

struct NamedCall {
  long number;
  std::string_view name;
};

// The kernel refuses them for want of a capability; they are watched so that a report can
// say that a script tried.
constexpr NamedCall kWatched[] = {
    {SYS_settimeofday, "settimeofday"},
    {SYS_clock_settime, "clock_settime"},
    {SYS_init_module, "init_module"},
    {SYS_finit_module, "finit_module"},
    {SYS_delete_module, "delete_module"},
    {SYS_reboot, "reboot"},
    {SYS_kexec_load, "kexec_load"},
#ifdef SYS_kexec_file_load
    {SYS_kexec_file_load, "kexec_file_load"},
#endif
    {SYS_swapon, "swapon"},
    {SYS_swapoff, "swapoff"},
    {SYS_mount, "mount"},
    {SYS_umount2, "umount"},
    {SYS_move_mount, "move_mount"},
    {SYS_pivot_root, "pivot_root"},
    {SYS_sethostname, "sethostname"},
    {SYS_setdomainname, "setdomainname"},
    {SYS_acct, "acct"},
    {SYS_quotactl, "quotactl"},
#ifdef SYS_iopl
    {SYS_iopl, "iopl"},
    {SYS_ioperm, "ioperm"},
#endif
};

// No capability stands before these, or one that scripts keep, or not on every host.
constexpr long kDenied[] = {
    SYS_open_by_handle_at,
    SYS_perf_event_open,
    SYS_bpf,
    SYS_userfaultfd,
    SYS_add_key,
    SYS_request_key,
    SYS_keyctl,
    SYS_fsopen,
    SYS_open_tree,
    SYS_ptrace,
    SYS_process_vm_writev,
    SYS_adjtimex,
    SYS_clock_adjtime,
    SYS_unshare,
    SYS_setns,
};

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
// The same kernel under other numbers, for programs with 32-bit pointers.
constexpr std::uint32_t kNumbersOfX32 = 0x40000000;
constexpr std::uint32_t kArchitectureOf32Bit = AUDIT_ARCH_I386;
constexpr long kCloneOf32Bit = 120, kClone3Of32Bit = 435;
constexpr long kDeniedTo32Bit[] = {
    342,  // open_by_handle_at
    336,  // perf_event_open
    357,  // bpf
    374,  // userfaultfd
    286,  // add_key
    287,  // request_key
    288,  // keyctl
    430,  // fsopen
    428,  // open_tree
    26,   // ptrace
    348,  // process_vm_writev
    124,  // adjtimex
    343,  // clock_adjtime
    405,  // clock_adjtime64
    310,  // unshare
    346,  // setns
};
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
constexpr std::uint32_t kArchitectureOf32Bit = AUDIT_ARCH_ARM;
constexpr long kCloneOf32Bit = 120, kClone3Of32Bit = 435;
constexpr long kDeniedTo32Bit[] = {
    371,  // open_by_handle_at
    364,  // perf_event_open
    386,  // bpf
    388,  // userfaultfd
    309,  // add_key
    310,  // request_key
    311,  // keyctl
    430,  // fsopen
    428,  // open_tree
    26,   // ptrace
    377,  // process_vm_writev
    124,  // adjtimex
    372,  // clock_adjtime
    405,  // clock_adjtime64
    337,  // unshare
    375,  // setns
};
#else
#error "the sandbox does not know this processor's system calls yet"
#endif

constexpr std::uint32_t kNewNamespaces = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID |
                                         CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS |
                                         CLONE_NEWCGROUP;

constexpr std::uint32_t refuse(int error) {
  return SECCOMP_RET_ERRNO | (static_cast<std::uint32_t>(error) & SECCOMP_RET_DATA);
}

void load(SystemCallFilter& program, std::size_t offset) {
  program.push_back(
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)));
}

void when_equal(SystemCallFilter& program, long value, std::uint32_t verdict) {
  program.push_back(
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(value), 0, 1));
  program.push_back(BPF_STMT(BPF_RET | BPF_K, verdict));
}

// A new user namespace would bring all capabilities back. Ends the program.
void refuse_namespaces(SystemCallFilter& program, long clone) {
  program.push_back(
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(clone), 0, 3));
  load(program, offsetof(seccomp_data, args[0]));
  program.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, kNewNamespaces, 0, 1));
  program.push_back(BPF_STMT(BPF_RET | BPF_K, refuse(EPERM)));
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
}

// 32-bit programs are not watched, but held by the same refusals.
SystemCallFilter filter_of_32_bit() {
  SystemCallFilter program;
  load(program, offsetof(seccomp_data, arch));
  // Of any third kind nothing is known.
  program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitectureOf32Bit, 1, 0));
  program.push_back(BPF_STMT(BPF_RET | BPF_K, refuse(ENOSYS)));
  load(program, offsetof(seccomp_data, nr));
  when_equal(program, kClone3Of32Bit, refuse(ENOSYS));
  for (const long number : kDeniedTo32Bit) when_equal(program, number, refuse(EPERM));
  refuse_namespaces(program, kCloneOf32Bit);
  return program;
}

SystemCallFilter filter_program() {
  const SystemCallFilter other = filter_of_32_bit();
  SystemCallFilter program;
  load(program, offsetof(seccomp_data, arch));
  program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture,
                             static_cast<unsigned char>(other.size()), 0));
  program.insert(program.end(), other.begin(), other.end());
  load(program, offsetof(seccomp_data, nr));
#if defined(__x86_64__)
  program.push_back(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, kNumbersOfX32, 0, 1));
  program.push_back(BPF_STMT(BPF_RET | BPF_K, refuse(ENOSYS)));
#endif
  when_equal(program, SYS_connect, SECCOMP_RET_TRACE);
  // Its flags are out of a filter's sight; the C library then takes clone().
  when_equal(program, SYS_clone3, refuse(ENOSYS));
  for (const long number : kDenied) when_equal(program, number, refuse(EPERM));
  for (const NamedCall& call : kWatched)
    when_equal(program, call.number, SECCOMP_RET_TRACE);
  refuse_namespaces(program, SYS_clone);
  return program;
}

// Over the sandbox's own files, processes and network namespace.
constexpr int kKept[] = {
    CAP_CHOWN,         CAP_DAC_OVERRIDE,     CAP_FOWNER,    CAP_FSETID,
    CAP_KILL,          CAP_SETGID,           CAP_SETUID,    CAP_SETPCAP,
    CAP_SETFCAP,       CAP_NET_BIND_SERVICE, CAP_NET_ADMIN, CAP_NET_RAW,
    CAP_NET_BROADCAST, CAP_IPC_LOCK,         CAP_IPC_OWNER, CAP_SYS_CHROOT,
};

bool is_kept(int capability) {
  return std::ranges::find(kKept, capability) != std::end(kKept);
}

bool limit(__rlimit_resource resource, std::uint64_t value) {
  const rlimit wanted{value, value};
  return ::setrlimit(resource, &wanted) == 0;
}

}  // namespace

const SystemCallFilter& system_call_filter() {
  static const SystemCallFilter filter = filter_program();
  return filter;
}

bool install_filter(const SystemCallFilter& filter) {
  const sock_fprog installed{static_cast<unsigned short>(filter.size()),
                             const_cast<sock_filter*>(filter.data())};
  return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &installed) == 0;
}

bool has_capabilities(std::initializer_list<int> wanted) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> ours{};
  return ::syscall(SYS_capget, &header, ours.data()) == 0 &&
         std::ranges::all_of(wanted, [&ours](int each) {
           const auto number = static_cast<unsigned>(each);
           return (ours[number / 32].effective & (1U << (number % 32))) != 0;
         });
}

bool bound_capabilities() {
  for (int capability = 0; ::prctl(PR_CAPBSET_READ, capability) >= 0; ++capability) {
    if (!is_kept(capability) && ::prctl(PR_CAPBSET_DROP, capability) != 0) return false;
  }
  return true;
}

bool drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> ours{}, sets{};
  if (::syscall(SYS_capget, &header, ours.data()) != 0) return false;
  for (const int capability : kKept) {
    const auto word = static_cast<std::size_t>(capability) / 32;
    const std::uint32_t bit = 1U << (static_cast<unsigned>(capability) % 32);
    sets[word].effective |= bit;
    sets[word].permitted |= bit;
  }
  // A container's root has only some of them.
  for (std::size_t word = 0; word < sets.size(); ++word) {
    sets[word].effective &= ours[word].permitted;
    sets[word].permitted &= ours[word].permitted;
  }
  return ::syscall(SYS_capset, &header, sets.data()) == 0;
}

bool set_limits(const SandboxLimits& limits) {
  // Without the capability, `nice` below zero goes by this limit; only root may raise it.
  constexpr std::uint64_t kAnyNiceValue = 40;
  static_cast<void>(limit(RLIMIT_NICE, kAnyNiceValue));
  // Not of address space: Java and Node reserve much more of it than they use.
  return limit(RLIMIT_DATA, limits.memory) && limit(RLIMIT_FSIZE, limits.disk) &&
         limit(RLIMIT_CORE, 0) && limit(RLIMIT_RTPRIO, 0);
}

std::string_view refused_call_name(long number) {
  const auto found = std::ranges::find(kWatched, number, &NamedCall::number);
  return found == std::end(kWatched) ? std::string_view() : found->name;
}

}  // namespace hookjournal
