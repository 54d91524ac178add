#include "journal/keeping/head_notes.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <syslog.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <optional>

#include "engine/child_process.h"
#include "engine/error.h"
#include "engine/unique_fd.h"
#include "journal/keeping/call_line.h"
#include "journal/keeping/keeping_facts.h"
#include "journal/syslog_line.h"

namespace hookjournal {

namespace {

constexpr int kCommandPatienceMs = 30'000;

void append_line(const std::filesystem::path& path, const std::string& line) {
  const UniqueFd file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!file ||
      ::write(file.get(), line.data(), line.size()) !=
          static_cast<ssize_t>(line.size()) ||
      ::fsync(file.get()) != 0)
    throw Error(with_errno("cannot note the journal's head in " + path.string(), errno));
}

void hand_to(const std::filesystem::path& command, const std::string& line) {
  const std::string trying = "cannot hand the journal's head to " + command.string();
  const UniqueFd text(::memfd_create("head", MFD_CLOEXEC));
  const UniqueFd nowhere(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!text || !nowhere || ::write(text.get(), line.data(), line.size()) < 0 ||
      ::lseek(text.get(), 0, SEEK_SET) != 0)
    throw Error(with_errno(trying, errno));
  auto started = start_child({command, {command.string()}, command}, environ,
                             {text.get(), nowhere.get(), STDERR_FILENO});
  if (const auto* refused = std::get_if<NotStarted>(&started))
    throw Error(with_errno(trying, refused->error));
  auto& child = std::get<ChildProcess>(started);
  pollfd ended{child.exit_fd(), POLLIN, 0};
  const bool late = ::poll(&ended, 1, kCommandPatienceMs) == 0;
  if (late) ::kill(child.pid(), SIGKILL);
  const Ending ending = child.reap().ending;
  if (late)
    throw Error(trying + ": it had not ended after half a minute, and was killed");
  if (!succeeded(ending)) throw Error(trying + ": it failed");
}

// The event that a head was noted would itself be a reason to note the head.
bool noted_already(Database& db, const Anchor& head) {
  auto last = db.prepare("select kind, at_ns, body from events where id = ?");
  if (!last.bind(1, head.event).next() || last.int64(0) != kAnchored) return false;
  return decode_anchored(last.bytes(2), last.int64(1)).event == head.event - 1;
}

}  // namespace

NotedHead note_head(JournalWriter& journal, const AnchorTargets& targets) {
  NotedHead noted;
  const Anchor head = journal.head();
  if (!targets.any() || head.event == 0 || noted_already(journal.database(), head))
    return noted;
  const std::string line = "at=" + utc_text(now().wall_ns) + " " + anchor_words(head);
  const auto note = [&noted](const std::string& where, const auto& act) {
    try {
      act();
      noted.where += (noted.where.empty() ? "" : ", ") + where;
    } catch (const Error& error) {
      noted.trouble.emplace_back(error.what());
    }
  };
  if (targets.syslog)
    note("syslog", [&] {
      if (!to_syslog("hookjournal", LOG_NOTICE, "head " + line))
        throw Error("cannot send the journal's head to syslog: nobody listens");
    });
  if (!targets.file.empty())
    note(targets.file, [&] { append_line(targets.file, line + "\n"); });
  if (!targets.command.empty())
    note(targets.command, [&] { hand_to(targets.command, line + "\n"); });
  if (!noted.trouble.empty()) return noted;

  Transaction transaction(journal.database(), Transaction::Kind::immediate);
  Anchored fact{
      .at = now(), .event = head.event, .digest = head.head, .where = noted.where};
  journal.note(kAnchored, fact.at, encode_anchored(fact));
  transaction.commit();
  return noted;
}

}  // namespace hookjournal
