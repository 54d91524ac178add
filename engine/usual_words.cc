#include "engine/usual_words.h"

#include <algorithm>
#include <string_view>

namespace hookjournal {

namespace {

constexpr std::string_view kBegins[] = {
    "start",  "prepare",      "started",      "migrate", "restore", "reconnect",
    "attach", "port-created", "port-deleted", "updated", "plugged", "unplugged"};
constexpr std::string_view kEnds[] = {"stopped", "release"};

bool is_one_of(const std::string& operation, const auto& names) {
  return std::ranges::find(names, operation) != std::end(names);
}

}  // namespace

std::string usual_suboperation(const std::string& driver, const std::string& operation) {
  if (driver == "daemon") return operation == "reload" ? "begin" : "-";
  if (is_one_of(operation, kBegins)) return "begin";
  return is_one_of(operation, kEnds) ? "end" : "-";
}

std::string usual_extra(const std::string& driver, const std::string& operation) {
  if (driver != "daemon") return "-";
  if (operation == "reload") return "SIGHUP";
  return operation == "start" || operation == "shutdown" ? operation : "-";
}

}  // namespace hookjournal
