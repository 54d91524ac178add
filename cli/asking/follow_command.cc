#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include "cli/asking/call_columns.h"
#include "cli/asking/host_calls.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/journal_option.h"
#include "cli/output.h"
#include "cli/selection_options.h"
#include "cli/time_text.h"
#include "engine/error.h"
#include "engine/unique_fd.h"
#include "journal/asking/call_json.h"
#include "journal/asking/following.h"
#include "journal/asking/journal_news.h"

namespace hookjournal {

namespace {

constexpr const char* kExample =
    "Calls are told as they are recorded, by whichever process, until Ctrl-C. A call is\n"
    "told when it has ended; one that still runs after a second (--running-after) is "
    "told\n"
    "as running first. --last shows the newest calls that are there already. A journal\n"
    "that is replaced, pruned or compacted meanwhile is followed on. In the journal "
    "that\n"
    "`install` made, calls of `run` and `simulate` are left out unless --origin names\n"
    "them.\n"
    "\n"
    "example: watch in one terminal what a guest's start does in another\n"
    "  hookjournal follow --object win11\n";

constexpr std::int64_t kMillisecondNs = 1'000'000;
// Where no watch is to be had, and where there is one (a journal on a file system that
// another host writes makes no events here).
constexpr std::int64_t kPollNs = 1000 * kMillisecondNs,
                       kWatchedNs = 10'000 * kMillisecondNs;
// Many hooks at once are one look.
constexpr int kPauseMs = 30;

// SIGINT and SIGTERM as something to wait for, while this lives.
class EndSignals {
 public:
  EndSignals() {
    sigset_t ends;
    ::sigemptyset(&ends);
    ::sigaddset(&ends, SIGINT);
    ::sigaddset(&ends, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &ends, &before_);
    fd_.reset(::signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd_) throw Error(with_errno("cannot wait for signals", errno));
  }
  ~EndSignals() {
    signalfd_siginfo taken;
    while (::read(fd_.get(), &taken, sizeof taken) > 0) continue;
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  EndSignals(const EndSignals&) = delete;
  EndSignals& operator=(const EndSignals&) = delete;
  int fd() const { return fd_.get(); }

 private:
  sigset_t before_{};
  UniqueFd fd_;
};

// Rows come one by one, so columns are as wide as what is usual in them.
std::vector<Table::Column> wide_headings(const CallColumns& columns,
                                         std::int64_t now_ns) {
  constexpr std::pair<std::string_view, std::size_t> kWidths[] = {
      {"id", 6},         {"at", 19},     {"driver", 7},       {"object", 16},
      {"operation", 18}, {"outcome", 9}, {"consequence", 15}, {"elapsed_ns", 6}};
  std::vector<Table::Column> headings = headings_of(columns, now_ns);
  for (std::size_t i = 0; i < columns.size(); ++i)
    for (const auto& [name, width] : kWidths)
      if (name == columns[i]->name && headings[i].heading.size() < width)
        headings[i].heading.resize(width, ' ');
  return headings;
}

// Writes calls at once.
class FollowedCalls {
 public:
  FollowedCalls(Output& output, bool json)
      : output_(output),
        json_(json),
        table_(output, wide_headings(columns_, now().wall_ns)) {}

  void write(const CallRecord& call) {
    if (json_)
      output_.bytes(call_to_json(call) + "\n");
    else
      table_.add(row_of(columns_, call, now().wall_ns));
  }
  void flush() {
    table_.finish();
    output_.finish();
  }

 private:
  Output& output_;
  bool json_;
  CallColumns columns_ = usual_call_columns();
  Table table_;
};

enum class Woken { to_look, to_end };

Woken wait_for_news(JournalNews& news, const EndSignals& ends,
                    std::optional<std::int64_t> due_ns) {
  const std::int64_t now_ns = now().wall_ns;
  std::int64_t most_ns = news.fd() >= 0 ? kWatchedNs : kPollNs;
  if (due_ns) most_ns = std::clamp<std::int64_t>(*due_ns - now_ns, 0, most_ns);
  // The reader of a pipe that leaves is seen even when there is nothing to write.
  std::array<pollfd, 3> fds{pollfd{ends.fd(), POLLIN, 0}, pollfd{STDOUT_FILENO, 0, 0},
                            pollfd{news.fd(), POLLIN, 0}};
  const int ready =
      ::poll(fds.data(), fds.size(), static_cast<int>(most_ns / kMillisecondNs) + 1);
  if (fds[0].revents != 0 || (fds[1].revents & POLLERR) != 0) return Woken::to_end;
  if (ready > 0 && fds[2].revents != 0 && news.take()) {
    // What is written within a moment is one piece of news.
    ::poll(fds.data(), 1, kPauseMs);
    news.take();
  }
  return Woken::to_look;
}

void follow(Following& following, JournalNews& news, bool json, Output& output) {
  const EndSignals ends;
  FollowedCalls calls(output, json);
  const auto write = [&calls](const CallRecord& call) { calls.write(call); };
  following.tell_last(write);
  int replaced = 0;
  do {
    following.look(now().wall_ns, write);
    calls.flush();
    if (following.replaced() != replaced)
      std::fputs("hookjournal: the journal was replaced; the new one is followed\n",
                 stderr);
    replaced = following.replaced();
  } while (wait_for_news(news, ends, following.due_ns()) == Woken::to_look);
}

std::int64_t running_after(const std::string& text) {
  const auto ns = parse_duration(text);
  if (!ns)
    throw UsageError("--running-after '" + visible(text) +
                     "': it is no duration; durations are written 500ms, 2s");
  return *ns;
}

}  // namespace

int run_follow(int argc, char** argv) {
  CommandLine line("Tell of hook calls as they are recorded.", kExample);
  std::string after = "1s";
  line.add_option("--running-after", after,
                  "Tell of a call that still runs after this time; 0ms: at once.\n"
                  "Default: " +
                      after)
      .takes("DURATION");
  SelectionOptions options(line);
  JournalOption journal_option(line);
  bool json = false;
  line.add_flag("--json", json, "One object a line, as `log --json`");
  if (const auto status = line.parse(argc, argv)) return *status;

  const Selection selection =
      host_calls(options.selection(now().wall_ns), journal_option);
  const std::int64_t after_ns = running_after(after);
  const std::filesystem::path file = journal_option.file();
  // The watch first: what is written while the journal is opened is news.
  JournalNews news(file);
  Following following(file, selection, after_ns);
  write_output(Output::Paging::never,
               [&](Output& output) { follow(following, news, json, output); });
  return 0;
}

}  // namespace hookjournal
