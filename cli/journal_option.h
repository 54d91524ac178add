#pragma once

#include <filesystem>
#include <string>

namespace hookjournal {

class CommandLine;

// Which journal a command reads: --journal, else HOOKJOURNAL_JOURNAL, else the
// configuration of the hooks directory, else the user's default.
class JournalOption {
 public:
  // Adds --journal and --hooks-dir. This object must live as long as the parsing.
  explicit JournalOption(CommandLine& line);

  // Throws Error when nothing says where. A configuration that cannot be used is named on
  // stderr: the default that stands in may be another journal than the one meant.
  std::filesystem::path file() const;
  // Whether it is this host's record of what libvirt did, the one `install` made: there,
  // what `simulate` added is no event of its own.
  bool is_production() const;
  // Where the hooks are whose journal this is, unless it was named.
  std::filesystem::path hooks_dir() const { return hooks_dir_; }
  // The words that make another command choose the same journal, quoted for a shell: ""
  // or " --journal FILE".
  std::string repeated() const;

 private:
  // By --journal or the environment, else empty.
  std::filesystem::path named() const;

  std::string journal_;
  std::string hooks_dir_ = kHooksDir;
  static constexpr const char* kHooksDir = "/etc/libvirt/hooks";
};

}  // namespace hookjournal
