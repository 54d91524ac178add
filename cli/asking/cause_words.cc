#include "cli/asking/cause_words.h"

#include <fmt/format.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "cli/call_words.h"
#include "cli/escape.h"
#include "engine/discovery.h"

namespace hookjournal {

std::string ending_words(const FailureCause& cause) {
  const Ending& ending = cause.ending;
  if (const auto* exited = std::get_if<Exited>(&ending))
    return fmt::format("exit status {}", exited->code);
  if (const auto* signaled = std::get_if<Signaled>(&ending))
    return fmt::format("signal {} ({})", signaled->signal, signal_name(signaled->signal));
  return fmt::format("could not be {} ({})",
                     is_scripts_directory(cause.script) ? "opened" : "executed",
                     std::strerror(std::get<NotStarted>(ending).error));
}

std::string cause_title(const FailureCause& cause) {
  return visible(cause.script) + ": " + ending_words(cause);
}

nlohmann::ordered_json ending_json(const Ending& ending) {
  if (const auto* exited = std::get_if<Exited>(&ending))
    return {{"exited", exited->code}};
  if (const auto* signaled = std::get_if<Signaled>(&ending))
    return {{"signaled", signaled->signal}, {"core_dumped", signaled->core_dumped}};
  const int error = std::get<NotStarted>(ending).error;
  return {{"not_started", error}, {"reason", std::strerror(error)}};
}

}  // namespace hookjournal
