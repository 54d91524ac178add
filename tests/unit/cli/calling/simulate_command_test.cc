#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "journal/journal.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"

namespace hookjournal {
namespace {

using Words = std::vector<std::string>;

// A host's scripts, and a place for the journal of what is simulated with them.
struct Host {
  ScratchDir dir;

  void script(const std::string& name, const std::string& text) const {
    dir.write("hooks/" + name, "#!/bin/sh\n" + text, 0755);
  }
  std::string journal() const { return dir.path() / "j" / "journal.db"; }

  CommandResult simulate(Words words) const {
    words.insert(words.begin(),
                 {"simulate", "--scripts", dir.path() / "hooks", "--journal", journal(),
                  "--hooks-dir", dir.path() / "none"});
    return run_command(run_simulate, words);
  }

  std::vector<nlohmann::json> steps(Words words) const {
    words.insert(words.end(), {"--for-real", "--json"});
    std::istringstream lines(simulate(words).out);
    std::vector<nlohmann::json> steps;
    for (std::string line; std::getline(lines, line);)
      steps.push_back(nlohmann::json::parse(line));
    return steps;
  }

  std::string calls() const {
    std::string words;
    JournalReader(journal()).for_each_call({}, [&words](const CallRecord& call) {
      words += (words.empty() ? "" : " ") + call.operation + ":" +
               std::string(to_string(call.outcome)) + ":" +
               std::string(to_string(call.origin));
    });
    return words;
  }
};

TEST_CASE("a simulated start runs the scripts and records them", "[cli][simulate]") {
  Host host;
  host.script("qemu", "exit 0");
  const CommandResult result = host.simulate({"start", "--for-real"});
  CHECK(result.status == 0);
  CHECK_THAT(result.out, ContainsSubstring("qemu guest1 prepare begin -"));
  CHECK_THAT(result.out, ContainsSubstring("start reached its goal"));
  CHECK_THAT(result.err, ContainsSubstring("recorded in " + host.journal()));
  CHECK(host.calls() == "prepare:ok:simulate start:ok:simulate started:ok:simulate");
}

TEST_CASE("what libvirt makes of a failing script is said, with its message",
          "[cli][simulate]") {
  Host host;
  host.script("qemu", "[ $2 = start ] || exit 0; echo no bridge >&2; exit 3");
  const CommandResult result = host.simulate({"start", "--for-real"});
  CHECK(result.status == 1);
  CHECK_THAT(result.out, ContainsSubstring("libvirt refuses the start"));
  CHECK_THAT(result.out, ContainsSubstring("unexpected exit status 3: no bridge"));
  CHECK(host.calls() ==
        "prepare:ok:simulate start:failed:simulate stopped:ok:simulate "
        "release:ok:simulate");
}

TEST_CASE("words that cannot be meant are named", "[cli][simulate]") {
  const Host host;
  std::filesystem::create_directory(host.dir.path() / "hooks");
  const auto refused = [&host](Words words, const char* why) {
    words.push_back("--for-real");
    const CommandResult result = host.simulate(words);
    CHECK(result.status == 2);
    CHECK_THAT(result.err, ContainsSubstring(why));
  };
  refused({"strat"}, "no scenario 'strat'");
  refused({"migrate-in", "--driver", "lxc"}, "'lxc' has no migrate-in");
  refused({"start", "--libvirt", "ten"}, "'ten' is no version");
  refused({"start", "--fail-at", "noon"}, "'noon'");
  refused({"net-start", "--fail-at", "start-process"}, "net-start does not come to");
  refused({"start", "--guests", "0"}, "--guests");
}

TEST_CASE("scripts are taken from a directory", "[cli][simulate]") {
  const ScratchDir folder;
  const std::string file = folder.write("qemu", "#!/bin/sh\n");
  const CommandResult result =
      run_command(run_simulate, {"simulate", "start", "--for-real", "--scripts", file});
  CHECK(result.status == 2);
  CHECK_THAT(result.err, ContainsSubstring(file + " is no directory; the scripts are"));
}

TEST_CASE("XML that is none is told with its line", "[cli][simulate]") {
  Host host;
  host.script("qemu", "exit 0");
  const std::string file = host.dir.write("xml", "<domain>\n<name>\n</domain>\n");
  const CommandResult result = host.simulate({"start", "--for-real", "--input", file});
  CHECK(result.status == 3);
  CHECK_THAT(result.err, ContainsSubstring("not well-formed XML; libvirt would say: "));
  CHECK_THAT(result.err, ContainsSubstring(":3: Opening and ending tag mismatch"));
}

TEST_CASE("simulated calls keep out of the host's journal unless told",
          "[cli][simulate]") {
  Host host;
  host.script("qemu", "exit 0");
  create_or_migrate(host.journal());
  host.dir.write("hooks/hookjournal/config.json",
                 "{\"journal\": \"" + host.journal() + "\"}");
  const std::string hooks = host.dir.path() / "hooks";
  const CommandResult refused =
      run_command(run_simulate, {"simulate", "start", "--for-real", "--hooks-dir", hooks,
                                 "--journal", host.journal()});
  CHECK(refused.status == 2);
  CHECK_THAT(refused.err, ContainsSubstring("--into-production"));
  CHECK(host.calls().empty());

  const CommandResult meant = run_command(
      run_simulate,
      {"simulate", "start", "--for-real", "--hooks-dir", hooks, "--into-production"});
  CHECK(meant.status == 0);
  CHECK(host.calls() == "prepare:ok:simulate start:ok:simulate started:ok:simulate");
}

TEST_CASE("a guest's XML gives its name, and only its id changes", "[cli][simulate]") {
  Host host;
  host.script("qemu", "cat >" + (host.dir.path() / "seen-").string() + "$2");
  const std::string xml =
      "<domain type='kvm'>\n  <name>win 11</name>\n"
      "  <uuid>00112233-4455-4677-8899-aabbccddeeff</uuid>\n</domain>\n";
  const auto file = host.dir.write("win.xml", xml);
  const auto steps = host.steps({"lifecycle", "--input", file});
  REQUIRE(steps.size() == 5);
  CHECK(steps[0]["object"] == "win 11");
  CHECK(bytes_of(host.dir.path() / "seen-stopped") == xml);
  CHECK_THAT(bytes_of(host.dir.path() / "seen-started"),
             ContainsSubstring("<domain type='kvm' id='1'>"));
}

TEST_CASE("a network's file gives the guest's cards their ports", "[cli][simulate]") {
  Host host;
  host.script("qemu", "exit 0");
  host.script("network", "[ $2 != port-created ]");
  const auto network = host.dir.write(
      "net.xml", "<network><name>default</name><bridge name='br7'/></network>");
  const auto steps = host.steps({"start", "--network", network});
  std::string operations;
  for (const auto& step : steps) operations += step.value("operation", "") + " ";
  CHECK(operations == "prepare port-created stopped release ");
}

TEST_CASE("the scripts in .d run since libvirt 6.5", "[cli][simulate]") {
  Host host;
  host.script("qemu.d/10-x", "exit 0");
  CHECK(host.steps({"shutdown", "--libvirt", "6.4.0"})[0]["outcome"] == "no-hook");
  CHECK(host.steps({"shutdown", "--libvirt", "6.5.0"})[0]["outcome"] == "ok");
}

TEST_CASE("many guests and cycles differ as real ones do, and repeat with the seed",
          "[cli][simulate]") {
  const auto inputs = [](const char* seed) {
    Host host;
    host.script("qemu", "exit 0");
    const CommandResult result = host.simulate(
        {"start", "--for-real", "--guests", "3", "--cycles", "2", "--seed", seed});
    CHECK(result.status == 0);
    CHECK_THAT(result.out, ContainsSubstring("6 of 6 times; 18 calls, 0 failed"));
    std::vector<std::string> digests;
    JournalReader(host.journal()).for_each_call({}, [&](const CallRecord& call) {
      if (call.operation == "started") digests.push_back(call.runs[0].input->sha256);
    });
    return digests;
  };
  const auto once = inputs("7");
  REQUIRE(once.size() == 6);
  CHECK(std::set<std::string>(once.begin(), once.end()).size() == 6);
  CHECK(inputs("7") == once);
  CHECK(inputs("8") != once);
}

TEST_CASE("a filter's output that is no valid domain refuses", "[cli][simulate]") {
  Host host;
  host.script("qemu", "[ $2 != restore ] || echo restored $1");
  const auto steps = host.steps({"restore"});
  REQUIRE(steps.size() == 1);
  CHECK(steps[0]["outcome"] == "failed");
  CHECK_THAT(steps[0]["libvirt"].get<std::string>(), ContainsSubstring("refuses"));
  CHECK_THAT(steps[0]["error"].get<std::string>(), ContainsSubstring("'<' not found"));
}

TEST_CASE("a filter's valid output is what the calls after it read", "[cli][simulate]") {
  Host host;
  host.script("qemu", "[ $2 != migrate ] || sed s/images/disks/");
  const auto steps = host.steps({"migrate-in"});
  REQUIRE(steps.size() == 4);
  CHECK_THAT(steps[0]["libvirt"].get<std::string>(), ContainsSubstring("takes"));
  JournalReader reader(host.journal());
  std::vector<std::string> read;
  reader.for_each_call({}, [&](const CallRecord& call) {
    read.push_back(reader.bytes(call.runs[0].input->blob));
  });
  CHECK_THAT(read[0], ContainsSubstring("/libvirt/images/"));
  CHECK_THAT(read[1], ContainsSubstring("/libvirt/disks/"));
  CHECK_THAT(read[3], ContainsSubstring("/libvirt/disks/"));
}

TEST_CASE("a corpus gives the guests their XML", "[cli][simulate]") {
  Host host;
  host.script("qemu", "exit 0");
  for (const char* each : {"a", "b"})
    host.dir.write(std::string("corpus/qemu/") + each + ".xml",
                   std::string("<domain type='kvm'><name>x</name><title>") + each +
                       "</title></domain>\n");
  const auto corpus = host.dir.path() / "corpus";
  CHECK(host.simulate({"shutdown", "--for-real", "--guests", "2", "--corpus", corpus})
            .status == 0);
  JournalReader reader(host.journal());
  std::set<std::string> titles, names;
  reader.for_each_call({}, [&](const CallRecord& call) {
    const std::string xml = reader.bytes(call.runs[0].input->blob);
    titles.insert(xml.substr(xml.find("<title>"), 8));
    names.insert(call.object);
  });
  CHECK(titles == std::set<std::string>{"<title>a", "<title>b"});
  CHECK(names == std::set<std::string>{"guest1", "guest2"});
  const CommandResult none =
      host.simulate({"start", "--driver", "lxc", "--for-real", "--corpus", corpus});
  CHECK(none.status == 3);
  CHECK_THAT(none.err, ContainsSubstring("no XML in " + (corpus / "lxc").string()));
}

TEST_CASE("both hosts of a migration take part", "[cli][simulate]") {
  Host host;
  host.script("qemu", "exit 0");
  const auto source = host.dir.write("source/qemu", "#!/bin/sh\nexit 5\n", 0755);
  const auto steps = host.steps({"migrate-in", "--source-scripts", source.parent_path()});
  REQUIRE(steps.size() == 6);
  CHECK(steps[3]["side"] == "here");
  CHECK(steps[4]["side"] == "source");
  CHECK(steps[4]["outcome"] == "failed");
  CHECK(steps[5]["extra"] == "migrated");
}

}  // namespace
}  // namespace hookjournal
