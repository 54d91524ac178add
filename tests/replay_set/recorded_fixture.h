#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "replay/replay.h"
#include "tests/replay_set/fixture.h"
#include "tests/unit/journal/fresh_journal.h"

namespace hookjournal::replay_set {

// What a replay told.
struct Told {
  ReplaySummary summary;
  std::vector<ReplayedCall> calls;
  std::vector<ReplayedLeak> leaks;
};

// A journal that holds a fixture's calls as its scripts answered them in a sandbox, so
// many times over, each time by another host; and what it takes to replay them. One
// sandbox at a time.
class RecordedFixture {
 public:
  RecordedFixture(const Fixture& fixture, int repetitions);

  Told replay_once(const ScriptsTree& candidate) const;
  Told replay_all(const ScriptsTree& candidate) const;

 private:
  Told replay_of(const ScriptsTree& candidate,
                 const std::vector<std::string>& hosts) const;
  void record(JournalWriter& journal, RunMaker& maker,
              const std::vector<std::vector<ObservedRun>>& calls);

  const Fixture& fixture_;
  FreshJournal journal_;
  std::unique_ptr<SandboxMaker> maker_;
};

}  // namespace hookjournal::replay_set
