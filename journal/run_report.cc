#include "journal/run_report.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "engine/discovery.h"
#include "engine/error.h"
#include "journal/facts_codec.h"
#include "journal/spool.h"
#include "journal/witness.h"
#include "journal/writer_process.h"

namespace hookjournal {

using std::chrono::milliseconds;

RunReport::RunReport(RunStarted run, InputKind input)
    : run_(std::move(run)), input_(input) {
  // The script moves it.
  if (input_ == InputKind::file)
    input_offset_ = std::max<off_t>(0, ::lseek(0, 0, SEEK_CUR));
}

void RunReport::script_started() {
  try {
    config_ = load_config(run_.context.hooks_dir);
    streams_ = CapturedStreams(config_.stream_cap);
    streams_.has_input = input_ != InputKind::none;
    if (input_ == InputKind::file) read_input_file();
  } catch (const std::exception&) {
    failed_ = true;
  }
}

void RunReport::read_input_file() {
  struct stat status {};
  if (::fstat(0, &status) != 0 || status.st_size <= input_offset_) return;
  const auto length = static_cast<std::uint64_t>(status.st_size - input_offset_);
  // No larger than what is read: each page of it costs the script's start a fault.
  std::string bytes(std::min<std::uint64_t>(length, config_.stream_cap), '\0');
  const ssize_t size = ::pread(0, bytes.data(), bytes.size(), input_offset_);
  if (size > 0) keep(Stream::in, {bytes.data(), static_cast<std::size_t>(size)});
  streams_.in.passed_in_all(length);
}

void RunReport::start_writer() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return;
  UniqueFd ours(ends[0]), theirs(ends[1]);
  writer_ = ::fork();
  if (writer_ == 0) {
    ours = UniqueFd();
    run_writer(std::move(theirs), run_, input_ != InputKind::none);
  }
  if (writer_ > 0) link_.emplace(std::move(ours));
}

void RunReport::passed(Stream stream, std::string_view bytes) {
  if (failed_) return;
  try {
    keep(stream, bytes);
  } catch (const std::exception&) {
    failed_ = true;
  }
}

void RunReport::keep(Stream stream, std::string_view bytes) {
  Capture& capture = stream == Stream::in    ? streams_.in
                     : stream == Stream::out ? streams_.out
                                             : streams_.err;
  const std::string_view kept = capture.add(bytes);
  if (stream == Stream::in)
    unkept_secrets_.pass(capture.stream().bytes, bytes.substr(kept.size()));
  const Message kind = stream == Stream::in    ? Message::input
                       : stream == Stream::out ? Message::out
                                               : Message::err;
  if (link_ && !kept.empty()) link_->send(kind, kept);
}

// Once, before anything is redacted that may have them.
void RunReport::tell_secrets() {
  if (!streams_.further_secrets.empty()) return;
  for (const std::string& secret : unkept_secrets_.all()) {
    streams_.further_secrets.push_back(secret);
    if (link_) link_->send(Message::secret, secret);
  }
}

void RunReport::input_ended() {
  streams_.input_complete = true;
  if (failed_) return;
  try {
    tell_secrets();
    if (!link_) return;
    link_->send(Message::input_end, std::to_string(streams_.in.stream().length));
  } catch (const std::exception&) {
    failed_ = true;
  }
}

void RunReport::turn() {
  if (!link_) return;
  link_->flush();
  take_acks();
  give_up_stuck_writer();
}

std::optional<milliseconds> RunReport::patience() {
  if (!link_ || link_->broken()) return {};
  if (link_->pending()) return milliseconds(5);
  if (greeted_) return {};
  return std::max(milliseconds(1), std::chrono::ceil<milliseconds>(
                                       created_ + config_.deadline - Clock::now()));
}

void RunReport::take_acks() {
  while (!verdict_) {
    const auto ack = link_->receive();
    if (!ack) return;
    if (*ack == Ack::hello)
      greeted_ = true;
    else
      verdict_ = ack;
  }
}

// Until its greeting the writer holds libvirt's descriptors: stopped there it would keep
// libvirt waiting, and the script's readers too.
void RunReport::give_up_stuck_writer() {
  if (greeted_ || writer_ <= 0 || Clock::now() - created_ < config_.deadline) return;
  ::kill(writer_, SIGKILL);
  writer_ = -1;
  link_.reset();
}

bool RunReport::wait_for_ack(Clock::time_point until) {
  for (;;) {
    link_->flush();
    take_acks();
    if (verdict_ || link_->broken()) return verdict_.has_value();
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
    if (left <= milliseconds(0)) return false;
    pollfd ready{link_->fd(),
                 static_cast<short>(POLLIN | (link_->pending() ? POLLOUT : 0)), 0};
    ::poll(&ready, 1, static_cast<int>(left.count()));
  }
}

RunEnded end_facts(const ScriptResult& result, const Moment& started) {
  RunEnded end;
  end.at = {started.wall_ns + result.elapsed.count(),
            started.boot_ns + result.elapsed.count()};
  end.ending = result.ending;
  end.elapsed_ns = result.elapsed.count();
  end.held_open_ns = result.held_open.count();
  end.cpu_ns = std::chrono::nanoseconds(result.cpu).count();
  end.max_rss_kib = result.max_rss_kib;
  end.holders = result.holders;
  end.signals = result.signals;
  return end;
}

void RunReport::give_up(const std::string& why) {
  try {
    if (!link_) return note_lost(load_config(run_.context.hooks_dir).spool, run_, why);
    link_->send(Message::gave_up, why);
    link_->flush();
  } catch (const std::exception&) {
    return;
  }
}

bool RunReport::finish(const ScriptResult& result) {
  try {
    if (!failed_) return settle(result);
    give_up("out of memory");
    return false;
  } catch (const std::exception&) {
    return false;
  }
}

bool RunReport::settle(const ScriptResult& result) {
  RunEnded end = end_facts(result, run_.at);
  if (streams_.has_input && !streams_.input_complete)
    streams_.in.stream().truncated = true;
  tell_secrets();
  if (link_) {
    // Lengths only: the writer has the bytes.
    end.out.length = streams_.out.stream().length;
    end.err.length = streams_.err.stream().length;
    std::optional<KeptStream> input;
    if (streams_.has_input)
      input = KeptStream{{}, streams_.in.stream().length, streams_.in.stream().truncated};
    link_->send(Message::ended, encode_end(end, input, 0, nullptr));
    take_acks();
    const bool waits = !missed_lately(config_.spool);
    // A tenth is kept back for the spool.
    const auto until =
        Clock::now() + (waits ? config_.deadline * 9 / 10 : milliseconds(0));
    if (!wait_for_ack(until) && waits && !link_->broken())
      note_missed_deadline(config_.spool);
    if (!greeted_ && writer_ > 0) ::kill(writer_, SIGKILL);
  }
  if (verdict_ == Ack::durable || verdict_ == Ack::spooled) return true;
  if (verdict_ == Ack::counted) return false;
  return spool(end);
}

bool RunReport::spool(const RunEnded& facts) {
  SpooledRun spooled{run_, {}, facts};
  try {
    RunStarted& run = spooled.start;
    const std::string hooks_dir = run.context.hooks_dir;
    run.context = gather_context(run.context.caller.process.pid, environ);
    run.context.hooks_dir = hooks_dir;
    run.origin = origin_of(run.context.caller);
    run.planned =
        discover(hooks_dir, place_of(hooks_dir + "/" + run.script).driver).scripts;
    if (const auto self = process_with(::getpid())) run.recorder = *self;
    run.spooled = true;
    redact(streams_);
    if (streams_.has_input) spooled.input = streams_.in.stream();
    spooled.end->spooled = true;
    spooled.end->out = streams_.out.stream();
    spooled.end->err = streams_.err.stream();
    spool_run(config_.spool, spooled, false);
    return true;
  } catch (const std::exception& error) {
    note_lost(config_.spool, spooled.start, error.what());
    return false;
  }
}

}  // namespace hookjournal
