#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

// The one door to CLI11, whose headers take seconds to compile wherever they are
// included.
namespace hookjournal {

// An option, flag or argument of a CommandLine, to say more about it. As valid as that.
class Option {
 public:
  explicit Option(CLI::Option& option) : option_(&option) {}

  // What help and man page call the value: takes("NAME"). A FILE, DIR, PATH,
  // TIME, DURATION or N may not be empty.
  Option takes(const std::string& name) const;
  // The heading that help and man page put it under.
  Option group(const std::string& heading) const;
  Option required() const;
  // Refused together with `other`. Help tells it of both.
  Option excludes(Option other) const;
  // Both bounds are allowed. Help shows them after their type, so there are two.
  Option range(int least, int most) const;
  Option range(unsigned least, unsigned most) const;
  // Help does not list the words: the option's text says what they do.
  Option one_of(const std::vector<std::string>& words) const;
  // `wrong` tells what is wrong with a word, "" when nothing is.
  Option check(std::string (*wrong)(const std::string& word)) const;

  // For a std::vector, which else takes all words up to the next option.
  Option one_at_a_time() const;  // only the next word, but the option may be repeated
  Option split_at(char separator) const;      // a word may hold several values
  Option expects(int least, int most) const;  // so many values

 private:
  CLI::Option* option_;
};

// What a command takes, each bound to a variable, which must live as long as the parsing
// and keeps its value when nothing is given. --help shows them in this order.
class CommandLine {
 public:
  // Of --help: `about` opens it, `explanation` ends it.
  explicit CommandLine(const std::string& about, const std::string& explanation = "");
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  // For the types that the end of command_line.cc lists, where more can be added.
  template <typename Value>
  Option add_option(const std::string& name, Value& into, const std::string& help);
  // For a word that no option takes; help calls it `name`: "FILE".
  template <typename Value>
  Option add_argument(const std::string& name, Value& into, const std::string& help);
  // `names`: "--json", or "-n,--dry-run".
  Option add_flag(const std::string& names, bool& into, const std::string& help);

  // Reads the arguments, the command's name first. Nothing: go on. A value is the exit
  // status: 0 after --help, 2 for words that cannot be meant, which stderr explains.
  std::optional<int> parse(int argc, char** argv);

 private:
  std::unique_ptr<CLI::App> app_;
};

}  // namespace hookjournal
