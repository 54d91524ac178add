#include "journal/search/text_search.h"

#include <algorithm>
#include <random>

#include "journal/keeping/compacting.h"
#include "journal/keeping/exporting.h"
#include "journal/keeping/importing.h"
#include "journal/keeping/pruning.h"
#include "journal/keeping/redacting.h"
#include "journal/keeping/verify.h"
#include "journal/search/gram_filter.h"
#include "journal/search/search_index.h"
#include "journal/search/text_pattern.h"
#include "tests/unit/catch.h"
#include "tests/unit/journal/fresh_journal.h"

using namespace hookjournal;

namespace {

using Ids = std::vector<std::int64_t>;

constexpr int kGuests = 3;
constexpr int kCallsEach = 100;  // enough for blocks
constexpr const char* kSecret = "quetzal-passphrase";

// Few letters: what is looked for stands in some texts, in parts in many.
std::string random_word(std::mt19937& random, std::size_t size) {
  std::string word;
  while (word.size() < size) word += "abcDE "[random() % 6];
  return word;
}

// Calls with inputs, outputs and errors of random words; each guest's are much alike.
void fill(const FreshJournal& fresh, std::uint32_t seed, int calls_each = kCallsEach) {
  std::mt19937 random(seed);
  RunMaker maker;
  maker.at_ms += seed * 1'000'000;
  auto journal = fresh.writer();
  for (int i = 0; i < calls_each * kGuests; ++i) {
    const std::string guest = "g" + std::to_string(i % kGuests);
    const auto start = maker.start("qemu", {guest, "prepare", "begin", "-"});
    const std::string xml = "<domain><name>" + guest + "</name>" +
                            random_word(random, 40) + std::to_string(random() % 100'000) +
                            (i % 50 == 7 ? kSecret : "") + "</domain>";
    RunEnded end = maker.end(start, Exited{i % 9 == 0 ? 1 : 0});
    const std::string err = "cannot " + random_word(random, 12);
    if (i % 9 == 0) end.err = {err, err.size(), false, 0};
    if (i % 4 == 0) end.out = {xml, xml.size(), false, 0};
    journal.whole(start, KeptStream{xml, xml.size()}, {}, end);
    maker.at_ms += 1000;
  }
}

Ids naive_search(JournalReader& reader, const std::string& text) {
  Ids ids;
  const TextPattern pattern(text);
  reader.for_each_call({}, [&](const CallRecord& call) {
    for (const RunRecord& run : call.runs)
      if ((run.input && pattern.in(reader.bytes(run.input->blob))) ||
          pattern.in(reader.bytes(run.out.blob)) ||
          pattern.in(reader.bytes(run.err.blob))) {
        ids.push_back(call.id);
        break;
      }
  });
  return ids;
}

// How many searches gave what reading everything does not, or the other way round.
int wrong_searches(const FreshJournal& fresh, std::uint32_t seed) {
  std::mt19937 random(seed);
  auto reader = fresh.reader();
  int wrong = 0;
  for (int i = 0; i < 12; ++i) {
    const std::string text = i == 0   ? kSecret
                             : i == 1 ? std::to_string(random() % 100'000)
                                      : random_word(random, 1 + i % 8);
    const Ids expected = naive_search(reader, text);
    Selection selection;
    selection.texts = {text};
    wrong += reader.call_ids(selection) == expected ? 0 : 1;
    wrong += reader.count_calls(selection) == static_cast<std::int64_t>(expected.size())
                 ? 0
                 : 1;
    selection.last = 3;  // looks no further than it must
    const Ids newest(expected.end() - std::min<std::ptrdiff_t>(3, std::ssize(expected)),
                     expected.end());
    wrong += reader.call_ids(selection) == newest ? 0 : 1;
    selection.last.reset();
    selection.objects = {"g0", "g1", "g2"};
    wrong += reader.call_ids(selection) == expected ? 0 : 1;
  }
  return wrong;
}

std::int64_t indexed_blobs(const FreshJournal& fresh) {
  Database db(fresh.file(), Database::Mode::read, std::chrono::seconds(2));
  std::int64_t count = 0;
  for_each_search_block(db, [&count](const SearchBlock& block) {
    count += static_cast<std::int64_t>(block.blobs.size());
  });
  return count;
}

std::uint64_t without_secret(std::string& bytes) {
  const auto at = bytes.find(kSecret);
  if (at == std::string::npos) return 0;
  bytes.replace(at, std::string(kSecret).size(), std::string(kSecret).size(), '*');
  return 1;
}

bool sound(const FreshJournal& fresh) {
  const VerifyReport report = verify(fresh.file(), {});
  for (const Damage& damage : report.damage.listed()) UNSCOPED_INFO(damage.what);
  return report.sound();
}

}  // namespace

TEST_CASE("searching with an index finds what reading everything finds", "[journal]") {
  FreshJournal fresh;
  fill(fresh, 1);
  CHECK(wrong_searches(fresh, 10) == 0);
  auto journal = fresh.writer();
  compact(journal);
  CHECK(indexed_blobs(fresh) >= kGuests * kCallsEach);
  CHECK(wrong_searches(fresh, 11) == 0);
  fill(fresh, 2, 20);  // newer than the index
  CHECK(wrong_searches(fresh, 12) == 0);
  CHECK(sound(fresh));
}

TEST_CASE("several texts are alternatives", "[journal]") {
  FreshJournal fresh;
  fill(fresh, 3, 30);
  auto reader = fresh.reader();
  Ids either = naive_search(reader, "cannot a");
  std::ranges::copy(naive_search(reader, kSecret), std::back_inserter(either));
  std::ranges::sort(either);
  either.erase(std::ranges::unique(either).begin(), either.end());
  Selection selection;
  selection.texts = {"cannot a", kSecret};
  CHECK(reader.call_ids(selection) == either);
}

TEST_CASE("after redact the index has no trace of a secret, and finds the rest",
          "[journal]") {
  FreshJournal fresh;
  fill(fresh, 4);
  auto journal = fresh.writer();
  compact(journal);
  const auto before = indexed_blobs(fresh);

  REQUIRE(redact_journal(journal, without_secret, "test").secrets > 0);
  const auto traces = [&journal] {
    int count = 0;
    for_each_search_block(journal.database(), [&count](const SearchBlock& block) {
      count += may_hold(block.filter, kSecret) ? 1 : 0;
    });
    return count;
  };
  CHECK(traces() == 0);
  CHECK(indexed_blobs(fresh) < before);
  CHECK(wrong_searches(fresh, 13) == 0);
  compact(journal);
  CHECK(traces() == 0);
  CHECK(indexed_blobs(fresh) >= before);
  CHECK(wrong_searches(fresh, 14) == 0);
  CHECK(sound(fresh));
}

TEST_CASE("prune, import and rebuild leave searching right", "[journal]") {
  FreshJournal fresh, other;
  fill(fresh, 5);
  fill(other, 6);
  auto journal = fresh.writer();
  compact(journal);
  const auto before = indexed_blobs(fresh);
  prune(journal, {.before_ns = (1'700'000'000'000 + 5'000'000 + 200'000) * 1'000'000});
  CHECK(wrong_searches(fresh, 15) == 0);
  import_bundle(journal, export_calls(other.file(), {}, without_secret));
  CHECK(wrong_searches(fresh, 16) == 0);
  compact(journal);
  CHECK(indexed_blobs(fresh) > before / 2);
  CHECK(wrong_searches(fresh, 17) == 0);
  journal.rebuild();
  CHECK(indexed_blobs(fresh) == 0);
  CHECK(wrong_searches(fresh, 18) == 0);
  CHECK(sound(fresh));
}

TEST_CASE("a damaged row of the index is found, and hides nothing", "[journal]") {
  FreshJournal fresh;
  fill(fresh, 7);
  auto journal = fresh.writer();
  compact(journal);
  journal.database().exec(
      "update search_blocks set filter = zeroblob(length(filter));"
      "update search_blocks set blobs = x'05' where id = 1");
  CHECK(wrong_searches(fresh, 19) == 0);
  CHECK_FALSE(verify(fresh.file(), {}).sound());
  compact(journal);
  CHECK(indexed_blobs(fresh) >= kGuests * kCallsEach);
  CHECK(sound(fresh));
}
