#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <optional>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/for_real.h"
#include "cli/image_root.h"
#include "cli/simulate_play.h"
#include "engine/config.h"
#include "engine/error.h"
#include "journal/journal.h"
#include "replay/simulation.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

constexpr const char* kExplanation =
    "Performs libvirt's side of a scenario: calls the scripts as libvirt would, goes on\n"
    "as libvirt would after their answers, and says what it made of each. The calls are\n"
    "recorded with origin `simulate`, in a journal of their own unless one is named.\n"
    "\n"
    "A migration has two hosts: --scripts are those of the destination (of the source,\n"
    "in migrate-out); --source-scripts make the source take part too.\n"
    "\n"
    "exit: 0 when the scenario reached its goal, 1 when it did not\n"
    "\n"
    "example: would this guest start with the new scripts?\n"
    "  hookjournal simulate start --scripts ./hooks.new --input win11.xml --for-real\n";

std::string list_of_scenarios() {
  std::string text = "scenarios:\n";
  for (const Scenario& scenario : scenarios()) {
    std::string drivers;
    for (const auto driver : scenario.drivers)
      drivers += (drivers.empty() ? "" : " ") + std::string(driver);
    std::string line = "  " + std::string(scenario.name);
    line.resize(22, ' ');
    text += line + std::string(scenario.summary) + " (" + drivers + ")\n";
  }
  text += "faults for --fail-at:\n";
  for (const FaultName& fault : faults()) {
    std::string line = "  " + std::string(fault.name);
    line.resize(22, ' ');
    text += line + std::string(fault.summary) + "\n";
  }
  return text + "\n" + kExplanation;
}

struct Request {
  std::string scenario, driver, scripts, source_scripts, input, network, version, fault,
      corpus, journal, hooks_dir = "/etc/libvirt/hooks";
  std::int64_t guests = 1, cycles = 1;
  std::uint64_t seed = 1;
  bool for_real = false, into_production = false, json = false;
};

const Scenario& chosen_scenario(const Request& request) {
  const Scenario* scenario = scenario_named(request.scenario);
  if (scenario == nullptr)
    throw UsageError("there is no scenario '" + visible(request.scenario) +
                     "'; `hookjournal simulate --help` lists them");
  return *scenario;
}

std::string chosen_driver(const Request& request, const Scenario& scenario) {
  if (request.driver.empty()) return std::string(scenario.drivers.front());
  if (std::ranges::find(scenario.drivers, request.driver) == scenario.drivers.end())
    throw UsageError("libvirt's driver '" + visible(request.driver) + "' has no " +
                     std::string(scenario.name));
  return request.driver;
}

LibvirtVersion chosen_version(const Request& request) {
  if (request.version.empty()) return kNewestLibvirt;
  const auto version = parse_libvirt_version(request.version);
  if (!version)
    throw UsageError("'" + visible(request.version) +
                     "' is no version of libvirt; one is written like 10.5.0");
  return *version;
}

Fault chosen_fault(const Request& request, const Scenario& scenario) {
  if (request.fault.empty()) return Fault::none;
  const auto found = std::ranges::find(faults(), request.fault, &FaultName::name);
  if (found == faults().end())
    throw UsageError("nothing is called '" + visible(request.fault) +
                     "' that could be made to fail; `hookjournal simulate --help` "
                     "lists what is");
  if (!scenario.starts_guest || (found->of_migration && scenario.name != "migrate-in"))
    throw UsageError(std::string(scenario.name) + " does not come to a " +
                     std::string(found->name) + " that could fail");
  return found->fault;
}

SimulationPlan plan_of(const Request& request, const Scenario& scenario) {
  SimulationPlan plan{.scenario = &scenario,
                      .driver = chosen_driver(request, scenario),
                      .guest_xml = {},
                      .network_xml = {},
                      .corpus = request.corpus,
                      .guests = request.guests,
                      .cycles = request.cycles,
                      .seed = request.seed};
  if (!request.input.empty()) plan.guest_xml = read_input(request.input);
  if (!request.network.empty()) plan.network_xml = read_input(request.network);
  return plan;
}

// Where the calls are recorded. A host's production journal is the record of what libvirt
// did there.
fs::path chosen_journal(const Request& request) {
  fs::path production = load_config(request.hooks_dir).journal;
  if (request.into_production) {
    if (!request.journal.empty())
      throw UsageError("--into-production and --journal name two journals");
    return production;
  }
  if (request.journal.empty()) {
    std::string folder = fs::temp_directory_path() / "hookjournal-simulate.XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr)
      throw Error(with_errno("cannot make a folder for the journal, " + folder, errno));
    return folder + "/journal.db";
  }
  fs::path file = absolute_path(request.journal);
  std::error_code unknown;
  if (file == production || fs::equivalent(file, production, unknown))
    throw UsageError(file.string() +
                     " is this host's production journal; --into-production if the "
                     "simulated calls are to stand among the real ones");
  return file;
}

void check(const Request& request) {
  if (request.guests < 1 || request.cycles < 1)
    throw UsageError("--guests and --cycles are 1 or more");
  if (!request.input.empty() && !request.corpus.empty())
    throw UsageError("--input and --corpus both say what the guests are");
  if (!request.for_real)
    throw UsageError(
        "simulate runs the scripts on this machine, and they do for real what they do "
        "when libvirt calls them: detach devices, change networks, mount and delete. "
        "Add --for-real if that is what you want. Nothing was run");
}

}  // namespace

int run_simulate(int argc, char** argv) {
  CLI::App app("Perform libvirt's side of a scenario on hook scripts, without libvirt.");
  app.footer(list_of_scenarios());
  Request request;
  app.add_option("SCENARIO", request.scenario, "See below")->required()->type_name("");
  app.add_option("--driver", request.driver, "qemu, unless the scenario is another's")
      ->type_name("D");
  app.add_flag("--for-real", request.for_real, "Yes, act on this machine");
  app.add_option("--scripts", request.scripts, "Other scripts than those of --hooks-dir")
      ->type_name("DIR");
  app.add_option("--source-scripts", request.source_scripts,
                 "Of a migration: those of the host the guest comes from")
      ->type_name("DIR");
  app.add_option("--input", request.input, "The guest's XML; - is stdin")
      ->type_name("FILE");
  app.add_option("--network", request.network,
                 "A network's XML: the guest's cards on it get their ports")
      ->type_name("FILE");
  app.add_option("--libvirt", request.version, "Which libvirt to be; the newest")
      ->type_name("VERSION");
  app.add_option("--fail-at", request.fault, "What fails between the hooks; see below")
      ->type_name("POINT");
  app.add_option("--journal", request.journal, "Where the calls are recorded")
      ->type_name("FILE");
  app.add_flag("--into-production", request.into_production,
               "Record them in this host's journal");
  app.add_option("--guests", request.guests, "That many guests, one after another")
      ->type_name("N");
  app.add_option("--cycles", request.cycles, "The scenario so many times for each")
      ->type_name("M");
  app.add_option("--seed", request.seed, "Of what is invented: the same, the same guests")
      ->type_name("S");
  app.add_option("--corpus", request.corpus, "Take the guests' XML from DIR/DRIVER/*.xml")
      ->type_name("DIR");
  app.add_flag("--json", request.json, "One object a line, for programs");
  app.add_option("--hooks-dir", request.hooks_dir,
                 "The host's, with its configuration; " + request.hooks_dir)
      ->type_name("DIR");
  if (const auto status = parse_command_line(app, argc, argv)) return *status;

  const Scenario& scenario = chosen_scenario(request);
  const LibvirtVersion version = chosen_version(request);
  const Fault fault = chosen_fault(request, scenario);
  check(request);
  const fs::path scripts =
      scripts_directory(request.scripts.empty() ? request.hooks_dir : request.scripts);
  const fs::path journal = chosen_journal(request);
  if (!request.into_production) create_or_migrate(journal);

  const PlayResult result =
      play({.plan = plan_of(request, scenario),
            .version = version,
            .fault = fault,
            .scripts = scripts,
            .source_scripts = request.source_scripts.empty()
                                  ? fs::path()
                                  : scripts_directory(request.source_scripts),
            .journal = journal,
            .config = load_config(request.hooks_dir),
            .json = request.json});
  if (result.recorded > 0) {
    std::fprintf(stderr, "hookjournal: the calls are recorded in %s\n",
                 visible(journal.native()).c_str());
  } else {
    std::fputs("hookjournal: no script ran, so there is nothing to record\n", stderr);
    if (request.journal.empty() && !request.into_production)
      fs::remove_all(journal.parent_path());
  }
  return result.simulation.reached == result.simulation.played ? 0 : 1;
}

}  // namespace hookjournal
