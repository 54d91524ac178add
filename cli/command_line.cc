#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <utility>

#include "cli/description_request.h"
#include "cli/escape.h"

namespace hookjournal {

namespace {

std::function<void(CommandDescription)> describer;

// "UINT in [1 - 1024]" and the like are CLI11's words, not ours.
std::string value_name(const CLI::Option& option) {
  if (option.get_items_expected_max() == 0) return {};
  const std::string name = option.get_type_name();
  const auto colon = name.find(':');
  return name.substr(0, colon);
}

OptionDescription described(const CLI::Option& option) {
  OptionDescription result;
  result.is_argument = !option.nonpositional();
  if (result.is_argument) {
    result.names = {option.get_name(true)};
  } else {
    for (const std::string& name : option.get_snames())
      result.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames())
      result.names.push_back("--" + name);
    result.value = value_name(option);
  }
  result.help = option.get_description();
  result.group = option.get_group() == "Options" ? "" : option.get_group();
  result.required = option.get_required();
  result.repeatable = option.get_items_expected_max() > 1;
  return result;
}

CommandDescription described(const CLI::App& app) {
  CommandDescription result;
  result.about = app.get_description();
  result.explanation = app.get_footer();
  for (const CLI::Option* option : app.get_options(
           [](const CLI::Option* each) { return !each->get_group().empty(); }))
    result.options.push_back(described(*option));
  return result;
}

// As a script writes it whose variable is unset. Not as if the option were not there: the
// default that would stand in is a place on this host.
std::string empty_word(const std::string& word) {
  return word.empty() ? "it is empty; give a value (is a variable unset?)" : "";
}

// CLI11 would take the next word for the value: `--journal= --dry-run` a file of that
// name.
void refuse_open_ends(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--") return;
    if (word.starts_with("--") && word.find('=') == word.size() - 1)
      throw CLI::ValidationError(word, empty_word(""));
  }
}

}  // namespace

void describe_instead(std::function<void(CommandDescription)> describe) {
  describer = std::move(describe);
}

Option Option::takes(const std::string& name) const {
  option_->type_name(name);
  for (const char* what : {"FILE", "DIR", "PATH", "TIME", "DURATION", "N"})
    if (name == what) option_->check(empty_word);
  return Option(*option_);
}

Option Option::group(const std::string& heading) const {
  return Option(*option_->group(heading));
}

Option Option::required() const { return Option(*option_->required()); }

Option Option::excludes(Option other) const {
  return Option(*option_->excludes(other.option_));
}

Option Option::range(int least, int most) const {
  return Option(*option_->check(CLI::Range(least, most)));
}

Option Option::range(unsigned least, unsigned most) const {
  return Option(*option_->check(CLI::Range(least, most)));
}

Option Option::one_of(const std::vector<std::string>& words) const {
  return Option(*option_->check(CLI::IsMember(words).description("")));
}

Option Option::check(std::string (*wrong)(const std::string& word)) const {
  return Option(*option_->check(wrong));
}

Option Option::one_at_a_time() const { return Option(*option_->allow_extra_args(false)); }

Option Option::split_at(char separator) const {
  return Option(*option_->delimiter(separator));
}

Option Option::expects(int least, int most) const {
  return Option(*option_->expected(least, most));
}

CommandLine::CommandLine(const std::string& about, const std::string& explanation)
    : app_(std::make_unique<CLI::App>(about)) {
  app_->footer(explanation);
}

CommandLine::~CommandLine() = default;

template <typename Value>
Option CommandLine::add_option(const std::string& name, Value& into,
                               const std::string& help) {
  return Option(*app_->add_option(name, into, help));
}

template <typename Value>
Option CommandLine::add_argument(const std::string& name, Value& into,
                                 const std::string& help) {
  // Help would show a type after its name: "FILE TEXT".
  return add_option(name, into, help).takes("");
}

Option CommandLine::add_flag(const std::string& names, bool& into,
                             const std::string& help) {
  return Option(*app_->add_flag(names, into, help));
}

std::optional<int> CommandLine::parse(int argc, char** argv) {
  app_->name(std::string("hookjournal ") + argv[0]);
  if (describer) {
    describer(described(*app_));
    return 0;
  }
  try {
    refuse_open_ends(argc, argv);
    app_->parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::fputs(app_->help().c_str(), stdout);
    return 0;
  } catch (const CLI::ParseError& problem) {
    std::fprintf(stderr, "hookjournal: %s\nhookjournal %s --help tells more.\n",
                 visible(problem.what(), Keep::lines).c_str(), argv[0]);
    return 2;
  }
  return {};
}

// All that commands bind: what stands here is compiled once, not in every command.
template Option CommandLine::add_option(const std::string&, std::string&,
                                        const std::string&);
template Option CommandLine::add_option(const std::string&, std::vector<std::string>&,
                                        const std::string&);
template Option CommandLine::add_option(const std::string&, int&, const std::string&);
template Option CommandLine::add_option(const std::string&, unsigned&,
                                        const std::string&);
template Option CommandLine::add_option(const std::string&, std::int64_t&,
                                        const std::string&);
template Option CommandLine::add_option(const std::string&, std::uint64_t&,
                                        const std::string&);
template Option CommandLine::add_option(const std::string&, std::optional<std::int64_t>&,
                                        const std::string&);

template Option CommandLine::add_argument(const std::string&, std::string&,
                                          const std::string&);
template Option CommandLine::add_argument(const std::string&, std::vector<std::string>&,
                                          const std::string&);
template Option CommandLine::add_argument(const std::string&, std::int64_t&,
                                          const std::string&);
template Option CommandLine::add_argument(const std::string&, std::vector<std::int64_t>&,
                                          const std::string&);

}  // namespace hookjournal
