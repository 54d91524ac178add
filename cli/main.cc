#include <cstdio>
#include <cstring>

#include "cli/commands.h"
#include "cli/escape.h"
#include "engine/error.h"

namespace {

void print_usage(std::FILE* to) {
  std::fputs("usage: hookjournal COMMAND [options]\n\n", to);
  for (const auto* command = hookjournal::kCommands; command->name != nullptr; ++command)
    std::fprintf(to, "  %-10s %s\n", command->name, command->summary);
  std::fputs(
      "\nexit: 0 all well, 1 differences or failures found, 2 usage, 3 trouble\n"
      "hookjournal COMMAND --help tells more.\n",
      to);
}

// Errors name files, and those are named by guests and by whoever wrote the scripts.
void print_error(const std::exception& error) {
  std::fprintf(stderr, "hookjournal: %s\n",
               hookjournal::visible(error.what(), hookjournal::Keep::lines).c_str());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    print_usage(stderr);
    return 2;
  }
  const char* name = argv[1];
  if (std::strcmp(name, "--help") == 0 || std::strcmp(name, "-h") == 0) {
    print_usage(stdout);
    return 0;
  }
  if (std::strcmp(name, "--version") == 0) {
    std::puts("hookjournal " HOOKJOURNAL_VERSION);
    return 0;
  }
  for (const auto* command = hookjournal::kCommands; command->name != nullptr;
       ++command) {
    if (std::strcmp(name, command->name) != 0) continue;
    try {
      return command->run(argc - 1, argv + 1);
    } catch (const hookjournal::UsageError& error) {
      print_error(error);
      return 2;
    } catch (const std::exception& error) {
      print_error(error);
      return 3;
    }
  }
  std::fprintf(stderr, "hookjournal: there is no command '%s'\n\n",
               hookjournal::visible(name).c_str());
  print_usage(stderr);
  return 2;
}
