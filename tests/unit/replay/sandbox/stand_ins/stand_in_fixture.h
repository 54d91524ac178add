#pragma once

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "replay/sandbox/stand_ins/stand_in_server.h"
#include "tests/places.h"
#include "tests/unit/temp_folder.h"

// A folder with stand-ins in it and a server that answers them.
class StandInFixture {
 public:
  // "FOLDER" in the rules is the folder's path.
  explicit StandInFixture(const std::string& rules)
      : rules_(hookjournal::stand_ins_of_text(in_folder(rules), "stubs")),
        listening_(hookjournal::listen_for_stand_ins(folder_ / "stand-ins")),
        server(rules_, listening_.get()) {}

  // Puts the stand-in at the place of a command, whose path this is.
  std::string replace(const std::string& command) {
    const auto place = folder_ / command;
    std::filesystem::create_directories(place.parent_path());
    std::filesystem::copy_file(hookjournal::test::in_build("tests/stand_in_for_tests"),
                               place);
    return place;
  }

  // Runs a shell command in the folder, its streams in files there. Its exit status.
  int sh(const std::string& text) {
    const pid_t child = start(text);
    int status = 0;
    while (::waitpid(child, &status, WNOHANG) == 0) {
      pollfd ready{server.fd(), POLLIN, 0};
      ::poll(&ready, 1, 1);
      server.turn();
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

  pid_t start(const std::string& text) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    const std::string whole = "exec >out 2>err; " + text;
    if (::chdir(folder_.path().c_str()) == 0)
      ::execl("/bin/sh", "sh", "-c", whole.c_str(), nullptr);
    std::_Exit(126);
  }

  std::string written(const std::string& file) const {
    std::ifstream in(folder_ / file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::string path(const std::string& file) const { return folder_ / file; }

 private:
  std::string in_folder(std::string rules) const {
    const std::string word = "FOLDER";
    if (const auto at = rules.find(word); at != std::string::npos)
      rules.replace(at, word.size(), folder_.path());
    return rules;
  }

  TempFolder folder_;
  hookjournal::StandInRules rules_;
  hookjournal::UniqueFd listening_;

 public:
  hookjournal::StandInServer server;
};
