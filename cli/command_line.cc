#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/description_request.h"
#include "cli/escape.h"

namespace hookjournal {

namespace {
std::function<void(const CLI::App&)> describer;
}

void describe_instead(std::function<void(const CLI::App&)> describe) {
  describer = std::move(describe);
}

std::optional<int> parse_command_line(CLI::App& app, int argc, char** argv) {
  app.name(std::string("hookjournal ") + argv[0]);
  if (describer) {
    describer(app);
    return 0;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.help().c_str(), stdout);
    return 0;
  } catch (const CLI::ParseError& problem) {
    std::fprintf(stderr, "hookjournal: %s\nhookjournal %s --help tells more.\n",
                 visible(problem.what(), Keep::lines).c_str(), argv[0]);
    return 2;
  }
  return {};
}

}  // namespace hookjournal
