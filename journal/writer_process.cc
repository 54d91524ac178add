#include "journal/writer_process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <malloc.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <thread>

#include "engine/config.h"
#include "engine/discovery.h"
#include "journal/capture.h"
#include "journal/facts_codec.h"
#include "journal/intake.h"
#include "journal/journal_room.h"
#include "journal/journal_writer.h"
#include "journal/keeping/call_line.h"
#include "journal/output_so_far.h"
#include "journal/spool.h"
#include "journal/syslog_line.h"
#include "journal/unfinished_runs.h"
#include "journal/witness.h"
#include "journal/writer_link.h"

namespace hookjournal {

namespace {

using std::chrono::milliseconds;

// libvirt hands over its XML at once; a script that is slow to be fed must not keep its
// own start out of the journal.
constexpr milliseconds kInputPatience{20};
// Another process's lock. Longer than the answering side waits: then the run still comes
// into the journal, only later.
constexpr milliseconds kLockPatience{10'000};
// A stuck writer must not pile up behind a dead disk.
constexpr unsigned kLifetimeAfterEnd = 60;  // seconds
constexpr milliseconds kOuterRunPatience{100};
constexpr std::size_t kIntakeAtOnce = 64;
// How old what `running` tells of a script's output may be. Most scripts end sooner.
constexpr milliseconds kOutputAge{1'000};

// The moment after fork: this process has copies of all the answering one holds.
void let_go_of_everything(int keep) {
  ::close(0);
  ::close(1);
  ::close(2);
  if (keep > 3) ::syscall(SYS_close_range, 3U, static_cast<unsigned>(keep - 1), 0);
  ::syscall(SYS_close_range, static_cast<unsigned>(keep + 1), ~0U, 0);
  for (int fd = 0; fd < 3; ++fd) ::open("/dev/null", O_RDWR);
  // Out of reach of a ctrl-C and of signals to libvirt's process group.
  ::setsid();
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGPIPE})
    std::signal(number, SIG_IGN);
}

// One short life: what is given back to the system would only be asked for again.
void keep_memory() {
  ::mallopt(M_TRIM_THRESHOLD, 64 << 20);
  ::mallopt(M_TOP_PAD, 512 << 10);
}

// An error that libvirt meets there, too: none of our own process's.
std::error_code of_the_directory(std::error_code error) {
  const bool ours = error.value() == EMFILE || error.value() == ENFILE ||
                    error.value() == ENOMEM || error.value() == EINTR;
  return ours ? std::error_code() : error;
}

class Writer {
 public:
  Writer(UniqueFd socket, const RunStarted& run, bool has_input)
      : link_(std::move(socket)),
        run_(run),
        config_(load_config(run.context.hooks_dir)),
        streams_(config_.stream_cap) {
    streams_.has_input = has_input;
  }

  void write_run();
  void tidy_up();

 private:
  void describe_run();
  void find_outer_run();
  ScannedTree scan_tree();
  void take_messages(std::optional<milliseconds> patience, bool until_input);
  void wait_for_end();
  void take(const MessageReceiver::Received& message);
  std::optional<KeptStream> input_so_far();
  std::optional<KeptStream> late_input();
  void complete_end();
  void write_into_journal();
  void add_unreadable_directory();
  void note_volatile_files();
  void tell_syslog();
  void keep_elsewhere(const std::string& why);

  MessageReceiver link_;
  RunStarted run_;
  Config config_;
  CapturedStreams streams_;
  std::optional<JournalWriter> journal_;
  bool input_written_ = false;
  TreeListing listing_;
  std::optional<RunEnded> end_;
  bool died_ = false;
  std::string gave_up_;  // why, when it was no death
  std::error_code bad_directory_;
};

void Writer::describe_run() {
  const std::string hooks_dir = run_.context.hooks_dir;
  run_.context = gather_context(run_.context.caller.process.pid, environ);
  run_.context.hooks_dir = hooks_dir;
  run_.origin = origin_of(run_.context.caller);
  if (const auto recorder = process_with(::getppid());
      recorder && recorder->pid == run_.recorder.pid)
    run_.recorder = *recorder;
  run_.writer = process_with(::getpid()).value_or(ProcessId{});
  const std::string driver = place_of(hooks_dir + "/" + run_.script).driver;
  Discovery found = discover(hooks_dir, driver);
  run_.planned = std::move(found.scripts);
  bad_directory_ = of_the_directory(found.bad_directory);
  if (bad_directory_) run_.planned.push_back(driver + ".d");
}

// The main script is all that libvirt ran, and yet it fails the call. What is wrong
// stands in the journal as a run of its own, the last one, as engine and replay have it.
void Writer::add_unreadable_directory() {
  if (!bad_directory_ || !end_ || !run_.within.empty()) return;
  RunStarted directory = run_;
  directory.at = end_->at;
  directory.uuid = new_uuid(directory.at.wall_ns);
  directory.script = run_.planned.back();
  RunEnded failure;
  failure.at = end_->at;
  failure.ending = NotStarted{bad_directory_.value()};
  journal_->whole(directory, {}, {}, failure);
}

// A script that a recorded one started belongs to it. The outer run's start may be on its
// way into the journal just now.
void Writer::find_outer_run() {
  if (run_.origin == Origin::libvirt) return;
  const auto outer = recorder_above(run_.context.caller.process.pid);
  if (!outer) return;
  const auto until = std::chrono::steady_clock::now() + kOuterRunPatience;
  do {
    for (const auto& [id, call, running] :
         unfinished_runs(journal_->database(), journal_->blobs()))
      if (running.recorder == *outer && running.context.boot_id == run_.context.boot_id) {
        run_.within = running.uuid;
        return;
      }
    std::this_thread::sleep_for(milliseconds(3));
  } while (std::chrono::steady_clock::now() < until);
}

ScannedTree Writer::scan_tree() {
  listing_ = list_tree(run_.context.hooks_dir, config_.watch);
  return journal_->trees().scan(listing_, run_.context.hooks_dir, run_.at.wall_ns);
}

void Writer::take(const MessageReceiver::Received& message) {
  switch (message.kind) {
    case Message::input:
      streams_.in.add(message.payload);
      break;
    case Message::secret:
      streams_.further_secrets.push_back(message.payload);
      break;
    case Message::input_end:
      streams_.input_complete = true;
      streams_.in.passed_in_all(std::stoull(message.payload));
      break;
    case Message::out:
      streams_.out.add(message.payload);
      break;
    case Message::err:
      streams_.err.add(message.payload);
      break;
    case Message::gave_up:
      gave_up_ = message.payload;
      break;
    case Message::ended: {
      DecodedEnd end = decode_end(message.payload, 0);
      end.facts.at.wall_ns = run_.at.wall_ns + end.facts.elapsed_ns;
      const auto finish = [](Capture& capture, const KeptStream& told) {
        capture.passed_in_all(told.length);
        if (told.truncated) capture.stream().truncated = true;
      };
      finish(streams_.out, end.facts.out);
      finish(streams_.err, end.facts.err);
      if (end.input) finish(streams_.in, *end.input);
      end_ = std::move(end.facts);
      break;
    }
  }
}

void Writer::take_messages(std::optional<milliseconds> patience, bool until_input) {
  while (!end_ && !(until_input && streams_.input_complete)) {
    const auto message = link_.receive(patience);
    if (message) {
      take(*message);
      continue;
    }
    died_ = link_.closed();
    return;
  }
}

void Writer::wait_for_end() {
  using Clock = std::chrono::steady_clock;
  OutputSoFar output;
  auto next = Clock::now() + kOutputAge;
  bool untold = streams_.out.stream().length + streams_.err.stream().length > 0;
  while (!end_ && !died_) {
    std::optional<milliseconds> patience;
    if (untold)
      patience =
          std::max(milliseconds(0), std::chrono::ceil<milliseconds>(next - Clock::now()));
    if (const auto message = link_.receive(patience)) {
      take(*message);
      untold = untold || message->kind == Message::out || message->kind == Message::err;
    } else {
      died_ = link_.closed();
    }
    if (!untold || Clock::now() < next) continue;
    output.tell(streams_);
    untold = false;
    next = Clock::now() + kOutputAge;
  }
}

// What is kept of the input now, if it is complete.
std::optional<KeptStream> Writer::input_so_far() {
  if (!streams_.has_input) return {};
  take_messages(kInputPatience, true);
  input_written_ = streams_.input_complete || end_ || died_;
  if (!input_written_) return {};
  CapturedStreams copy = streams_;
  if (!streams_.input_complete) copy.in.stream().truncated = true;
  redact(copy);
  return copy.in.stream();
}

// With the end, when it was not complete before. Redacted by complete_end().
std::optional<KeptStream> Writer::late_input() {
  if (!streams_.has_input || input_written_) return {};
  return streams_.in.stream();
}

void Writer::complete_end() {
  redact(streams_);
  end_->out = streams_.out.stream();
  end_->err = streams_.err.stream();
}

// The run into the journal: its start while the script runs, or all at once when it has
// ended before we were ready.
void Writer::write_into_journal() {
  const ScannedTree tree = scan_tree();
  const std::optional<KeptStream> input = input_so_far();
  take_messages(milliseconds(0), false);
  if (end_) {
    complete_end();
    journal_->whole(run_, input ? input : late_input(), tree, *end_);
  } else {
    const std::int64_t id = journal_->start(run_, input, tree);
    wait_for_end();
    ::alarm(kLifetimeAfterEnd);
    if (end_) {
      complete_end();
      journal_->end(id, *end_, late_input());
    } else {
      journal_->died({now(), id,
                      gave_up_.empty()
                          ? "the process that answered was killed"
                          : "the recorder left the script to itself: " + gave_up_});
    }
  }
  add_unreadable_directory();
  journal_->make_durable();
}

// What changed in the scripts tree while the script ran, besides scripts: their own
// state, which is no part of what a version means.
void Writer::note_volatile_files() {
  const auto changed =
      changed_state_files(listing_, list_tree(run_.context.hooks_dir, config_.watch));
  if (!changed.empty())
    journal_->trees().note_volatile(run_.context.hooks_dir, changed, run_.at.wall_ns);
}

void Writer::write_run() {
  std::string trouble;
  try {
    if (const auto full = no_room(config_.journal, config_.journal_cap)) {
      note_lost(config_.spool, run_, *full);
      link_.acknowledge(Ack::counted);
      return;
    }
    journal_.emplace(config_.journal, kLockPatience);
    describe_run();
    find_outer_run();
    write_into_journal();
    if (end_) link_.acknowledge(Ack::durable);
    return;
  } catch (const std::exception& error) {
    trouble = error.what();
  }
  keep_elsewhere(trouble);
}

// The journal refuses: the spool beside it takes the run, if the folder is there at all.
void Writer::keep_elsewhere(const std::string& why) {
  journal_.reset();
  try {
    if (run_.context.boot_id.empty()) describe_run();
    wait_for_end();
    ::alarm(kLifetimeAfterEnd);
    redact(streams_);
    SpooledRun spooled{run_, {}, end_};
    spooled.start.spooled = true;
    if (streams_.has_input) spooled.input = streams_.in.stream();
    if (spooled.end) {
      spooled.end->spooled = true;
      spooled.end->out = streams_.out.stream();
      spooled.end->err = streams_.err.stream();
    }
    spool_run(spool_beside(config_.journal), spooled, true);
    link_.acknowledge(Ack::spooled);
  } catch (const std::exception& error) {
    link_.acknowledge(Ack::refused);
    if (!end_) note_lost(config_.spool, run_, why + "; " + error.what());
  }
}

// One line a call, by the last of its scripts.
void Writer::tell_syslog() {
  if (config_.anchor_syslog != "calls" || !run_.within.empty()) return;
  if (!bad_directory_ && !run_.planned.empty() && run_.planned.back() != run_.script)
    return;
  if (const auto line = call_line(*journal_, run_.uuid))
    to_syslog("hookjournal", LOG_NOTICE, *line);
}

// libvirt has gone on. What is done here is what keeps the next hook fast, and what was
// left behind by those that died.
void Writer::tidy_up() {
  if (!journal_) return;
  try {
    tell_syslog();
    note_volatile_files();
    // A writer knows more of a run than who answers; of two copies the first counts.
    take_in(*journal_, spool_beside(config_.journal), kIntakeAtOnce);
    take_in(*journal_, config_.spool, kIntakeAtOnce);
    note_dead_recorders(*journal_);
    journal_->checkpoint_if_long();
  } catch (const std::exception&) {
    // The next hook or `maintain` does it.
  }
}

}  // namespace

void run_writer(UniqueFd socket, const RunStarted& run, bool has_input) {
  let_go_of_everything(socket.get());
  keep_memory();
  try {
    const char hello = static_cast<char>(Ack::hello);
    ::send(socket.get(), &hello, 1, MSG_NOSIGNAL);
    Writer writer(std::move(socket), run, has_input);
    writer.write_run();
    writer.tidy_up();
  } catch (...) {
    // The answering process sees the socket close, and spools.
  }
  ::_exit(0);
}

}  // namespace hookjournal
