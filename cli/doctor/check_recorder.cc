#include "cli/doctor/check_recorder.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

#include "cli/escape.h"
#include "engine/config.h"
#include "engine/unique_fd.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kHour = 3600;  // as long as a timer lets spooled runs wait

constexpr std::int64_t kSlowFlush = 50'000'000;  // ns; a disk that turns takes 10 ms

struct Sentence {
  std::string text, remedy;
};

// "what is wrong; what to do", as `status` says it.
Sentence parted(const std::string& sentence, const std::string& otherwise) {
  const auto at = sentence.find("; ");
  if (at == std::string::npos) return {sentence, otherwise};
  return {sentence.substr(0, at), sentence.substr(at + 2)};
}

bool has_fault(const std::vector<Finding>& findings, const std::string& path) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    return finding.path == path && finding.rule.ends_with("interpreter-line");
  });
}

void check_scripts(const HooksStatus& hooks, std::vector<Finding>& findings) {
  for (const auto& script : hooks.scripts) {
    const std::string path = hooks.hooks_dir / script.path;
    // What libvirt cannot run has no run to record; that is said already.
    if (!script.needs_person || has_fault(findings, path)) continue;
    const auto said = parted(script.note, "hookjournal install");
    const bool recorded = script.how != ScriptStatus::How::not_recorded;
    findings.push_back({recorded ? "recorder-broken" : "script-not-recorded", path, 0,
                        recorded ? said.text : "not recorded: " + said.text,
                        said.remedy});
  }
}

// chattr +i and +a: not even root may write.
bool is_immutable(const fs::path& file) {
  const UniqueFd open(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  int flags = 0;
  return open && ::ioctl(open.get(), FS_IOC_GETFLAGS, &flags) == 0 &&
         (flags & (FS_IMMUTABLE_FL | FS_APPEND_FL)) != 0;
}

// As seen by a daemon whose file system begins at `root`; empty when it can.
std::string why_not_writable(const fs::path& journal, const fs::path& root,
                             const HostFacts& host) {
  const fs::path file = root.empty() ? journal : root / journal.relative_path();
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return "it does not see the file";
  if (host.on_read_only(file)) return "its file system is mounted read-only";
  if (is_immutable(file)) return "it is immutable (lsattr)";
  if (status.st_uid != 0 && (status.st_mode & S_IWUSR) == 0)
    return "its owner may not write it";
  return {};
}

void check_writable(const fs::path& journal, const HostFacts& host,
                    std::vector<Finding>& findings) {
  struct stat status {};
  if (::stat(journal.c_str(), &status) != 0) return;  // said already
  std::vector<std::pair<std::string, fs::path>> viewers;
  for (const auto& facts : host.daemons)
    if (facts.user == status.st_uid) viewers.emplace_back(facts.daemon.name, facts.root);
  if (viewers.empty()) viewers.emplace_back("a hook", fs::path());
  for (const auto& [name, root] : viewers) {
    const std::string why = why_not_writable(journal, root, host);
    if (why.empty()) continue;
    findings.push_back({"journal-not-writable", journal, 0,
                        "hooks of " + name + " cannot write it: " + why,
                        "make it writable there; until then runs wait in the spool"});
    return;
  }
}

void check_disk(const RecorderHealth& health, std::vector<Finding>& findings) {
  const std::string file = health.journal.file;
  if (!health.disk.unfit.empty())
    findings.push_back({"journal-file-system", file, 0,
                        "it lies on " + health.disk.unfit +
                            ", where its write-ahead log may fail or be damaged",
                        "`hookjournal install --journal FILE` on a local file system"});
  if (health.disk.flush_ns.value_or(0) > kSlowFlush)
    findings.push_back({"journal-slow-disk", file, 0,
                        "to bring 4 KiB to its disk takes " +
                            std::to_string(*health.disk.flush_ns / 1'000'000) +
                            " ms, and each hook waits for that",
                        "put the journal on a faster disk, or one with less to do"});
}

void check_spools(const JournalStatus& journal, std::vector<Finding>& findings) {
  for (const auto& spool : journal.spools) {
    if (spool.files != 0 && spool.oldest < std::time(nullptr) - kHour)
      findings.push_back({"spool-waiting", spool.folder, 0,
                          std::to_string(spool.files) + " runs wait here since " +
                              local_time(spool.oldest),
                          "hookjournal maintain, and see that its timer runs"});
    if (spool.missed_last_week)
      findings.push_back({"deadlines-missed", spool.folder, 0,
                          "the journal was too slow for " +
                              std::to_string(spool.deadline_misses) +
                              " hooks since the host started",
                          "put the journal on a disk with less to do, or allow more with "
                          "deadline_ms"});
  }
}

void check_journal(const RecorderHealth& health, const HostFacts& host,
                   std::vector<Finding>& findings) {
  const JournalStatus& journal = health.journal;
  const std::string file = journal.file;
  if (health.journal_is_roots && !journal.trouble.empty()) {
    findings.push_back({"not-examined", health.hooks.hooks_dir, 0,
                        "only root sees the journal of these scripts",
                        "run `hookjournal doctor` as root"});
    return;
  }
  if (!journal.trouble.empty()) {
    const auto said = parted(journal.trouble,
                             "restore it from a backup, or move it away and run "
                             "`hookjournal install`, which makes a new one");
    findings.push_back({"journal-unusable", file, 0, said.text, said.remedy});
  }
  check_writable(journal.file, host, findings);
  check_disk(health, findings);
  if (!journal.no_room.empty())
    findings.push_back({"journal-no-room", file, 0,
                        journal.no_room + ": calls are only counted, not kept",
                        "make room on its file system, or raise journal_cap in " +
                            visible(config_path(health.hooks.hooks_dir).string())});
  check_spools(journal, findings);
  if (journal.figures && journal.figures->gaps_last_week != 0)
    findings.push_back({"gaps", file, 0,
                        std::to_string(journal.figures->gaps_last_week) +
                            " calls or parts of calls of the last week were not recorded",
                        "`hookjournal status` and the system log tell why"});
}

}  // namespace

void check_recorder(const RecorderHealth& health, const HostFacts& host,
                    std::vector<Finding>& findings) {
  const HooksStatus& hooks = health.hooks;
  if (!hooks.installed) return;
  if (hooks.disabled_since)
    findings.push_back({"recording-disabled", disabled_path(hooks.hooks_dir), 0,
                        "nothing is recorded since " + local_time(*hooks.disabled_since),
                        "hookjournal enable"});
  if (!hooks.config_trouble.empty())
    findings.push_back({"recorder-config", config_path(hooks.hooks_dir), 0,
                        hooks.config_trouble, "correct it; defaults stand in meanwhile"});
  if (health.half_done)
    findings.push_back({"install-unfinished", config_path(hooks.hooks_dir).parent_path(),
                        0, "an install or uninstall stopped half-way",
                        "run it again: it goes on from there"});
  check_scripts(hooks, findings);
  check_journal(health, host, findings);
}

}  // namespace hookjournal
