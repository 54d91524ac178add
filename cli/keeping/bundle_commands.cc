#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/journal_option.h"
#include "cli/keeping/secret_options.h"
#include "cli/keeping/size_words.h"
#include "cli/selection_options.h"
#include "engine/error.h"
#include "engine/small_file.h"
#include "engine/unique_fd.h"
#include "journal/journal.h"
#include "journal/keeping/bundle.h"
#include "journal/keeping/exporting.h"
#include "journal/keeping/importing.h"

namespace hookjournal {

namespace {

constexpr std::chrono::milliseconds kLockPatience{30'000};
constexpr std::size_t kLargestBundle = 4ULL << 30;

constexpr const char* kExportExplanation =
    "The selected calls with all they refer to: inputs, outputs, the versions of the\n"
    "scripts; at most 256 MiB of these, before they are packed. The file is as private\n"
    "as the journal (0600); --redact takes secrets out first. `hookjournal import` "
    "takes\n"
    "it in elsewhere, and `replay` can then run it.\n"
    "\n"
    "example: for a bug report\n"
    "  hookjournal export --call 4711 --redact call-4711.hjb\n";

constexpr const char* kImportExplanation =
    "Calls that are here already stay as they are: a second time does no harm. Each "
    "call\n"
    "keeps its host. When a run is here with other facts, nothing is imported. What a\n"
    "journal recorded before a snapshot took it back comes in as a branch of it.\n"
    "\n"
    "example: look at another host's calls\n"
    "  hookjournal import --journal /tmp/kvm7/journal.db call-4711.hjb\n";

void write_whole(const std::string& path, const std::string& bytes) {
  // Not over another file: it may be the only copy of older calls.
  const UniqueFd file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file) throw Error(with_errno("cannot write " + path, errno));
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t count = ::write(file.get(), bytes.data() + at, bytes.size() - at);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const int reason = errno;
      ::unlink(path.c_str());
      throw Error(with_errno("cannot write " + path, reason));
    }
    at += static_cast<std::size_t>(count);
  }
  if (::fsync(file.get()) != 0) throw Error(with_errno("cannot flush " + path, errno));
}

}  // namespace

int run_export(int argc, char** argv) {
  CommandLine line("Put calls into a file, for another journal.", kExportExplanation);
  std::string file;
  bool redact = false;
  line.add_argument("FILE", file, "It must not be there yet").required();
  SelectionOptions options(line);
  line.add_flag("--redact", redact, "Replace console passwords");
  const SecretOptions secrets(line);
  const JournalOption journal_option(line);
  if (const auto status = line.parse(argc, argv)) return *status;

  const Selection selection = options.selection(now().wall_ns);
  const Redactions redactions =
      redact || secrets.any() ? secrets.redactions() : Redactions{};
  const Bundle bundle = export_calls(journal_option.file(), selection,
                                     redactions.of_streams, redactions.of_others);
  if (bundle.calls == 0)
    throw Error("no recorded call is like that; nothing was written");
  const std::string bytes = encode_bundle(bundle);
  write_whole(file, bytes);
  std::printf("wrote %llu calls to %s, %s\n",
              static_cast<unsigned long long>(bundle.calls), visible(file).c_str(),
              size_words(bytes.size()).c_str());
  return 0;
}

int run_import(int argc, char** argv) {
  CommandLine line("Take the calls of an exported file in.", kImportExplanation);
  std::string file;
  line.add_argument("FILE", file, "What `hookjournal export` wrote").required();
  const JournalOption journal_option(line);
  if (const auto status = line.parse(argc, argv)) return *status;

  const auto bytes = read_small_file(file, kLargestBundle);
  if (!bytes) throw Error(with_errno("cannot read " + file, errno));
  const Bundle bundle = decode_bundle(*bytes, visible(file));
  const JournalReader opened(journal_option.file());  // explains what is no journal
  JournalWriter journal(journal_option.file(), kLockPatience);
  const ImportReport report = import_bundle(journal, bundle);
  std::printf("took in %llu script runs; %llu were there already\n",
              static_cast<unsigned long long>(report.runs),
              static_cast<unsigned long long>(report.known));
  if (report.branch)
    std::puts(
        "they are of this very journal as it went on elsewhere: in a copy, or before a "
        "snapshot took it back");
  return 0;
}

}  // namespace hookjournal
