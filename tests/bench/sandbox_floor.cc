// The least that a sandbox could cost: namespaces, an overlay over the file system on
// memory, exec. Nothing is observed, protected or checked.
//
// usage: sandbox_floor TIMES INPUT SCRIPT [ARGUMENT...]: runs the script that many times
// with the file INPUT as its input and prints what each took, in nanoseconds.
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

namespace {

constexpr const char* kFolder = "/mnt";  // covered in the sandbox' namespace only

long long now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

[[noreturn]] void die(const char* what) {
  perror(what);
  _exit(3);
}

void demand(bool done, const char* what) {
  if (!done) die(what);
}

void enter_overlay() {
  demand(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "private");
  demand(mount("tmpfs", kFolder, "tmpfs", 0, "mode=0755") == 0, "tmpfs");
  demand(chdir(kFolder) == 0, kFolder);
  demand(
      mkdir("upper", 0755) == 0 && mkdir("work", 0755) == 0 && mkdir("root", 0755) == 0,
      "mkdir");
  demand(mount("overlay", "root", "overlay", 0,
               "lowerdir=/,upperdir=upper,workdir=work") == 0,
         "overlay");
  demand(chdir("root") == 0 && syscall(SYS_pivot_root, ".", ".") == 0 &&
             umount2(".", MNT_DETACH) == 0 && chdir("/") == 0,
         "pivot_root");
}

// Runs to the end of its output and its own, as libvirt does.
long long run(const char* input, size_t size, char** argv) {
  const long long began = now();
  int in[2], out[2];
  demand(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0, "pipe");
  constexpr unsigned long kNamespaces =
      CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
  const long child =
      syscall(SYS_clone, kNamespaces | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
  demand(child >= 0, "clone");
  if (child == 0) {
    dup2(in[0], 0);
    dup2(out[1], 1);
    dup2(out[1], 2);
    enter_overlay();
    execv(argv[0], argv);
    die(argv[0]);
  }
  close(in[0]);
  close(out[1]);
  // Fits into the pipe. A script that does not read it may be gone.
  static_cast<void>(!write(in[1], input, size));
  close(in[1]);
  char buffer[4096];
  while (read(out[0], buffer, sizeof buffer) > 0) continue;
  int status = 0;
  waitpid(static_cast<pid_t>(child), &status, 0);
  demand(status == 0, "the script failed");
  close(out[0]);
  return now() - began;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  signal(SIGPIPE, SIG_IGN);
  static char input[60'000];
  const int file = open(argv[2], O_RDONLY | O_CLOEXEC);
  const ssize_t size = read(file, input, sizeof input);
  demand(size >= 0, argv[2]);
  for (int left = atoi(argv[1]); left > 0; --left)
    printf("%lld\n", run(input, static_cast<size_t>(size), argv + 3));
  return 0;
}
