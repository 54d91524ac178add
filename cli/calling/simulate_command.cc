#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "cli/calling/for_real.h"
#include "cli/calling/sandbox_options.h"
#include "cli/calling/sandbox_settings.h"
#include "cli/calling/simulate_play.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/install/image_root.h"
#include "engine/config.h"
#include "engine/error.h"
#include "engine/libvirt_message.h"
#include "engine/process_runner.h"
#include "journal/journal.h"
#include "replay/recorded_scripts.h"
#include "replay/sandbox/stand_ins/stand_in_rules.h"
#include "replay/sandbox_hooks.h"
#include "replay/simulation/simulation.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

constexpr const char* kExplanation =
    "Performs libvirt's side of a scenario: calls the scripts as libvirt would, goes on\n"
    "as libvirt would after their answers, and says what it made of each. The calls are\n"
    "recorded with origin `simulate`, in a journal of their own unless one is named.\n"
    "\n"
    "The scripts run in a sandbox, at /etc/libvirt/hooks there, a fresh one for each "
    "guest\n"
    "and cycle: nothing outside of it is touched, and what they do is told call by "
    "call.\n"
    "Commands that cannot run there (systemctl, modprobe, virsh ...) are answered for "
    "by\n"
    "stand-ins. It takes root, or user namespaces. --for-real runs them on this "
    "machine.\n"
    "\n"
    "A migration has two hosts: --scripts are those of the destination (of the source,\n"
    "in migrate-out); --source-scripts make the source take part too.\n"
    "\n"
    "exit: 0 when the scenario reached its goal, 1 when it did not, or when a script "
    "was\n"
    "killed at the sandbox's time limit\n"
    "\n"
    "example: what would the new scripts do to this guest, from its start to its end?\n"
    "  hookjournal simulate lifecycle --scripts ./hooks.new --input win11.xml\n";

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
      corpus, journal, hooks_dir = kHooksOfLibvirt, stubs, timeout = kUsualTimeLimit;
  std::int64_t guests = 1, cycles = 1;
  std::uint64_t seed = 1;
  bool for_real = false, into_production = false, json = false, links = false;
};

void add_options(CommandLine& line, Request& request) {
  line.add_argument("SCENARIO", request.scenario, "See below").required();
  line.add_option("--driver", request.driver, "qemu, unless the scenario is another's")
      .takes("D");
  line.add_flag("--for-real", request.for_real,
                "Run the scripts on this machine, not in a sandbox");
  line.add_option("--scripts", request.scripts, "Other scripts than those of --hooks-dir")
      .takes("DIR");
  line.add_option("--source-scripts", request.source_scripts,
                  "Of a migration: those of the host the guest comes from")
      .takes("DIR");
  line.add_option("--input", request.input, "The guest's XML; - is stdin").takes("FILE");
  line.add_option("--network", request.network,
                  "A network's XML: the guest's cards on it get their ports")
      .takes("FILE");
  line.add_option("--libvirt", request.version, "Which libvirt to be; the newest")
      .takes("VERSION");
  line.add_option("--fail-at", request.fault, "What fails between the hooks; see below")
      .takes("POINT");
  line.add_option("--journal", request.journal, "Where the calls are recorded")
      .takes("FILE");
  line.add_flag("--into-production", request.into_production,
                "Record them in this host's journal");
  line.add_option("--guests", request.guests, "That many guests, one after another")
      .takes("N");
  line.add_option("--cycles", request.cycles, "The scenario so many times for each")
      .takes("M");
  line.add_option("--seed", request.seed,
                  "Of what is invented: the same, the same guests")
      .takes("S");
  line.add_option("--corpus", request.corpus,
                  "Take the guests' XML from DIR/DRIVER/*.xml")
      .takes("DIR");
  add_sandbox_options(line, request.timeout, request.stubs, request.links);
  line.add_flag("--json", request.json, "One object a line, for programs");
  line.add_option("--hooks-dir", request.hooks_dir,
                  "The host's, with its configuration; " + request.hooks_dir)
      .takes("DIR");
}

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
  const bool of_sandbox =
      !request.stubs.empty() || request.links || request.timeout != kUsualTimeLimit;
  if (request.for_real && of_sandbox)
    throw UsageError(
        "--timeout, --stubs and --links are about the sandbox; with --for-real there is "
        "none");
  script_time_limit(request.timeout);
}

// Where libvirt's daemon would look for commands.
std::string path_variable() {
  constexpr std::string_view kName = "PATH=";
  for (const std::string& entry : hook_environment(own_environment()))
    if (entry.starts_with(kName)) return entry.substr(kName.size());
  return {};
}

// What the scripts of a play run in.
struct Sandboxes {
  std::unique_ptr<SandboxMaker> maker;  // null: for real
  std::vector<std::string> lacking;     // see Play
};

// Of what runs in production nothing is known, so that a command this host lacks is
// missing in the sandbox too, unless --stubs speaks of it.
Sandboxes sandboxes_for(const Request& request, const std::vector<fs::path>& scripts) {
  if (request.for_real) return {};
  SandboxSettings settings =
      sandbox_settings(script_time_limit(request.timeout), request.stubs);
  std::vector<std::string> texts;
  for (const fs::path& directory : scripts)
    std::ranges::move(texts_of(tree_of_directory(directory)), std::back_inserter(texts));
  const std::string path = path_variable();
  const auto missing = missing_commands(texts, path);
  provide_stand_ins(settings, with_own_rule(missing, *settings.stand_ins), path);
  try {
    return {make_sandbox_maker(settings), not_provided(missing, settings)};
  } catch (const Error& error) {
    throw Error(std::string(error.what()) +
                ". Nothing was run; simulate needs root or user namespaces, unless "
                "--for-real lets the scripts act on this machine");
  }
}

// Where it was done, and where the calls are.
void tell_where(const Request& request, const PlayResult& result,
                const fs::path& journal) {
  if (!request.for_real)
    std::fputs("hookjournal: all of it was done in a sandbox\n", stderr);
  if (result.recorded > 0) {
    std::fprintf(stderr, "hookjournal: the calls are recorded in %s\n",
                 visible(journal.native()).c_str());
  } else {
    std::fputs("hookjournal: no script ran, so there is nothing to record\n", stderr);
    if (request.journal.empty() && !request.into_production)
      fs::remove_all(journal.parent_path());
  }
}

}  // namespace

int run_simulate(int argc, char** argv) {
  CommandLine line(
      "Perform libvirt's side of a scenario on hook scripts, without libvirt.",
      list_of_scenarios());
  Request request;
  add_options(line, request);
  if (const auto status = line.parse(argc, argv)) return *status;

  const Scenario& scenario = chosen_scenario(request);
  const LibvirtVersion version = chosen_version(request);
  const Fault fault = chosen_fault(request, scenario);
  check(request);
  std::vector<fs::path> scripts = {
      scripts_directory(request.scripts.empty() ? request.hooks_dir : request.scripts)};
  if (!request.source_scripts.empty())
    scripts.push_back(scripts_directory(request.source_scripts));
  SimulationPlan plan = plan_of(request, scenario);
  // It forks, and should have nothing of a journal when it does.
  const Sandboxes sandboxes = sandboxes_for(request, scripts);
  const fs::path journal = chosen_journal(request);
  if (!request.into_production) create_or_migrate(journal);

  const PlayResult result =
      play({.plan = std::move(plan),
            .version = version,
            .fault = fault,
            .scripts = scripts.front(),
            .source_scripts = scripts.size() > 1 ? scripts.back() : fs::path(),
            .journal = journal,
            .config = load_config(request.hooks_dir),
            .json = request.json,
            .sandboxes = sandboxes.maker.get(),
            .links = request.links,
            .lacking = sandboxes.lacking});
  tell_where(request, result, journal);
  const bool well = result.simulation.reached == result.simulation.played;
  return well && result.timed_out == 0 ? 0 : 1;
}

}  // namespace hookjournal
