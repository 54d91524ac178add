#include "replay/comparison/difference.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace hookjournal {
namespace {

constexpr std::pair<Field, std::string_view> kFields[] = {
    {Field::answer, "answer"},     {Field::ending, "ending"}, {Field::output, "output"},
    {Field::commands, "commands"}, {Field::files, "files"},   {Field::network, "network"},
    {Field::attempts, "attempts"}, {Field::leak, "leak"},     {Field::scripts, "scripts"},
    {Field::err, "stderr"},        {Field::out, "stdout"},    {Field::time, "time"},
};

}  // namespace

std::string_view to_string(Field field) {
  const auto* found = std::find_if(std::begin(kFields), std::end(kFields),
                                   [&](const auto& row) { return row.first == field; });
  return found != std::end(kFields) ? found->second : "unknown";
}

std::optional<Field> field_named(std::string_view name) {
  const auto* found = std::find_if(std::begin(kFields), std::end(kFields),
                                   [&](const auto& row) { return row.second == name; });
  return found != std::end(kFields) ? std::optional<Field>(found->first) : std::nullopt;
}

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::inconclusive:
      return "inconclusive";
    case Verdict::changed:
      return "changed";
    case Verdict::noise:
      return "noise";
    case Verdict::drift:
      return "drift";
    case Verdict::same:
      return "same";
  }
  return "unknown";
}

}  // namespace hookjournal
