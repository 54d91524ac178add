#include "cli/calling/sandbox_options.h"

#include "cli/command_line.h"

namespace hookjournal {

void add_sandbox_options(CommandLine& line, std::string& timeout, std::string& stubs,
                         bool& links) {
  const std::string group = "Sandbox";
  line.add_option("--timeout", timeout, "Of the scripts of one call; " + timeout)
      .takes("DURATION")
      .group(group);
  line.add_option("--stubs", stubs, "What commands answer that cannot run there")
      .takes("FILE")
      .group(group);
  line.add_flag("--links", links, "Make the bridges and taps that a guest's XML names")
      .group(group);
}

}  // namespace hookjournal
