#include "cli/command_line.h"

#include <cstdio>
#include <utility>

#include "cli/description_request.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"

namespace hookjournal {
namespace {

using Words = std::vector<std::string>;

std::string joined(const Words& words) {
  std::string all;
  for (const std::string& word : words) all += "<" + word + ">";
  return all;
}

// A command that tells what it has read.
int run_sample(int argc, char** argv) {
  CommandLine line("About the sample.", "example: none");
  std::string file, name = "kept", colour, folder = "/default";
  Words rest, list;
  unsigned jobs = 0;
  std::optional<std::int64_t> call;
  bool dry_run = false, json = false;
  line.add_argument("FILE", file, "To read").required();
  line.add_argument("MORE", rest, "Up to two others").expects(0, 2);
  line.add_option("--name", name, "Anything but x")
      .takes("NAME")
      .check([](const std::string& word) {
        return word == "x" ? "it is x" : std::string();
      });
  line.add_option("--colour", colour, "red or blue")
      .takes("WORD")
      .one_of({"red", "blue"})
      .group("Looks");
  line.add_option("--list", list, "Several").takes("A,...").one_at_a_time().split_at(',');
  line.add_option("--folder", folder, "Somewhere").takes("DIR");
  line.add_option("--jobs", jobs, "So many").takes("N").range(1U, 9U);
  line.add_option("--call", call, "One call").takes("CALL");
  const Option json_flag = line.add_flag("--json", json, "For programs");
  line.add_flag("-n,--dry-run", dry_run, "Change nothing").excludes(json_flag);
  if (const auto status = line.parse(argc, argv)) return *status;

  std::printf("%s%s %s%s %s %u %lld%s%s", file.c_str(), joined(rest).c_str(),
              name.c_str(), colour.c_str(), joined(list).c_str(), jobs,
              static_cast<long long>(call.value_or(-1)), dry_run ? " dry" : "",
              json ? " json" : "");
  return 0;
}

CommandResult sample(Words words) {
  words.insert(words.begin(), "sample");
  return run_command(run_sample, std::move(words));
}

TEST_CASE("what is not given keeps its value", "[cli]") {
  CHECK(sample({"f"}).out == "f kept  0 -1");
}

TEST_CASE("options, arguments and flags reach their variables", "[cli]") {
  CHECK(
      sample({"f", "--name", "a b", "g", "--jobs=9", "--call", "4711", "h", "-n"}).out ==
      "f<g><h> a b  9 4711 dry");
  CHECK(sample({"--colour", "blue", "--json", "f"}).out == "f keptblue  0 -1 json");
}

TEST_CASE("a list that takes one word at a time leaves the next to the arguments",
          "[cli]") {
  CHECK(sample({"--list", "a,b", "f", "--list", "c"}).out == "f kept <a><b><c> 0 -1");
}

TEST_CASE("words that cannot be meant end with 2 and a reason", "[cli]") {
  struct Row {
    Words words;
    const char* culprit;  // the sentence around it is CLI11's
  };
  const Row rows[] = {
      {{}, "FILE"},
      {{"f", "g", "h", "i"}, "MORE"},
      {{"f", "--nope"}, "--nope"},
      {{"f", "--name"}, "--name: 1 required NAME"},
      {{"f", "--name", "x"}, "--name: it is x"},
      {{"f", "--folder", ""}, "--folder: it is empty; give a value"},
      {{"f", "--folder=", "-n"}, "--folder=: it is empty; give a value"},
      {{"f", "--colour", "green"}, "--colour: green"},
      {{"f", "--jobs", "0"}, "--jobs: Value 0"},
      {{"f", "--jobs", "10"}, "--jobs: Value 10"},
      {{"f", "--call", "one"}, "--call = one"},
      {{"f", "-n", "--json"}, "--json excludes --dry-run"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.culprit);
    const CommandResult result = sample(row.words);
    CHECK(result.status == 2);
    CHECK(result.out.empty());
    CHECK(result.err.find("hookjournal: ") == 0);
    CHECK_THAT(result.err,
               ContainsSubstring(row.culprit) &&
                   ContainsSubstring("\nhookjournal sample --help tells more.\n"));
  }
}

TEST_CASE("a word that cannot be meant is never shown raw", "[cli]") {
  CHECK_THAT(sample({"f", "--no\x1b[31m"}).err, ContainsSubstring("--no\\x1b[31m"));
}

TEST_CASE("help goes to stdout, whatever else is missing", "[cli]") {
  const CommandResult result = sample({"--help"});

  CHECK(result.status == 0);
  CHECK(result.err.empty());
  CHECK_THAT(result.out, ContainsSubstring("About the sample.") &&
                             ContainsSubstring(" hookjournal sample ") &&
                             ContainsSubstring("--name NAME") &&
                             ContainsSubstring("Looks:") &&
                             ContainsSubstring("example: none"));
}

TEST_CASE("a command that is to be described does nothing else", "[cli]") {
  CommandDescription description;
  describe_instead([&](CommandDescription told) { description = std::move(told); });
  const CommandResult result = sample({});
  describe_instead({});

  CHECK(result.status == 0);
  CHECK(result.out + result.err == "");
  CHECK(description.about == "About the sample.");
  CHECK(description.explanation == "example: none");
  REQUIRE(description.options.size() == 11);  // with --help
  CHECK(description.options[1] ==
        OptionDescription{
            .names = {"FILE"}, .help = "To read", .is_argument = true, .required = true});
  CHECK(description.options[4] == OptionDescription{.names = {"--colour"},
                                                    .value = "WORD",
                                                    .help = "red or blue",
                                                    .group = "Looks"});
  CHECK(description.options[5].repeatable);
  CHECK(description.options[6].value == "DIR");
  CHECK(description.options[7].value == "N");
  CHECK(description.options[10].names == Words{"-n", "--dry-run"});
}

}  // namespace
}  // namespace hookjournal
