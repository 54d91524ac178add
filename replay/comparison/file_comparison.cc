#include "replay/comparison/file_comparison.h"

#include <array>
#include <cstdio>

#include "replay/comparison/state_changes.h"
#include "replay/comparison/text_comparison.h"
#include "replay/comparison/text_mask.h"

namespace hookjournal {
namespace {

using State = std::optional<FileState>;

// Python's caches hold the time of compilation, and are written or not as rights allow.
bool is_python_cache(const std::string& path) {
  return (path + '/').find("/__pycache__/") != std::string::npos;
}

const char* kind_of(char type) {
  switch (type) {
    case 'f':
      return "file";
    case 'd':
      return "directory";
    case 'l':
      return "link";
    case 'c':
      return "character device";
    case 'b':
      return "block device";
    case 'p':
      return "pipe";
    case 's':
      return "socket";
    default:
      return "unknown kind";
  }
}

std::string mode_of(const FileState& state) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "mode %04o", state.mode & 07777);
  return text.data();
}
std::string owner_of(const FileState& state) {
  return "owner " + std::to_string(state.uid) + ":" + std::to_string(state.gid);
}

bool is_text(const FileState& state) {
  return state.content_kept && state.content.find('\0') == std::string::npos;
}
// What is no text, or too much to be kept.
std::string digest_of(const FileState& state) {
  const std::string what = state.content_kept ? "binary" : "content not kept";
  return (is_text(state) ? "text" : what) + ", " + std::to_string(state.size) +
         " bytes, sha256 " + state.sha256.substr(0, 12);
}
bool same_content(const FileState& one, const FileState& other) {
  if (one.content_kept && other.content_kept) return one.content == other.content;
  return one.sha256 == other.sha256 && one.size == other.size;
}

// Everything about it, for what is not there on the other side.
std::string whole(const FileState& state) {
  std::string text =
      std::string(kind_of(state.type)) + ", " + mode_of(state) + ", " + owner_of(state);
  if (state.type == 'l') return text + "\n" + state.content;
  if (state.type != 'f') return text;
  if (!is_text(state)) return text + "\n" + digest_of(state);
  text += "\n" + state.content;
  if (text.back() == '\n') text.pop_back();
  return text;
}
std::string told(const State& state) { return state ? whole(*state) : std::string(); }

// The parts of one file that differ, put together to one difference.
class FileComparison {
 public:
  FileComparison(Spot spot, const Legs<const State*>& states, Findings& findings)
      : spot_(std::move(spot)), states_(states), findings_(findings) {}

  void compare() {
    if (!differ_inside(spot_, states_, told, findings_)) return;
    parts(**states_.first, **states_.second, **states_.candidate);
    if (changed_) findings_.changed.push_back(spot_.difference(was_, is_));
    if (noisy_) findings_.noise.push_back(spot_.difference(one_, other_));
  }

 private:
  void parts(const FileState& first, const FileState& second,
             const FileState& candidate) {
    part(kind_of(first.type), kind_of(second.type), kind_of(candidate.type));
    part(mode_of(first), mode_of(second), mode_of(candidate));
    part(owner_of(first), owner_of(second), owner_of(candidate));
    if (same_content(first, second) && same_content(first, candidate)) return;
    if (pid_files(first, second, candidate))
      return findings_.masks.count("pid", 1, spot_.place);
    if (is_text(first) && is_text(second) && is_text(candidate))
      return text(first, second, candidate);
    if (!same_content(first, second)) {
      noisy_ = true;
      add(one_, digest_of(first));
      add(other_, digest_of(second));
    } else {
      changed_ = true;
      add(was_, digest_of(first));
      add(is_, digest_of(candidate));
    }
  }

  bool pid_files(const FileState& first, const FileState& second,
                 const FileState& candidate) const {
    // What two legs agree on is no process id where each has its own.
    if (findings_.scale.pids_apart && first.content == second.content) return false;
    return is_pid_file(spot_.place, first.content, findings_.scale) &&
           is_pid_file(spot_.place, second.content, findings_.scale) &&
           is_pid_file(spot_.place, candidate.content, findings_.scale);
  }

  void text(const FileState& first, const FileState& second, const FileState& candidate) {
    const TextDifferences found = compare_text(
        spot_, {&first.content, &second.content, &candidate.content}, true, findings_);
    for (const Difference& difference : found.changed) {
      changed_ = true;
      add(was_, difference.before);
      add(is_, difference.after);
    }
    for (const Difference& difference : found.noise) {
      noisy_ = true;
      add(one_, difference.before);
      add(other_, difference.after);
    }
  }

  void part(const std::string& first, const std::string& second,
            const std::string& candidate) {
    if (first != second) {
      noisy_ = true;
      add(one_, first);
      add(other_, second);
    } else if (first != candidate) {
      changed_ = true;
      add(was_, first);
      add(is_, candidate);
    }
  }

  static void add(std::string& text, const std::string& more) {
    if (more.empty()) return;
    if (!text.empty()) text += '\n';
    text += more;
  }

  Spot spot_;
  const Legs<const State*>& states_;
  Findings& findings_;
  bool changed_ = false, noisy_ = false;
  std::string was_, is_, one_, other_;
};

std::vector<FileChange> picked(const std::vector<FileChange>& files, bool caches) {
  std::vector<FileChange> kept;
  for (const FileChange& file : files)
    if (is_python_cache(file.path) == caches) kept.push_back(file);
  return kept;
}

void compare_kept(Field field, const std::string& script,
                  const Legs<const std::vector<FileChange>*>& files, Findings& findings) {
  const auto path = [](const FileChange& file) { return file.path; };
  for (const auto& place : match_changes(Field::files, files, path, findings)) {
    const Spot spot{field, script, place.any().path};
    note_other_names(spot, place, path, findings);
    const Legs<const State*> states{&place.state(place.first), &place.state(place.second),
                                    &place.state(place.candidate)};
    FileComparison(spot, states, findings).compare();
  }
}

}  // namespace

void compare_files(Field field, const std::string& script,
                   const Legs<const std::vector<FileChange>*>& files,
                   Findings& findings) {
  if (*files.first == *files.second && *files.first == *files.candidate) return;
  const std::vector<FileChange> caches = picked(*files.first, true);
  if (caches != picked(*files.second, true) || caches != picked(*files.candidate, true))
    findings.masks.count("python-cache");
  const std::vector<FileChange> first = picked(*files.first, false);
  const std::vector<FileChange> second = picked(*files.second, false);
  const std::vector<FileChange> candidate = picked(*files.candidate, false);
  compare_kept(field, script, {&first, &second, &candidate}, findings);
}

}  // namespace hookjournal
