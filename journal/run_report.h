#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "engine/config.h"
#include "engine/script_process.h"
#include "journal/capture.h"
#include "journal/facts.h"
#include "journal/writer_link.h"

namespace hookjournal {

// What the script's stdin is, and so how it comes to be recorded.
enum class InputKind {
  relayed,  // a pipe: passes through us
  file,     // the script reads it itself, we beside it
  none,     // /dev/null, a terminal: nothing to record
};

// The answering process's side of recording: hears of the run, hands all of it to a
// writer process, and keeps a copy of its own for the case that the writer fails. Makes
// no SQLite call and no disk write; the spool it falls back to is in memory (/run).
class RunReport : public ScriptWatcher {
 public:
  // `run` holds what only this process knows: uuid, at, script, arguments, recorder's
  // pid, and of the context the hooks directory and the caller's pid. Nothing it is told
  // can make it throw.
  RunReport(RunStarted run, InputKind input);

  // Forks the writer, before the script is started: what takes longest, opening the
  // journal, begins first, and the writer never holds the script's pipes. It is a fork
  // without exec: the writer goes on with this program's memory, and a hang of the disk
  // or a crash in the journal cannot reach the answer.
  void start_writer();

  void script_started() override;
  void passed(Stream stream, std::string_view bytes) override;
  void input_ended() override;
  void turn() override;
  std::optional<std::chrono::milliseconds> patience() override;

  // For a run that goes on without us, as the machine refuses what seeing it takes.
  void give_up(const std::string& why);

  // Waits for the writer within what is left of the deadline, falls back to the spool.
  // True when the run is kept in some form.
  bool finish(const ScriptResult& result);

  const Config& config() const { return config_; }

 private:
  using Clock = std::chrono::steady_clock;

  void read_input_file();
  void keep(Stream stream, std::string_view bytes);
  void tell_secrets();
  bool settle(const ScriptResult& result);
  void take_acks();
  void give_up_stuck_writer();
  bool wait_for_ack(Clock::time_point until);
  bool spool(const RunEnded& end);

  RunStarted run_;
  InputKind input_;
  off_t input_offset_ = 0;
  Config config_;
  Clock::time_point created_ = Clock::now();
  CapturedStreams streams_{0};
  UnkeptSecrets unkept_secrets_;
  std::optional<MessageSender> link_;
  pid_t writer_ = -1;
  bool greeted_ = false;
  std::optional<Ack> verdict_;
  bool failed_ = false;  // in our own memory: the record is lost, the answer is not
};

// The end of a run as recorded, without its streams.
RunEnded end_facts(const ScriptResult& result, const Moment& started);

}  // namespace hookjournal
