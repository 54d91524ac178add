#include "replay/simulation/simulation.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "engine/error.h"
#include "replay/simulation/sample_guest.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) throw Error("cannot read " + file.string());
  return text.str();
}

std::vector<fs::path> corpus_files(const fs::path& corpus, const std::string& driver) {
  if (corpus.empty()) return {};
  std::vector<fs::path> files;
  std::error_code trouble;
  for (const auto& entry : fs::directory_iterator(corpus / driver, trouble))
    if (entry.path().extension() == ".xml") files.push_back(entry.path());
  if (files.empty())
    throw Error("there is no XML in " + (corpus / driver).string() +
                (trouble ? ": " + trouble.message() : ""));
  std::ranges::sort(files);
  return files;
}

// The cast of one play after another: the same guests again in each cycle, booted anew.
class Company {
 public:
  explicit Company(const SimulationPlan& plan)
      : plan_(plan),
        driver_(driver_rules(plan.driver) != nullptr ? plan.driver : "qemu"),
        corpus_(corpus_files(plan.corpus, driver_)),
        changes_(plan.seed) {
    Samples samples(plan.seed);
    if (plan.network_xml)
      network_ = samples.network_of(*plan.network_xml);
    else if (plan.driver == "network")
      network_ = samples.network("default");
    if (network_) connections_ = network_->connections;
  }

  // Guests are made again rather than kept: a host may have any number.
  SimulatedGuest guest(std::int64_t number) {
    Samples samples(plan_.seed * 1'000'003 + static_cast<std::uint64_t>(number));
    SimulatedGuest guest = invent(samples, number);
    if (network_) samples.connect(guest, *network_, plan_.driver == "network");
    if (!plan_.guest_xml || many()) changes_.boot(guest);
    return guest;
  }

  // As it was before the last play.
  SimulatedNetwork* network() {
    if (!network_) return nullptr;
    network_->connections = connections_;
    return &*network_;
  }

 private:
  bool many() const { return plan_.guests > 1 || plan_.cycles > 1; }

  SimulatedGuest invent(Samples& samples, std::int64_t number) {
    const std::string name = "guest" + std::to_string(number);
    if (plan_.guest_xml && plan_.guests == 1)
      return samples.guest_of(driver_, *plan_.guest_xml);
    if (plan_.guest_xml)
      return samples.guest_of(driver_, *plan_.guest_xml, name, samples.uuid());
    if (corpus_.empty()) return samples.guest(driver_, name);
    const fs::path& file = corpus_[static_cast<std::size_t>(number) % corpus_.size()];
    try {
      return samples.guest_of(driver_, content_of(file), name, samples.uuid());
    } catch (const Error& error) {
      throw Error(file.string() + ": " + error.what());
    }
  }

  const SimulationPlan& plan_;
  std::string driver_;
  std::vector<fs::path> corpus_;
  Samples changes_;
  std::optional<SimulatedNetwork> network_;
  int connections_ = 0;
};

}  // namespace

SimulationResult simulate(const SimulationPlan& plan, const SimulatedHosts& hosts,
                          const SimulationListener& listener) {
  Company company(plan);
  SimulationResult result;
  for (std::int64_t cycle = 0; cycle < plan.cycles; ++cycle)
    for (std::int64_t number = 1; number <= plan.guests; ++number) {
      SimulatedGuest guest = company.guest(number);
      SimulatedNetwork* network = company.network();
      if (listener.begin) listener.begin(guest, network);
      ++result.played;
      if (plan.scenario->play({hosts.libvirt, hosts.source, &guest, network}))
        ++result.reached;
      if (listener.done) listener.done(result);
    }
  return result;
}

}  // namespace hookjournal
