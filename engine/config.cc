// The door to JSON in the engine.
#include "engine/config.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "engine/error.h"
#include "engine/sha256.h"
#include "engine/unique_fd.h"

namespace hookjournal {

namespace {

using nlohmann::json;

constexpr std::size_t kLargestFile = 1 << 20;
constexpr std::uint64_t kLongestDeadlineMs = 60'000;
constexpr std::uint64_t kLargestStreamCap = 1 << 30;
constexpr std::uint64_t kLongestKeptDays = 36'500;

// The bytes of a regular file; errno's value instead, EFBIG beyond kLargestFile.
std::pair<std::string, int> read_file(const std::filesystem::path& path) {
  // Somebody's named pipe must not hold up a guest's start.
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return {"", errno};
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return {"", errno};
  if (S_ISDIR(status.st_mode)) return {"", EISDIR};
  if (!S_ISREG(status.st_mode)) return {"", EINVAL};
  std::string bytes;
  char part[16384];
  for (;;) {
    const ssize_t got = ::read(file.get(), part, sizeof part);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return {"", errno};
    if (got == 0) return {bytes, 0};
    bytes.append(part, static_cast<std::size_t>(got));
    if (bytes.size() > kLargestFile) return {"", EFBIG};
  }
}

// A value for a message: on one line, printable, not too long.
std::string shown(const json& value) {
  constexpr std::size_t kLongest = 60;
  std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
  if (text.size() > kLongest) text.replace(kLongest, std::string::npos, "...");
  return text;
}

// "[json.exception.parse_error.101] parse error at line 2 ..." without the library's
// name.
std::string wording_of(const json::exception& problem) {
  const std::string_view text = problem.what();
  const auto end = text.find("] ");
  return std::string(end == std::string_view::npos ? text : text.substr(end + 2));
}

// Takes known keys out of the file's object. What is wrong with one goes to `trouble` and
// leaves its value as it was.
class Keys {
 public:
  Keys(const json& object, const std::filesystem::path& file, std::string& trouble)
      : object_(object), file_(file), trouble_(trouble) {}

  void number(const char* key, std::uint64_t most, const auto& assign) {
    const json* value = find(key);
    if (value == nullptr) return;
    if (value->is_number_unsigned() && value->get<std::uint64_t>() <= most)
      assign(value->get<std::uint64_t>());
    else
      refuse(key, *value, "a whole number from 0 to " + std::to_string(most));
  }

  void path(const char* key, std::filesystem::path& into) {
    const json* value = find(key);
    if (value == nullptr) return;
    if (is_absolute_path(*value))
      into = value->get<std::string>();
    else
      refuse(key, *value, "an absolute path");
  }

  // The good ones of a list are taken.
  void paths(const char* key, std::vector<std::filesystem::path>& into) {
    const json* value = find(key);
    if (value == nullptr) return;
    if (!value->is_array()) return refuse(key, *value, "a list of absolute paths");
    for (const json& entry : *value) {
      if (is_absolute_path(entry))
        into.emplace_back(entry.get<std::string>());
      else
        refuse(key, entry, "absolute paths only");
    }
  }

  // Whether the key says `yes`; it may also say `no`.
  void choice(const char* key, const char* yes, const char* no, bool& into) {
    const json* value = find(key);
    if (value == nullptr) return;
    if (*value == yes || *value == no)
      into = *value == yes;
    else
      refuse(key, *value, shown(no) + " or " + shown(yes));
  }

  void word(const char* key, const std::vector<std::string>& words, std::string& into) {
    const json* value = find(key);
    if (value == nullptr) return;
    if (value->is_string() && std::ranges::count(words, value->get<std::string>()) > 0)
      into = value->get<std::string>();
    else
      refuse(key, *value, "one of " + shown(words));
  }

 private:
  const json* find(const char* key) const {
    const auto found = object_.find(key);
    return found == object_.end() ? nullptr : &*found;
  }

  static bool is_absolute_path(const json& value) {
    return value.is_string() && value.get_ref<const std::string&>().starts_with('/') &&
           value.get_ref<const std::string&>().find('\0') == std::string::npos;
  }

  void refuse(const char* key, const json& value, const std::string& wanted) {
    if (!trouble_.empty()) trouble_ += '\n';
    trouble_ += "cannot use " + shown(value) + " for \"" + key + "\" in " +
                file_.native() + ": it takes " + wanted +
                "; the default stands in until it is corrected";
  }

  const json& object_;
  const std::filesystem::path& file_;
  std::string& trouble_;
};

void take_keys(const json& object, const std::filesystem::path& file, Config& config) {
  Keys keys(object, file, config.trouble);
  keys.path("journal", config.journal);
  keys.number("deadline_ms", kLongestDeadlineMs, [&config](std::uint64_t milliseconds) {
    config.deadline = std::chrono::milliseconds(milliseconds);
  });
  keys.number("stream_cap", kLargestStreamCap,
              [&config](std::uint64_t bytes) { config.stream_cap = bytes; });
  keys.number("journal_cap", std::numeric_limits<std::int64_t>::max(),
              [&config](std::uint64_t bytes) { config.journal_cap = bytes; });
  keys.choice("when_unrecorded", "refuse", "run", config.refuse_when_unrecorded);
  keys.paths("watch", config.watch);
  keys.path("spool", config.spool);
  keys.word("anchor_syslog", {"no", "heads", "calls"}, config.anchor_syslog);
  keys.path("anchor_file", config.anchor_file);
  keys.path("anchor_command", config.anchor_command);
  const auto into = [](std::uint64_t& setting) {
    return [&setting](std::uint64_t value) { setting = value; };
  };
  keys.number("keep_days", kLongestKeptDays, into(config.keep_days));
  keys.number("keep_failures_days", kLongestKeptDays, into(config.keep_failures_days));
  keys.number("keep_bytes", std::numeric_limits<std::int64_t>::max(),
              into(config.keep_bytes));
}

void take_file(const std::filesystem::path& file, Config& config) {
  const auto [text, error] = read_file(file);
  if (error == ENOENT) return;
  if (error != 0) {
    config.trouble = with_errno("cannot read the configuration " + file.native(), error) +
                     "; the defaults stand in until it is a readable file, or none";
    return;
  }
  try {
    const json object = json::parse(text, nullptr, true, /*ignore_comments=*/true);
    if (object.is_object())
      take_keys(object, file, config);
    else
      config.trouble = "cannot use the configuration " + file.native() + ": it holds " +
                       shown(object) + " where an object in {} belongs; " +
                       "the defaults stand in until it is corrected";
  } catch (const json::exception& problem) {  // also a number beyond all bounds
    config.trouble = "cannot understand the configuration " + file.native() + ": " +
                     wording_of(problem) +
                     "; the defaults stand in until it is corrected";
  }
}

constexpr std::string_view kHeader =
    R"(// hookjournal: settings for the hooks in the folder above. Read anew by every hook;
// nothing has to be reloaded. Every key is optional, comments are allowed.
//
//   "journal":         the journal file. Default: /var/lib/hookjournal/journal.db for
//                      root, ~/.local/state/hookjournal/journal.db for other users
//   "deadline_ms":     the most that recording may add to one hook, in milliseconds.
//                      Default: 500
//   "stream_cap":      what is kept of each input and output, in bytes. Default: 1048576
//   "journal_cap":     the most the journal may take, in bytes. Default: 0, which is the
//                      smaller of 1 GiB and 10 % of its file system
//   "when_unrecorded": "run" (default), or "refuse": a start that cannot be recorded
//                      fails
//   "watch":           a list of further files and folders the scripts depend on; they
//                      become part of every version of the scripts
//   "spool":           where runs wait that the journal could not take in time. Default:
//                      /run/hookjournal for root, /run/user/UID/hookjournal for others
//   "anchor_syslog":   "heads": each upkeep sends the journal's head to syslog, so that a
//                      journal that was rewritten is found; "calls": a line for each call
//                      too. Default: "no"
//   "anchor_file":     a file that gets the head as a line
//   "anchor_command":  a program that gets it on its stdin
//   "keep_days":       upkeep removes calls older than so many days. Default: 0, none
//   "keep_failures_days": failed ones after so many instead. Default: as "keep_days"
//   "keep_bytes":      upkeep removes the oldest calls when the journal is larger
)";

}  // namespace

std::filesystem::path config_path(const std::filesystem::path& hooks_dir) {
  return hooks_dir / "hookjournal" / "config.json";
}

std::filesystem::path disabled_path(const std::filesystem::path& hooks_dir) {
  return hooks_dir / "hookjournal" / "disabled";
}

std::filesystem::path spool_for(const std::filesystem::path& journal) {
  std::filesystem::path usual = default_spool(::geteuid());
  if (journal.empty() || journal == default_journal(::geteuid())) return usual;
  return usual / to_hex(sha256(journal.native())).substr(0, 16);
}

namespace {

// Root's journal is closed to users, whose own daemons run the same hooks and read the
// same configuration: they have a journal of their own. A folder that is missing is
// another matter, it may not be mounted yet.
bool is_closed(const std::filesystem::path& folder) {
  return ::geteuid() != 0 && !folder.empty() &&
         ::faccessat(AT_FDCWD, folder.c_str(), X_OK, AT_EACCESS) != 0 && errno == EACCES;
}

}  // namespace

Config load_config(const std::filesystem::path& hooks_dir) {
  Config config;
  const std::filesystem::path file = config_path(hooks_dir);
  try {
    take_file(file, config);
    if (is_closed(config.journal.parent_path())) config.journal.clear();
    if (config.journal.empty() && is_closed(config.spool)) config.spool.clear();
    if (config.journal.empty()) config.journal = default_journal(::geteuid());
    if (config.spool.empty()) config.spool = spool_for(config.journal);
  } catch (const std::exception& problem) {  // out of memory
    config.trouble = std::string("cannot load the configuration: ") + problem.what();
  }
  if (config.journal.empty() && config.trouble.empty())
    config.trouble = "cannot tell where the journal is: user " +
                     std::to_string(::geteuid()) + " has no home in /etc/passwd; " +
                     "name a \"journal\" in " + file.native();
  return config;
}

std::string config_text(const Config& config) {
  const Config defaults;
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  if (!config.journal.empty() && config.journal != default_journal(::geteuid()))
    object["journal"] = config.journal.native();
  if (config.deadline != defaults.deadline)
    object["deadline_ms"] = config.deadline.count();
  if (config.stream_cap != defaults.stream_cap) object["stream_cap"] = config.stream_cap;
  if (config.journal_cap != defaults.journal_cap)
    object["journal_cap"] = config.journal_cap;
  if (config.refuse_when_unrecorded) object["when_unrecorded"] = "refuse";
  for (const auto& path : config.watch) object["watch"].push_back(path.native());
  if (!config.spool.empty() && config.spool != spool_for(config.journal))
    object["spool"] = config.spool.native();
  if (config.anchor_syslog != defaults.anchor_syslog)
    object["anchor_syslog"] = config.anchor_syslog;
  if (!config.anchor_file.empty()) object["anchor_file"] = config.anchor_file.native();
  if (!config.anchor_command.empty())
    object["anchor_command"] = config.anchor_command.native();
  if (config.keep_days != 0) object["keep_days"] = config.keep_days;
  if (config.keep_failures_days != 0)
    object["keep_failures_days"] = config.keep_failures_days;
  if (config.keep_bytes != 0) object["keep_bytes"] = config.keep_bytes;
  try {
    return std::string(kHeader) + object.dump(2) + "\n";
  } catch (const json::type_error&) {
    throw Error(
        "cannot write the configuration: one of its paths is not UTF-8, which "
        "JSON cannot hold; use a path that is");
  }
}

std::filesystem::path default_journal(unsigned uid) {
  if (uid == 0) return "/var/lib/hookjournal/journal.db";
  const auto home = home_of(uid);
  return home ? *home / ".local/state/hookjournal/journal.db" : std::filesystem::path();
}

std::filesystem::path default_spool(unsigned uid) {
  if (uid == 0) return "/run/hookjournal";
  return "/run/user/" + std::to_string(uid) + "/hookjournal";
}

// NAME:PASSWORD:UID:GID:GECOS:HOME:SHELL
std::optional<std::filesystem::path> home_of(unsigned uid,
                                             const std::filesystem::path& passwd) {
  const std::string text = read_file(passwd).first;
  const std::string wanted = std::to_string(uid);
  for (std::string_view rest = text; !rest.empty();) {
    const auto line_end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, line_end);
    rest.remove_prefix(std::min(line_end + 1, rest.size()));

    std::string_view fields[6];
    for (std::string_view& field : fields) {
      const auto end = std::min(line.find(':'), line.size());
      field = line.substr(0, end);
      line.remove_prefix(std::min(end + 1, line.size()));
    }
    if (fields[2] == wanted && fields[5].starts_with('/')) return fields[5];
  }
  return {};
}

}  // namespace hookjournal
