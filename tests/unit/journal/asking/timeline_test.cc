#include "journal/asking/timeline.h"

#include "tests/unit/catch.h"
#include "tests/unit/journal/fresh_journal.h"

using namespace hookjournal;

namespace {

using Objects = std::vector<std::string>;

struct Guests {
  FreshJournal fresh;
  RunMaker maker;

  void call(const std::string& object, const std::string& operation,
            const std::string& extra = "-") {
    auto journal = fresh.writer();
    maker.run(journal, "qemu", {object, operation, "begin", extra});
  }
  void start(const std::string& object) {
    for (const char* operation : {"prepare", "start", "started"}) call(object, operation);
  }
  void shut_down(const std::string& object) {
    call(object, "stopped");
    call(object, "release", "shutdown");
  }

  std::vector<Lifecycle> lives(const Selection& selection) const {
    std::vector<Lifecycle> lives;
    auto reader = fresh.reader();
    for_each_lifecycle(reader, selection,
                       [&lives](const Lifecycle& life) { lives.push_back(life); });
    return lives;
  }
};

}  // namespace

TEST_CASE("a lifecycle is whole by whichever of its calls it is chosen", "[journal]") {
  Guests guests;
  guests.start("g1");
  guests.shut_down("g1");
  guests.start("g2");
  Selection selection;
  SECTION("an operation") { selection.operations = {"release"}; }
  SECTION("a number") { selection.calls = {{3, 3}}; }
  SECTION("the newest of an object") {
    selection.objects = {"g1"};
    selection.last = 1;
  }
  const auto lives = guests.lives(selection);
  REQUIRE(lives.size() == 1);
  CHECK(lives[0].object == "g1");
  CHECK(lives[0].calls.size() == 5);
  CHECK(lives[0].regular());
  CHECK(lives[0].remarks.empty());
}

TEST_CASE("a lifecycle that began before --since is not told as cut", "[journal]") {
  Guests guests;
  guests.start("g1");
  guests.start("g2");
  guests.shut_down("g1");
  std::vector<std::int64_t> times;
  guests.fresh.reader().for_each_call(
      {}, [&times](const CallRecord& call) { times.push_back(call.at_ns); });
  REQUIRE(times.size() == 8);
  Selection selection;
  selection.since_ns = times[6];
  const auto lives = guests.lives(selection);
  REQUIRE(lives.size() == 1);
  CHECK(lives[0].object == "g1");
  CHECK(lives[0].calls.size() == 5);
  CHECK(lives[0].regular());
}

TEST_CASE("guests that still run are told in order of their starts", "[journal]") {
  Guests guests;
  for (const char* name : {"b", "c", "a"}) guests.start(name);
  Objects told;
  for (const Lifecycle& life : guests.lives({})) told.push_back(life.object);
  CHECK(told == Objects{"b", "c", "a"});
}
