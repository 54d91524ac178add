#include "cli/replay/trial_json.h"

#include <nlohmann/json.hpp>

#include "cli/asking/cause_words.h"
#include "cli/asking/difference_json.h"
#include "journal/asking/call_json.h"
#include "replay/forensics/bisection.h"
#include "replay/forensics/cross_check.h"

namespace hookjournal {

namespace {

using Json = nlohmann::ordered_json;

Json or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

const char* word_for(TrialOutcome::Kind kind) {
  switch (kind) {
    case TrialOutcome::Kind::succeeded:
      return "succeeded";
    case TrialOutcome::Kind::failed:
      return "failed";
    case TrialOutcome::Kind::unclear:
      break;
  }
  return "unclear";
}

Json json_of(const Bisection::Version& version) {
  const bool seen = version.tree.calls > 0;
  return {{"tree", "sha256:" + version.tree.digest},
          {"first_call", seen ? Json(version.tree.first_call) : Json()},
          {"first_seen", seen ? Json(utc_time_text(version.tree.first_ns)) : Json()},
          {"calls", version.tree.calls},
          {"result", version.tried ? json_of(version.outcome) : Json()}};
}

}  // namespace

Json json_of(const TrialOutcome& outcome) {
  const bool script = outcome.failed() && !outcome.script.empty();
  return {{"outcome", word_for(outcome.kind)},
          {"why", or_null(outcome.why)},
          {"script", or_null(outcome.script)},
          {"ending", script ? ending_json(outcome.ending) : Json()},
          {"lines", outcome.lines},
          {"as_recorded", outcome.as_recorded},
          {"same_words", outcome.same_words},
          {"simulated", outcome.simulated},
          {"blocked", outcome.blocked}};
}

Json json_of(const CrossCheck& check, const CallRecord& success) {
  Json trials = Json::array();
  for (const CrossCheck::Cell& cell : check.cells)
    trials.push_back({{"scripts", cell.scripts_then ? "then" : "success"},
                      {"xml", cell.xml_then ? "then" : "success"},
                      {"result", json_of(cell.outcome)}});
  return {{"verdict", to_string(check.verdict)},
          {"why", or_null(check.why)},
          {"success", success.id},
          {"same_scripts", check.same_scripts},
          {"same_xml", check.same_xml},
          {"scripts_only", check.scripts_only},
          {"trials", std::move(trials)},
          {"notes", check.notes}};
}

Json json_of(const Bisection& bisection, const CallRecord& call,
             const CallRecord& success, const std::vector<std::string>& commands) {
  const bool found = bisection.verdict == Bisection::Finding::found;
  const auto tree_at = [&](std::size_t index) {
    return found ? Json("sha256:" + bisection.versions[index].tree.digest) : Json();
  };
  Json versions = Json::array(), files = Json::array();
  for (const auto& version : bisection.versions) versions.push_back(json_of(version));
  for (const ScriptChange& file : bisection.files) files.push_back(json_of(file));
  return {{"call", call.id},
          {"success", success.id},
          {"verdict", to_string(bisection.verdict)},
          {"why", or_null(bisection.why)},
          {"last_good", tree_at(bisection.last_good)},
          {"first_bad", tree_at(bisection.first_bad)},
          {"guilty", bisection.guilty},
          {"together", bisection.together},
          {"files", std::move(files)},
          {"versions", std::move(versions)},
          {"trials", bisection.trials},
          {"notes", bisection.notes},
          {"commands", commands}};
}

}  // namespace hookjournal
