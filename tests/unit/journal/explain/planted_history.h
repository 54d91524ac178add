#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "tests/unit/cli/sample_journal.h"

namespace hookjournal {

// A host with 200 guests over some weeks, in which three things make `prepare` fail and a
// fourth happens by chance. Besides them things change that do no harm: scripts, guests'
// definitions, the daemon's environment, reboots, the recorder; and some of the XML is
// different each time. All of it is decided by the seed.
class PlantedHistory {
 public:
  explicit PlantedHistory(unsigned seed);

  enum class Cause { script, xml, host, chance };
  // One of the calls that failed of it.
  std::int64_t failure_of(Cause cause);
  // The name explain should give first: a path, a place in the XML (without numbers), the
  // name of a version.
  const std::string& planted(Cause cause) const { return planted_.at(cause); }

  JournalReader reader() const { return journal_.reader(); }
  std::size_t calls() const { return calls_; }

 private:
  struct Guest {
    std::string name, uuid, mac, machine = "pc-q35-7.2";
    int memory = 0, disks = 1;
    bool hostdev = false, description = false;
    // What the bad script and the changed host do harm to.
    bool needs_bridge = false, needs_module = false;
    bool moved = false;  // to the other host
  };

  std::size_t below(std::size_t limit) { return random_() % limit; }
  void make_guests();
  void plan();
  void change_something(std::size_t step);
  void plant(std::size_t step);
  void start_guest(Guest& guest, bool by_chance);
  std::optional<Cause> trouble_of(const Guest& guest) const;
  std::string xml_of(const Guest& guest);
  ScannedTree tree() const;

  std::mt19937 random_;
  SampleJournal journal_;
  std::vector<Guest> guests_;
  std::map<Cause, std::string> planted_;
  std::map<Cause, std::vector<std::int64_t>> failed_;
  std::size_t calls_ = 0;

  // The host as it stands.
  std::int64_t now_ns_ = kSampleTime;
  std::map<std::string, std::string> files_;
  Context context_;
  int next_id_ = 1;
  bool bad_script_ = false, bad_host_ = false;

  // What happens after how many starts.
  std::size_t script_breaks_ = 0, script_mended_ = 0, host_changes_ = 0,
              guests_change_ = 0;
  int which_xml_ = 0, which_host_ = 0;
};

}  // namespace hookjournal
