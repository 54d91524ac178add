#pragma once

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/sample_journal.h"

namespace hookjournal {

// One call, and what was so when it was made.
struct Given {
  std::string guest = "web1";
  Ending ending = Exited{0};
  std::string err;
  std::string operation = "prepare";
  std::string script = "#!/bin/sh\nexit 0\n";
  std::string memory = "1";
  std::string kernel = "6.1.0";
  std::int64_t elapsed_ns = kSecondNs / 100;
  std::int64_t after_ns = 3600 * kSecondNs;  // since the call before
};

// Calls of one script, an hour apart, and what explain says of them.
class History {
 public:
  std::int64_t add(const Given& given) {
    RunStarted start = start_of(given);
    RunEnded end = run_end(given.ending, at_, given.elapsed_ns);
    end.err = kept(given.err);
    return add(given, start, end);
  }
  std::int64_t add(const Given& given, const RunStarted& start, const RunEnded& end) {
    ScannedTree tree;
    tree.hooks_dir = start.context.hooks_dir;
    tree.files.push_back({"qemu", 0755, TreeContent::Kind::content, given.script, {}});
    return journal_.add(
        start, end, kept("<domain><memory>" + given.memory + "</memory></domain>"), tree);
  }
  RunStarted start_of(const Given& given) {
    at_ += given.after_ns;
    RunStarted start =
        run_start("qemu", {given.guest, given.operation, "begin", "-"}, at_);
    start.context.kernel = given.kernel;
    return start;
  }
  RunEnded end_of(const Given& given) const {
    return run_end(given.ending, at_, given.elapsed_ns);
  }
  std::int64_t now_ns() const { return at_; }
  SampleJournal& journal() { return journal_; }

  CommandResult explain(std::vector<std::string> words) const {
    words.insert(words.begin(), {"explain", "--journal", journal_.file()});
    return run_command(run_explain, words);
  }
  // In one line: where its lines break is not promised.
  std::string page(std::int64_t id) const {
    std::istringstream words(explain({std::to_string(id)}).out);
    std::string text;
    for (std::string word; words >> word;) text += (text.empty() ? "" : " ") + word;
    return text;
  }
  nlohmann::json json(std::int64_t id) const {
    return nlohmann::json::parse(explain({std::to_string(id), "--json"}).out);
  }
  std::string pattern(std::int64_t id, const std::string& name) const {
    const nlohmann::json explanation = json(id);
    for (const auto& pattern : explanation["patterns"])
      if (pattern["name"] == name) return pattern["text"];
    return "";
  }

 private:
  SampleJournal journal_;
  std::int64_t at_ = kSampleTime;
};

}  // namespace hookjournal
