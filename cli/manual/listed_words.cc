#include "cli/manual/listed_words.h"

#include <algorithm>

#include "engine/driver_rules.h"
#include "replay/simulation/scenario.h"

namespace hookjournal {

namespace {

using Words = std::vector<std::string>;

bool is_word(std::string_view text) {
  return text == "-" || (!text.empty() && text[0] >= 'a' && text[0] <= 'z' &&
                         std::ranges::all_of(text, [](char c) {
                           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                                  c == '-' || c == '_';
                         }));
}

// One blank between words, none at the ends, no remarks in parentheses, no " or ".
std::string without_remarks(std::string_view help) {
  std::string text;
  int depth = 0;
  for (const char c : help) {
    if (c == '(') ++depth;
    const bool blank = c == ' ' || c == '\n';
    if (depth == 0 && !(blank && (text.empty() || text.back() == ' ')))
      text += blank ? ' ' : c;
    if (c == ')') --depth;
  }
  for (auto at = text.find(" or "); at != std::string::npos; at = text.find(" or "))
    text.replace(at, 4, ", ");
  return text;
}

Words parts(std::string_view text) {
  Words found;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    std::string_view part = text.substr(0, comma);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ') || part.ends_with('.')) part.remove_suffix(1);
    if (!part.empty()) found.emplace_back(part);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return found;
}

Words call_site_words(std::string_view CallSite::*word, Words known) {
  for (const CallSite& site : call_sites())
    if (std::ranges::find(known, site.*word) == known.end())
      known.emplace_back(site.*word);
  return known;
}

}  // namespace

std::vector<std::string> listed_words(std::string_view help) {
  const std::string text = without_remarks(help.substr(0, help.find(';')));
  const auto colon = text.find(": ");
  Words found =
      parts(std::string_view(text).substr(colon == std::string::npos ? 0 : colon + 2));
  if (found.size() < 2 || !std::ranges::all_of(found, is_word)) return {};
  return found;
}

std::vector<std::string> words_for(std::string_view command, std::string_view option,
                                   std::string_view help) {
  Words words = listed_words(help);
  if (option == "--driver" || option == "DRIVER")
    return call_site_words(&CallSite::driver, std::move(words));
  if (option == "--operation" || option == "OPERATION")
    return call_site_words(&CallSite::operation, std::move(words));
  if (command == "simulate" && option == "SCENARIO")
    for (const Scenario& scenario : scenarios()) words.emplace_back(scenario.name);
  if (command == "scripts" && option == "WHAT") words = {"diff", "show", "restore"};
  if (command == "simulate" && option == "--fail-at")
    for (const FaultName& fault : faults()) words.emplace_back(fault.name);
  return words;
}

}  // namespace hookjournal
