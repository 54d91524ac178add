#include "cli/calling/sandbox_options.h"

#include <CLI/CLI.hpp>

namespace hookjournal {

void add_sandbox_options(CLI::App& app, std::string& timeout, std::string& stubs,
                         bool& links) {
  const std::string group = "Sandbox";
  app.add_option("--timeout", timeout, "Of one script; " + timeout)
      ->type_name("DURATION")
      ->group(group);
  app.add_option("--stubs", stubs, "What commands answer that cannot run there")
      ->type_name("FILE")
      ->group(group);
  app.add_flag("--links", links, "Make the bridges and taps that a guest's XML names")
      ->group(group);
}

}  // namespace hookjournal
