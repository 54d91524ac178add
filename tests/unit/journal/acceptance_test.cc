#include "journal/acceptance.h"

#include "engine/error.h"
#include "tests/unit/catch.h"
#include "tests/unit/journal/fresh_journal.h"

using namespace hookjournal;
using Words = std::vector<std::string>;

namespace {

constexpr std::int64_t kNoon = 1'795'000'000'000'000'000;
const std::string kOne = "0123456789ab", kOther = "ba9876543210";

Words told(const FreshJournal& journal) {
  auto reader = journal.reader();
  Words words;
  for (const AcceptedDifference& accepted : accepted_differences(reader))
    words.push_back(accepted.fingerprint + " " + accepted.because + " " + accepted.by +
                    " " + std::to_string(accepted.at_ns - kNoon));
  return words;
}

}  // namespace

TEST_CASE("what is accepted is told with its reason, by whom and when", "[journal]") {
  const FreshJournal journal;
  CHECK(told(journal).empty());
  accept_difference(journal.file(), {kOther, "new firewall", "anna", kNoon});
  accept_difference(journal.file(), {kOne, "fewer logs", "bert", kNoon + 5});
  CHECK(told(journal) ==
        Words{kOther + " new firewall anna 0", kOne + " fewer logs bert 5"});
}

TEST_CASE("accepted again, the newest reason counts", "[journal]") {
  const FreshJournal journal;
  accept_difference(journal.file(), {kOne, "first", "anna", kNoon});
  accept_difference(journal.file(), {kOne, "second", "anna", kNoon + 1});
  CHECK(told(journal) == Words{kOne + " second anna 1"});
}

TEST_CASE("what is revoked is no longer accepted, and can be again", "[journal]") {
  const FreshJournal journal;
  accept_difference(journal.file(), {kOne, "first", "anna", kNoon});
  accept_difference(journal.file(), {kOther, "stays", "anna", kNoon});
  revoke_difference(journal.file(), kOne, "bert", kNoon + 1);
  CHECK(told(journal) == Words{kOther + " stays anna 0"});
  accept_difference(journal.file(), {kOne, "again", "anna", kNoon + 2});
  CHECK(told(journal).size() == 2);
}

TEST_CASE("what is accepted and revoked survives a rebuild of the tables", "[journal]") {
  const FreshJournal journal;
  RunMaker maker;
  accept_difference(journal.file(), {kOne, "first", "anna", kNoon});
  accept_difference(journal.file(), {kOther, "stays", "anna", kNoon});
  auto writer = journal.writer();
  maker.run(writer, "qemu", {"g1", "prepare", "begin", "-"});
  revoke_difference(journal.file(), kOne, "bert", kNoon + 1);
  const Words before = told(journal);
  // As if the rows had been lost, and one of them were somebody's invention.
  clear_acceptances(writer.database());
  writer.database().exec("insert into settings values ('accepted 00000000beef', 1)");
  writer.rebuild();
  CHECK(told(journal) == before);
  CHECK(before == Words{kOther + " stays anna 0"});
}

TEST_CASE("accepting and revoking are links of the chain, and no calls", "[journal]") {
  const FreshJournal journal;
  accept_difference(journal.file(), {kOne, "first", "anna", kNoon});
  revoke_difference(journal.file(), kOne, "bert", kNoon + 1);
  auto writer = journal.writer();
  CHECK(first_broken_link(writer.database()) == 0);
  CHECK(journal.reader().figures().events == 2);
  CHECK(journal.reader().figures().calls == 0);
}

TEST_CASE("only a fingerprint can be accepted, and only what is accepted revoked",
          "[journal]") {
  const FreshJournal journal;
  const std::string word =
      GENERATE("", "0123456789a", "0123456789abc", "0123456789AB", "0123456789a ");
  CHECK_THROWS_AS(accept_difference(journal.file(), {word, "", "anna", kNoon}),
                  UsageError);
  CHECK_THROWS_WITH(revoke_difference(journal.file(), kOne, "anna", kNoon),
                    ContainsSubstring("accept --list"));
  CHECK(told(journal).empty());
}
