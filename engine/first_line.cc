#include "engine/first_line.h"

namespace hookjournal {

namespace {

constexpr std::size_t kLineLimit = 255;  // BINPRM_BUF_SIZE less one
constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kLauncherOption = "--exec";
constexpr std::string_view kWatcherOption = "--watch";
constexpr std::string_view kRecorderName = "hookjournal-hook";

std::string_view first_line_of(std::string_view text) {
  return text.substr(0, text.find('\n'));
}

std::string_view trimmed(std::string_view words) {
  const auto first = words.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return words.substr(first, words.find_last_not_of(kBlanks) - first + 1);
}

bool names_recorder(std::string_view path) {
  return path.substr(path.rfind('/') + 1) == kRecorderName;
}

}  // namespace

Interpreter split_interpreter(std::string_view words) {
  words = trimmed(words);
  const auto blank = words.find_first_of(kBlanks);
  Interpreter interpreter{std::string(words.substr(0, blank)), {}};
  if (blank != std::string_view::npos)
    interpreter.argument = std::string(trimmed(words.substr(blank)));
  return interpreter;
}

std::optional<Interpreter> interpreter_of(std::string_view text) {
  if (!text.starts_with("#!")) return {};
  Interpreter interpreter = split_interpreter(first_line_of(text).substr(2));
  if (interpreter.path.empty()) return {};
  return interpreter;
}

bool has_recorder(std::string_view text) {
  const auto interpreter = interpreter_of(text);
  return interpreter && names_recorder(interpreter->path);
}

std::optional<std::string> launched_path(std::string_view text) {
  const auto interpreter = interpreter_of(text);
  if (!interpreter || !names_recorder(interpreter->path) || !interpreter->argument)
    return {};
  const Interpreter launched = split_interpreter(*interpreter->argument);
  if (launched.path != kLauncherOption) return {};
  return launched.argument;
}

bool is_watcher(std::string_view text) {
  const auto interpreter = interpreter_of(text);
  return interpreter && names_recorder(interpreter->path) &&
         interpreter->argument == kWatcherOption;
}

std::optional<std::string> with_recorder(std::string_view text,
                                         std::string_view recorder) {
  if (!interpreter_of(text)) return {};
  const std::size_t inserted = recorder.size() + 1;
  if (first_line_of(text).size() + inserted > kLineLimit) return {};
  std::string result;
  result.reserve(text.size() + inserted);
  result.append("#!").append(recorder).append(" ").append(text.substr(2));
  // An interpreter named like an option of ours.
  if (launched_path(result) || is_watcher(result)) return {};
  return result;
}

std::string without_recorder(std::string_view text) {
  if (!has_recorder(text) || launched_path(text) || is_watcher(text))
    return std::string(text);
  // We insert "RECORDER " right after "#!"; a hand may have added blanks before it.
  const auto recorder = text.find_first_not_of(kBlanks, 2);
  const auto end = text.find_first_of(" \t\n", recorder);
  if (end == std::string_view::npos || text[end] == '\n') return std::string(text);
  return std::string("#!").append(text.substr(end + 1));
}

std::string launcher(std::string_view recorder, std::string_view original) {
  return std::string("#!")
      .append(recorder)
      .append(" --exec ")
      .append(original)
      .append("\n");
}

std::string watcher(std::string_view recorder) {
  return std::string("#!").append(recorder).append(" --watch\n");
}

}  // namespace hookjournal
