// What readers say of a filter whose scripts all succeeded: that depends on what it
// printed.
#include <nlohmann/json.hpp>

#include "journal/asking/call_json.h"
#include "tests/unit/catch.h"
#include "tests/unit/engine/xml/xml_documents.h"
#include "tests/unit/journal/fresh_journal.h"

using namespace hookjournal;

namespace {

KeptStream kept(const std::string& bytes) {
  return {.bytes = bytes, .length = bytes.size()};
}

KeptStream cut(const std::string& bytes) {
  return {.bytes = bytes, .length = bytes.size() + 1, .truncated = true};
}

const KeptStream kInput = kept(kPlainGuest);
const std::string kRetitled = guest_with("<title>another</title>");

class FilterJournal {
 public:
  // One more run of the same call, 10 ms later.
  void run(const std::string& script, const KeptStream& input, const KeptStream& out,
           Ending ending = Exited{0}) {
    auto start = make_.start(script, {"g1", operation, "begin", "-"});
    start.planned = planned;
    auto end = make_.end(start, ending);
    end.out = out;
    const auto id = writer_.start(start, input);
    writer_.end(id, end);
    if (call_ == 0) call_ = id;
    make_.at_ms += 10;
  }
  CallRecord call() const {
    auto found = journal_.reader().call(call_);
    REQUIRE(found);
    return *found;
  }
  std::string consequence() const { return std::string(to_string(call().consequence)); }
  OutputJudgement judgement() const { return call().output_judgement; }
  std::int64_t count(Consequence consequence) const {
    return journal_.reader().count_calls({.consequences = {consequence}});
  }

  std::string operation = "restore";
  std::vector<std::string> planned = {"qemu"};

 private:
  FreshJournal journal_;
  JournalWriter writer_ = journal_.writer();
  RunMaker make_;
  std::int64_t call_ = 0;
};

}  // namespace

TEST_CASE("a filter whose output is valid has no consequence", "[journal]") {
  FilterJournal journal;
  journal.operation = GENERATE("restore", "migrate");
  journal.run("qemu", kInput, kept(kRetitled));
  CHECK(journal.consequence() == "none");
  CHECK(journal.judgement() == OutputJudgement{OutputVerdict::valid, ""});
  CHECK(journal.count(Consequence::none) == 1);
}

TEST_CASE("a filter whose output is invalid refuses, though all its scripts succeeded",
          "[journal]") {
  const auto [operation, word] = GENERATE(table<std::string, std::string>(
      {{"restore", "restore-refused"}, {"migrate", "migration-refused"}}));
  FilterJournal journal;
  journal.operation = operation;
  journal.run("qemu", kInput, kept("restoring g1\n"));
  CHECK(to_string(journal.call().outcome) == "ok");
  CHECK(journal.consequence() == word);
  CHECK(journal.judgement().reason ==
        "(domain_definition):1: Start tag expected, '<' not found");
  CHECK(journal.count(*consequence_named(word)) == 1);
  CHECK(journal.count(Consequence::unknown) == 0);
}

TEST_CASE("the last output that is not blank is judged", "[journal]") {
  FilterJournal journal;
  journal.planned = {"qemu", "qemu.d/a", "qemu.d/b"};
  SECTION("garbage before it does no harm") {
    journal.run("qemu", kInput, kept("garbage"));
    journal.run("qemu.d/a", kept("garbage"), kept(kRetitled));
    journal.run("qemu.d/b", kept(kRetitled), kept(" \n"));
    CHECK(journal.consequence() == "none");
  }
  SECTION("garbage in it does") {
    journal.run("qemu", kInput, kept(kRetitled));
    journal.run("qemu.d/a", kept(kRetitled), kept("garbage"));
    journal.run("qemu.d/b", kept("garbage"), kept(""));
    CHECK(journal.consequence() == "restore-refused");
  }
  SECTION("it is compared with what libvirt gave the first script") {
    const std::string renamed = "<name>g9</name>";
    std::string other = kRetitled;
    other.replace(other.find("<name>"), renamed.size(), renamed);
    journal.run("qemu", kInput, kept(other));
    journal.run("qemu.d/a", kept(other), kept(other));
    journal.run("qemu.d/b", kept(other), kept(""));
    CHECK(journal.judgement().reason ==
          "unsupported configuration: Target domain name 'g9' does not match source "
          "'g1'");
  }
}

TEST_CASE("a failed filter is refused for that, whatever it printed", "[journal]") {
  FilterJournal journal;
  journal.run("qemu", kInput, kept(kRetitled), Exited{3});
  CHECK(journal.consequence() == "restore-refused");
  CHECK(journal.judgement().verdict == OutputVerdict::unknown);
}

TEST_CASE("a filter that printed blanks changes nothing", "[journal]") {
  FilterJournal journal;
  journal.run("qemu", kInput, kept(GENERATE(" \t\n", "")));
  CHECK(journal.consequence() == "none");
  CHECK_FALSE(journal.call().output_run);
}

TEST_CASE("of a part of an output nothing is known", "[journal]") {
  FilterJournal journal;
  journal.run("qemu", kInput, cut(GENERATE(as<std::string>(), kPlainGuest, "garbage")));
  CHECK(journal.consequence() == "unknown");
  CHECK_THAT(journal.judgement().reason, ContainsSubstring("bytes were kept"));
}

TEST_CASE("with a part of the input only what no guest could be is refused",
          "[journal]") {
  FilterJournal journal;
  const KeptStream part = cut(kPlainGuest.substr(0, 100));
  SECTION("another guest would not be noticed") {
    journal.run("qemu", part, kept(kRetitled));
    CHECK(journal.consequence() == "unknown");
    CHECK_THAT(journal.judgement().reason, ContainsSubstring("was not kept whole"));
  }
  SECTION("no guest at all is") {
    journal.run("qemu", part, kept("<network/>"));
    CHECK(journal.consequence() == "restore-refused");
  }
}

TEST_CASE("a password replaced in input and output alike does not matter", "[journal]") {
  const auto with_console = [](const std::string& word) {
    return guest_with("<devices><graphics type='vnc' passwd='" + word + "'/></devices>");
  };
  FilterJournal journal;
  KeptStream input = kept(with_console("********"));
  KeptStream out = kept(with_console("****"));
  input.redacted = out.redacted = 1;
  journal.run("qemu", input, out);
  CHECK(journal.consequence() == "none");
}

TEST_CASE("where a script was not recorded, what counted is not known", "[journal]") {
  FilterJournal journal;
  journal.planned = {"qemu", "qemu.d/a"};
  journal.run("qemu", kInput, kept(kRetitled));
  CHECK(journal.consequence() == "unknown");
  CHECK_THAT(journal.judgement().reason, ContainsSubstring("not all of its scripts"));
}

TEST_CASE("other operations' output is not judged", "[journal]") {
  FilterJournal journal;
  journal.operation = GENERATE("prepare", "started", "release");
  journal.run("qemu", kInput, kept("garbage"));
  CHECK(journal.consequence() == "none");
  CHECK_FALSE(journal.call().output_run);
}

TEST_CASE("JSON tells whether libvirt takes a filter's output, and why not",
          "[journal]") {
  FilterJournal journal;
  journal.run("qemu", kInput, kept("<network/>"));
  const auto object = nlohmann::json::parse(call_to_json(journal.call()));
  CHECK(object["outcome"] == "ok");
  CHECK(object["consequence"] == "restore-refused");
  CHECK(object["output"]["valid"] == false);
  CHECK(object["output"]["reason"] ==
        "XML error: expecting root element of 'domain', not 'network'");
}
