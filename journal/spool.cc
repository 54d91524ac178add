#include "journal/spool.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "engine/config.h"
#include "engine/error.h"
#include "engine/sha256.h"
#include "engine/small_file.h"
#include "engine/unique_fd.h"
#include "journal/facts_codec.h"
#include "journal/syslog_line.h"

namespace hookjournal {

namespace {

constexpr std::string_view kMagic = "hjspool1";
constexpr std::string_view kSuffix = ".run";
constexpr std::size_t kFrameHead = 1 + 8 + 4;
constexpr std::size_t kLostCap = 1 << 20;
constexpr std::size_t kLargestSpooled = 64 << 20;
constexpr char kStartFrame = 's', kEndFrame = 'e';

void put_number(std::string& to, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i, value >>= 8) to += static_cast<char>(value & 0xff);
}

std::uint64_t take_number(std::string_view from, std::size_t at, int bytes) {
  std::uint64_t value = 0;
  for (int i = bytes; i-- > 0;)
    value =
        value << 8 | static_cast<unsigned char>(from[at + static_cast<std::size_t>(i)]);
  return value;
}

void put_frame(std::string& to, char kind, std::int64_t wall_ns,
               const std::string& body) {
  to += kind;
  put_number(to, static_cast<std::uint64_t>(wall_ns), 8);
  put_number(to, body.size(), 4);
  to += body;
}

std::uint64_t folder_size(const std::filesystem::path& folder) {
  std::uint64_t total = 0;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    const auto size = entry.file_size(ignored);
    if (!ignored) total += size;
  }
  return total;
}

void write_all(int file, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw Error(with_errno("cannot write " + path.string(), errno));
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

// With the usual spool above it, which is gone after each boot; nothing else is ours to
// make: the folder beside a journal must not bring back the journal's own.
void try_make_folder(const std::filesystem::path& folder) {
  const std::filesystem::path usual = default_spool(::geteuid());
  if (folder.parent_path() == usual) ::mkdir(usual.c_str(), 0700);
  ::mkdir(folder.c_str(), 0700);
}

void make_folder(const std::filesystem::path& folder) {
  try_make_folder(folder);
  if (::access(folder.c_str(), W_OK) != 0)
    throw Error(with_errno("cannot use the spool " + folder.string(), errno));
}

std::string one_line(const RunStarted& run) {
  std::string line = run.script;
  for (const std::string& argument : run.arguments) line += " " + argument;
  std::ranges::replace(line, '\n', ' ');
  return line.substr(0, 400);
}

}  // namespace

void spool_run(const std::filesystem::path& folder, const SpooledRun& run, bool durable) {
  make_folder(folder);
  std::string content(kMagic);
  put_frame(content, kStartFrame, run.start.at.wall_ns,
            encode_start(run.start, run.input, 0, nullptr));
  if (run.end)
    put_frame(content, kEndFrame, run.end->at.wall_ns,
              encode_end(*run.end, {}, 0, nullptr));
  if (folder_size(folder) + content.size() > kSpoolCap)
    throw Error("the spool " + folder.string() +
                " is full; `hookjournal maintain` takes it into the journal");

  const std::filesystem::path file =
      folder / (to_hex(run.start.uuid) + std::string(kSuffix));
  const std::filesystem::path part = file.string() + ".part";
  const UniqueFd out(
      ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!out) throw Error(with_errno("cannot write " + part.string(), errno));
  try {
    write_all(out.get(), content, part);
    if (durable && ::fdatasync(out.get()) != 0)
      throw Error(with_errno("cannot flush " + part.string(), errno));
    if (::rename(part.c_str(), file.c_str()) != 0)
      throw Error(with_errno("cannot rename " + part.string(), errno));
  } catch (const Error&) {
    ::unlink(part.c_str());
    throw;
  }
  if (!durable) return;
  const UniqueFd directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory) ::fsync(directory.get());
}

std::vector<std::filesystem::path> spooled_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code absent;
  for (const auto& entry : std::filesystem::directory_iterator(folder, absent))
    if (entry.path().extension() == kSuffix) files.push_back(entry.path());
  // UUIDs are ordered by time.
  std::ranges::sort(files);
  return files;
}

std::optional<SpooledRun> read_spooled(const std::filesystem::path& file) {
  const auto content = read_small_file(file, kLargestSpooled);
  if (!content) return {};
  std::string_view rest = *content;
  if (!rest.starts_with(kMagic))
    throw Error(file.string() + " is damaged: no spool file");
  rest.remove_prefix(kMagic.size());

  SpooledRun run;
  bool started = false;
  while (rest.size() >= kFrameHead) {
    const char kind = rest.front();
    const auto wall_ns = static_cast<std::int64_t>(take_number(rest, 1, 8));
    const std::uint64_t size = take_number(rest, 9, 4);
    if (size > rest.size() - kFrameHead) break;  // cut off
    const std::string_view body = rest.substr(kFrameHead, size);
    rest.remove_prefix(kFrameHead + size);
    if (kind == kStartFrame) {
      DecodedStart start = decode_start(body, wall_ns, nullptr);
      run.start = std::move(start.facts);
      run.input = std::move(start.input);
      started = true;
    } else if (kind == kEndFrame) {
      run.end = decode_end(body, wall_ns).facts;
    }
  }
  if (!started)
    throw Error(file.string() + " is damaged: it is cut off before its first fact");
  return run;
}

std::filesystem::path spool_beside(const std::filesystem::path& journal) {
  return journal.parent_path() / "spool";
}

void note_lost(const std::filesystem::path& folder, const RunStarted& run,
               const std::string& reason) {
  const std::filesystem::path path = folder / "lost";
  std::size_t count = 1;
  try_make_folder(folder);
  const UniqueFd file(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (file) {
    const std::string line = one_line(run) + "\t" + reason + "\n";
    const auto before = read_small_file(path, kLostCap).value_or("");
    count += static_cast<std::size_t>(std::ranges::count(before, '\n'));
    // A full note still counts: an empty line.
    const std::string_view kept =
        before.size() + line.size() < kLostCap ? std::string_view(line) : "\n";
    if (::write(file.get(), kept.data(), kept.size()) < 0) count = 1;
  }
  to_syslog("hookjournal-hook", LOG_WARNING,
            "not recorded (" + reason + "): " + one_line(run) + "; " +
                std::to_string(count) + " since the last upkeep");
}

std::optional<Gap> lost_runs(const std::filesystem::path& folder) {
  // Set aside first: a line noted from here on is for the next time.
  const std::filesystem::path taken = folder / "lost.taken";
  // One that nothing could be written into, for its disk was full, says nothing.
  struct stat status {};
  const bool waits = ::stat(taken.c_str(), &status) == 0 && status.st_size > 0;
  if (!waits && ::rename((folder / "lost").c_str(), taken.c_str()) != 0) return {};
  const auto text = read_small_file(taken, kLostCap + 4096);
  if (!text || text->empty()) return {};
  Gap gap;
  gap.at = now();
  gap.runs = static_cast<std::uint64_t>(std::ranges::count(*text, '\n'));
  const std::string first = text->substr(0, text->find('\n'));
  const auto tab = first.find('\t');
  gap.script = first.substr(0, tab);
  if (tab != std::string::npos) gap.reason = first.substr(tab + 1);
  return gap;
}

void forget_lost(const std::filesystem::path& folder) {
  ::unlink((folder / "lost.taken").c_str());
}

std::uint64_t lost_so_far(const std::filesystem::path& folder) {
  std::uint64_t runs = 0;
  for (const char* name : {"lost", "lost.taken"}) {
    const auto text = read_small_file(folder / name, kLostCap + 4096).value_or("");
    runs += static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
  }
  return runs;
}

void note_missed_deadline(const std::filesystem::path& folder) {
  try_make_folder(folder);
  const UniqueFd file(::open((folder / "missed").c_str(),
                             O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (file && ::write(file.get(), ".", 1) < 0) return;
}

bool missed_lately(const std::filesystem::path& folder) {
  struct stat status {};
  if (::stat((folder / "missed").c_str(), &status) != 0) return false;
  const std::int64_t age = now().wall_ns / 1'000'000'000 - status.st_mtim.tv_sec;
  return age >= 0 && age < 60;
}

std::uint64_t missed_deadlines(const std::filesystem::path& folder) {
  struct stat status {};
  if (::stat((folder / "missed").c_str(), &status) != 0) return 0;
  return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace hookjournal
