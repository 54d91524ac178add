#include "tests/replay_set/figures.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/replay_set/recorded_fixture.h"

namespace hookjournal::replay_set {

namespace {

constexpr std::size_t kShownOfValue = 100;
constexpr std::size_t kShownDifferences = 3;

// For every figure by its name.
template <typename Visitor>
void for_each_figure(Visitor visit) {
  visit("fixtures", &Figures::fixtures);
  visit("breakages", &Figures::breakages);
  visit("reported", &Figures::reported);
  visit("only_as_leak", &Figures::only_as_leak);
  visit("with_field", &Figures::with_field);
  visit("with_consequence", &Figures::with_consequence);
  visit("harmless", &Figures::harmless);
  visit("harmless_reported", &Figures::harmless_reported);
  visit("unchanged_calls", &Figures::unchanged_calls);
  visit("unchanged_lives", &Figures::unchanged_lives);
  visit("false_alarms", &Figures::false_alarms);
  visit("false_leaks", &Figures::false_leaks);
  visit("inconclusive", &Figures::inconclusive);
}

std::string shown(std::string value) {
  std::ranges::replace(value, '\n', '|');
  if (value.size() > kShownOfValue) value = value.substr(0, kShownOfValue) + "...";
  return "\"" + value + "\"";
}

std::string shown(const std::vector<Difference>& differences) {
  std::string text;
  for (std::size_t i = 0; i < std::min(differences.size(), kShownDifferences); ++i) {
    const Difference& found = differences[i];
    text += "\n      " + std::string(to_string(found.field)) + " " + found.script + " " +
            found.place + ": " + shown(found.before) + " -> " + shown(found.after);
  }
  if (differences.size() > kShownDifferences) text += "\n      ...";
  return text;
}

std::string shown(const ReplayedCall& call) {
  const CallVerdict& verdict = call.verdict;
  return "\n    " + call.call.operation + "/" + call.call.suboperation + " of " +
         call.call.object + ": " + std::string(to_string(verdict.verdict)) + " " +
         std::string(to_string(verdict.before)) + " -> " +
         std::string(to_string(verdict.after)) + " " + verdict.reason +
         shown(verdict.differences);
}

std::string shown(const ReplayedLeak& leak) {
  return "\n    leak of " + leak.object + shown(leak.differences);
}

bool remarkable(const ReplayedCall& call) {
  return call.verdict.verdict == Verdict::changed ||
         call.verdict.verdict == Verdict::inconclusive;
}

// All that a person needs to see why.
std::string shown(const Told& told) {
  std::string text;
  std::map<Verdict, int> others;
  for (const ReplayedCall& call : told.calls)
    if (remarkable(call))
      text += shown(call);
    else
      ++others[call.verdict.verdict];
  for (const auto& [verdict, count] : others)
    text += "\n    " + std::string(to_string(verdict)) + ": " + std::to_string(count);
  for (const ReplayedLeak& leak : told.leaks) text += shown(leak);
  return text;
}

std::int64_t count(const Told& told, Verdict verdict) {
  return std::ranges::count_if(told.calls, [verdict](const ReplayedCall& call) {
    return call.verdict.verdict == verdict;
  });
}

// Of the call that the breakage names, and of what stays in the end.
std::set<std::string> fields_of(const Told& told, std::size_t call) {
  std::set<std::string> fields;
  if (call < told.calls.size())
    for (const Difference& found : told.calls[call].verdict.differences)
      fields.emplace(to_string(found.field));
  for (const ReplayedLeak& leak : told.leaks)
    for (const Difference& found : leak.differences)
      fields.emplace(to_string(found.field));
  return fields;
}

bool has_field(const Told& told, const Edit& breakage) {
  const auto fields = fields_of(told, breakage.call);
  return std::ranges::any_of(breakage.fields, [&fields](const std::string& field) {
    return fields.contains(field);
  });
}

// What libvirt takes no notice of is as good as nothing.
bool nothing_happens(Consequence consequence) {
  return consequence == Consequence::none || consequence == Consequence::ignored;
}

// In the call that the breakage names.
bool has_consequence(const Told& told, const Edit& breakage) {
  if (breakage.call >= told.calls.size()) return false;
  const CallVerdict& verdict = told.calls[breakage.call].verdict;
  if (!breakage.consequence)
    return verdict.before == verdict.after ||
           (nothing_happens(verdict.before) && nothing_happens(verdict.after));
  return verdict.before != verdict.after &&
         to_string(verdict.after) == *breakage.consequence;
}

void judge_breakage(Figures& figures, const std::string& title, const Told& told,
                    const Edit& breakage) {
  ++figures.breakages;
  const bool changed = count(told, Verdict::changed) > 0;
  if (!changed && told.leaks.empty()) {
    figures.findings.push_back("missed: " + title + shown(told));
    return;
  }
  ++(changed ? figures.reported : figures.only_as_leak);
  const bool field = has_field(told, breakage);
  const bool consequence = has_consequence(told, breakage);
  figures.with_field += field ? 1 : 0;
  figures.with_consequence += consequence ? 1 : 0;
  if (!field)
    figures.findings.push_back("other field: " + title + shown(told));
  else if (!consequence)
    figures.findings.push_back(
        "other consequence, wanted in call " + std::to_string(breakage.call) + " " +
        breakage.consequence.value_or("as before") + ": " + title + shown(told));
}

void judge_harmless(Figures& figures, const std::string& title, const Told& told) {
  ++figures.harmless;
  if (count(told, Verdict::changed) == 0 && told.leaks.empty()) return;
  ++figures.harmless_reported;
  figures.findings.push_back("harmless, but reported: " + title + shown(told));
}

void judge_unchanged(Figures& figures, const std::string& title, const Told& told) {
  figures.unchanged_calls += static_cast<std::int64_t>(told.calls.size());
  figures.unchanged_lives += told.summary.coverage.lifecycles;
  figures.false_alarms += count(told, Verdict::changed);
  figures.false_leaks += static_cast<std::int64_t>(told.leaks.size());
  figures.inconclusive += count(told, Verdict::inconclusive);
  for (const ReplayedCall& call : told.calls)
    if (remarkable(call))
      figures.findings.push_back("unchanged, but reported: " + title + shown(call));
  for (const ReplayedLeak& leak : told.leaks)
    figures.findings.push_back("unchanged, but reported: " + title + shown(leak));
}

}  // namespace

void Figures::add(const Figures& other) {
  for_each_figure([&](const char*, auto figure) { this->*figure += other.*figure; });
  findings.insert(findings.end(), other.findings.begin(), other.findings.end());
}

Figures measure(const Fixture& fixture, int repetitions) {
  Figures figures;
  figures.fixtures = 1;
  const RecordedFixture recorded(fixture, repetitions);
  for (const Edit& breakage : fixture.breakages)
    judge_breakage(figures, fixture.name + ", " + breakage.name,
                   recorded.replay_once(edited(fixture, breakage)), breakage);
  for (const Edit& edit : fixture.harmless)
    judge_harmless(figures, fixture.name + ", " + edit.name,
                   recorded.replay_once(edited(fixture, edit)));
  judge_unchanged(figures, fixture.name,
                  recorded.replay_all(tree_of_directory(fixture.hooks)));
  return figures;
}

std::string to_text(const Figures& figures) {
  nlohmann::json json;
  for_each_figure([&](const char* name, auto figure) { json[name] = figures.*figure; });
  json["findings"] = figures.findings;
  return json.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

Figures figures_of_text(const std::string& text) {
  const auto json = nlohmann::json::parse(text);
  Figures figures;
  for_each_figure(
      [&](const char* name, auto figure) { json.at(name).get_to(figures.*figure); });
  json.at("findings").get_to(figures.findings);
  return figures;
}

}  // namespace hookjournal::replay_set
