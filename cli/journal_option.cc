#include "cli/journal_option.h"

#include <cstdio>
#include <cstdlib>

#include "cli/command_line.h"
#include "cli/escape.h"
#include "engine/config.h"
#include "engine/error.h"
#include "engine/libvirt_message.h"

namespace hookjournal {

JournalOption::JournalOption(CommandLine& line) {
  line.add_option("--journal", journal_,
                  "The journal. Else HOOKJOURNAL_JOURNAL in the environment\n"
                  "says, else the configuration of the hooks directory")
      .takes("FILE")
      .group("Journal");
  line.add_option("--hooks-dir", hooks_dir_, std::string("Default: ") + kHooksDir)
      .takes("DIR")
      .group("Journal");
}

std::filesystem::path JournalOption::named() const {
  if (!journal_.empty()) return journal_;
  const char* variable = std::getenv("HOOKJOURNAL_JOURNAL");
  return variable != nullptr ? variable : "";
}

std::filesystem::path JournalOption::file() const {
  if (std::filesystem::path given = named(); !given.empty()) return given;
  const Config config = load_config(hooks_dir_);
  if (config.journal.empty()) throw Error(visible(config.trouble, Keep::lines));
  if (!config.trouble.empty())
    std::fprintf(stderr, "hookjournal: %s\n",
                 visible(config.trouble, Keep::lines).c_str());
  return config.journal;
}

bool JournalOption::is_production() const {
  const std::filesystem::path given = named();
  if (given.empty()) return true;
  const std::filesystem::path production = load_config(hooks_dir_).journal;
  std::error_code unknown;
  return given == production || std::filesystem::equivalent(given, production, unknown);
}

std::string JournalOption::repeated() const {
  if (!journal_.empty()) return " --journal " + shell_quoted(journal_);
  return hooks_dir_ == kHooksDir ? "" : " --hooks-dir " + shell_quoted(hooks_dir_);
}

}  // namespace hookjournal
