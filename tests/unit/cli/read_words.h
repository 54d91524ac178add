#pragma once

#include <string>
#include <vector>

#include "cli/command_line.h"
#include "tests/unit/catch.h"

namespace hookjournal {

// As after `hookjournal COMMAND`: words that nothing is wrong with.
inline void read_words(CommandLine& line, std::vector<std::string> words) {
  words.insert(words.begin(), "command");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  REQUIRE_FALSE(line.parse(static_cast<int>(words.size()), argv.data()));
}

}  // namespace hookjournal
