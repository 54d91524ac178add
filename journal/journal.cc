#include "journal/journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "engine/error.h"
#include "engine/unique_fd.h"
#include "journal/blob_store.h"
#include "journal/call_loader.h"
#include "journal/circumstances.h"
#include "journal/database.h"
#include "journal/facts_codec.h"
#include "journal/journal_writer.h"
#include "journal/schema.h"
#include "journal/selection_sql.h"
#include "journal/tree_store.h"

namespace hookjournal {

namespace {

// Readers never hold a lock that a hook waits for; a migration may hold one that they do.
constexpr std::chrono::milliseconds kReadPatience{5000};

std::uint64_t file_size(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size)
                                            : 0;
}

std::unique_ptr<Database> open_for_reading(const std::filesystem::path& file) {
  if (::access(file.c_str(), F_OK) != 0)
    throw Error(
        with_errno("cannot open journal " + file.string(), errno) +
        "; `hookjournal install` creates the journal of a host, --journal names another");
  if (std::filesystem::is_directory(file))
    throw Error("cannot open journal " + file.string() +
                ": it is a directory; the journal is a file, as in " +
                (file / "journal.db").lexically_normal().string());
  auto db = std::make_unique<Database>(file, Database::Mode::read, kReadPatience);
  try {
    const Fitness fitness = fitness_for_reading(*db);
    if (fitness != Fitness::usable) throw Error(describe(fitness, *db));
  } catch (const DatabaseError& error) {
    // Not a database at all is told by SQLite at the first look inside.
    if (std::string_view(error.what()).ends_with("not a database"))
      throw Error(describe(Fitness::foreign, *db));
    throw Error(error.what());
  }
  return db;
}

}  // namespace

JournalReader::JournalReader(const std::filesystem::path& file)
    : db_(open_for_reading(file)), blobs_(std::make_unique<BlobStore>(*db_)) {}
JournalReader::~JournalReader() = default;
JournalReader::JournalReader(JournalReader&&) noexcept = default;

void JournalReader::for_each_call(const Selection& selection,
                                  const std::function<void(const CallRecord&)>& visit) {
  CallLoader loader(*db_, *blobs_);
  // One snapshot for all of it: calls that arrive meanwhile are for the next time.
  Transaction snapshot(*db_, Transaction::Kind::deferred);
  for (const std::int64_t id : selected_calls(*db_, selection, loader))
    if (const auto call = loader.load(id)) visit(*call);
}

std::optional<CallRecord> JournalReader::call(std::int64_t id) {
  return CallLoader(*db_, *blobs_).load(id);
}

std::int64_t JournalReader::count_calls(const Selection& selection) {
  CallLoader loader(*db_, *blobs_);
  Transaction snapshot(*db_, Transaction::Kind::deferred);
  return count_selected(*db_, selection, loader);
}

std::vector<std::int64_t> JournalReader::call_ids(const Selection& selection) {
  CallLoader loader(*db_, *blobs_);
  Transaction snapshot(*db_, Transaction::Kind::deferred);
  return selected_calls(*db_, selection, loader);
}

std::string JournalReader::bytes(std::int64_t blob) {
  return blob == 0 ? std::string() : blobs_->load(blob);
}

std::string JournalReader::tree_text(const std::string& digest) {
  const std::int64_t blob = blobs_->find(from_hex(digest));
  if (blob == 0) throw Error("the journal holds no scripts tree " + digest);
  return blobs_->load(blob);
}

std::vector<TreeEntry> JournalReader::tree(const std::string& digest) {
  return parse_tree(tree_text(digest));
}

TreeLimits JournalReader::tree_limits(const std::string& digest) {
  return limits_met_by(tree_text(digest));
}

std::optional<std::string> JournalReader::tree_file(const std::string& digest,
                                                    const std::string& path) {
  for (const TreeEntry& entry : tree(digest)) {
    if (entry.path != path || entry.kind != TreeEntry::Kind::file) continue;
    if (auto bytes = content(entry.digest)) return bytes;
  }
  return {};
}

std::optional<std::string> JournalReader::content(const std::string& digest) {
  const Digest known = from_hex(digest);
  if (known == sha256("")) return "";
  const std::int64_t blob = blobs_->find(known);
  if (blob == 0) return {};
  return blobs_->load(blob);
}

bool JournalReader::is_content_of(const TreeEntry& entry, std::string_view bytes) {
  if (entry.kind == TreeEntry::Kind::keyed)
    return to_hex(hmac_sha256(secret_of(*db_), bytes)) == entry.digest;
  const Digest plain = sha256(bytes);
  const bool others_may_read = (entry.mode & 0004) != 0;
  return entry.digest ==
         to_hex(others_may_read ? plain : hmac_sha256(secret_of(*db_), as_bytes(plain)));
}

Circumstances JournalReader::circumstances(const CallRecord& call) {
  Neighbours neighbours(*db_, *blobs_);
  Circumstances known;
  known.incoming = neighbours.incoming(call);
  if (call.operation == "port-created") known.port_is_new = neighbours.port_is_new(call);
  return known;
}

JournalReader::Figures JournalReader::figures() {
  Figures figures;
  const std::string file = db_->file().string();
  figures.bytes = file_size(file) + file_size(file + "-wal");
  figures.calls = db_->number("select count(*) from calls");
  figures.runs = db_->number("select count(*) from script_runs");
  figures.running = db_->number("select count(*) from script_runs where outcome = 2");
  figures.events = db_->number("select count(*) from events");
  figures.gaps = db_->number("select count(*) from events where kind = 4");
  if (figures.calls > 0)
    figures.last_call_ns = db_->number("select max(at_ns) from calls");
  const std::string week_ago =
      std::to_string(now().wall_ns - std::int64_t{7} * 86'400 * 1'000'000'000);
  auto gaps = db_->prepare("select at_ns, body from events where kind = 4 and at_ns > " +
                           week_ago);
  while (gaps.next()) {
    ++figures.gaps_last_week;
    const Gap gap = decode_gap(gaps.text(1), gaps.int64(0));
    // A part of one is not whole either.
    figures.runs_missing_last_week += std::max<std::uint64_t>(gap.runs, 1);
  }
  return figures;
}

bool create_or_migrate(const std::filesystem::path& file) {
  const std::filesystem::path folder = file.parent_path();
  std::error_code failure;
  if (!folder.parent_path().empty())
    std::filesystem::create_directories(folder.parent_path(), failure);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    throw Error(with_errno("cannot make the journal's folder " + folder.string(), errno));
  const bool created = ::access(file.c_str(), F_OK) != 0;
  if (created) {
    // Before SQLite does, so that it is private from its first byte; the log and the
    // shared memory take over the mode.
    const UniqueFd fresh(
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!fresh) throw Error(with_errno("cannot create journal " + file.string(), errno));
  }
  Database db(file, Database::Mode::write, kReadPatience);
  if (is_fresh(db))
    // So that what is pruned gives its room back to the guests' images beside it.
    db.exec("pragma auto_vacuum = incremental; pragma journal_mode = wal");
  migrate(db);
  // The log stays in place from here on, its directory entry on disk.
  const UniqueFd directory(
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory) ::fsync(directory.get());
  return created;
}

}  // namespace hookjournal
