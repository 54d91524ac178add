#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "journal/journal.h"
#include "journal/journal_writer.h"
#include "tests/unit/engine/scratch_dir.h"

namespace hookjournal {

constexpr std::int64_t kSecondNs = 1'000'000'000;
// 2026-11-22T08:09:56Z
constexpr std::int64_t kSampleTime = 1'795'334'996 * kSecondNs;

inline KeptStream kept(std::string bytes) {
  const auto length = bytes.size();
  return {.bytes = std::move(bytes), .length = length};
}

// Facts as libvirt's daemon would have caused them, to be changed where a test cares.
inline RunStarted run_start(const std::string& script, std::vector<std::string> arguments,
                            std::int64_t at_ns = kSampleTime) {
  RunStarted run;
  run.at = {at_ns, at_ns};
  run.uuid = new_uuid(at_ns);
  run.hooks_dir = "/etc/libvirt/hooks";
  run.script = script;
  run.arguments = std::move(arguments);
  run.planned = {script};
  run.origin = Origin::libvirt;
  run.context.host_name = "kvm7";
  run.context.machine_id = "0123456789abcdef0123456789abcdef";
  run.context.boot_id = "90113e4a-ffce-46f6-ba26-36434bb7ae43";
  run.context.recorder_version = "0.1.0";
  run.context.kernel = "6.1.0";
  run.context.hooks_dir = "/etc/libvirt/hooks";
  run.context.working_directory = "/";
  run.context.environment = {"LC_ALL=C", "PATH=/usr/sbin:/usr/bin"};
  run.context.caller = {
      .process = {812, 5000}, .exe = "/usr/sbin/virtqemud", .exe_build_id = "\x01\xab"};
  return run;
}

inline RunEnded run_end(const Ending& ending, std::int64_t at_ns = kSampleTime,
                        std::int64_t elapsed_ns = kSecondNs / 100) {
  RunEnded end;
  end.at = {at_ns + elapsed_ns, at_ns + elapsed_ns};
  end.ending = ending;
  end.elapsed_ns = elapsed_ns;
  end.cpu_ns = 2'000'000;
  end.max_rss_kib = 2048;
  return end;
}

// A journal in a fresh folder, filled by hand.
class SampleJournal {
 public:
  SampleJournal() : file_(folder_.path() / "private" / "journal.db") {
    create_or_migrate(file_);
    writer_ = std::make_unique<JournalWriter>(file_, std::chrono::seconds(5));
  }

  const std::filesystem::path& file() const { return file_; }
  JournalWriter& writer() { return *writer_; }
  JournalReader reader() const { return JournalReader(file_); }

  // One whole run; its id.
  std::int64_t add(const RunStarted& start, const RunEnded& end,
                   const std::optional<KeptStream>& input = {},
                   const std::optional<ScannedTree>& tree = {}) {
    const std::int64_t run = writer_->start(start, input, tree);
    writer_->end(run, end);
    return run;
  }
  std::int64_t add(const std::string& script, std::vector<std::string> arguments,
                   const Ending& ending = Exited{0}, std::int64_t at_ns = kSampleTime) {
    return add(run_start(script, std::move(arguments), at_ns), run_end(ending, at_ns));
  }

 private:
  ScratchDir folder_;
  std::filesystem::path file_;
  std::unique_ptr<JournalWriter> writer_;
};

}  // namespace hookjournal
