#include "cli/time_text.h"

#include <cstdlib>
#include <ctime>
#include <limits>

#include "tests/unit/catch.h"

namespace hookjournal {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000, kHour = 3600 * kSecond, kDay = 24 * kHour;
constexpr std::int64_t kNow =
    1'795'334'996 * kSecond + 349'865'122;                   // 2026-11-22T08:09:56Z
constexpr std::int64_t kMidnight = 1'795'302'000 * kSecond;  // of that day, in CET

// The zone of the process while it lives.
class Zone {
 public:
  explicit Zone(const char* name) {
    if (const char* before = std::getenv("TZ")) before_ = before;
    ::setenv("TZ", name, 1);
    ::tzset();
  }
  ~Zone() {
    before_.empty() ? ::unsetenv("TZ") : ::setenv("TZ", before_.c_str(), 1);
    ::tzset();
  }
  Zone(const Zone&) = delete;
  Zone& operator=(const Zone&) = delete;

 private:
  std::string before_;
};

// Written out, so that no zone database is needed.
constexpr const char* kBerlin = "CET-1CEST,M3.5.0,M10.5.0/3";

TEST_CASE("times are read in all the forms people write", "[cli]") {
  const Zone zone(kBerlin);
  struct Row {
    const char* text;
    std::int64_t at;
  };
  const Row rows[] = {
      {"2026-11-22T08:09:56Z", 1'795'334'996 * kSecond},
      {"2026-11-22t08:09:56z", 1'795'334'996 * kSecond},
      {"2026-11-22T08:09:56.349865122Z", kNow},
      {"2026-11-22T08:09:56.3498651229Z", kNow},
      {"2026-11-22 08:09:56.5 Z", 1'795'334'996 * kSecond + kSecond / 2},
      {"2026-11-22T09:09:56+01:00", 1'795'334'996 * kSecond},
      {"2026-11-22T02:39:56-0530", 1'795'334'996 * kSecond},
      {"2026-11-22T08:09Z", 1'795'334'940 * kSecond},
      {"2026-11-22", kMidnight},
      {"2026-11-22 09:09:56", 1'795'334'996 * kSecond},
      {"2026-11-22T09:09:56", 1'795'334'996 * kSecond},
      {"2026-11-22 09:09", 1'795'334'940 * kSecond},
      {"2026-07-01 00:00", 1'782'856'800 * kSecond},  // summer
      {"1970-01-01T00:00:00Z", 0},
      {"09:09", 1'795'334'940 * kSecond},
      {"now", kNow},
      {"today", kMidnight},
      {"today 09:09", 1'795'334'940 * kSecond},
      {"yesterday", kMidnight - kDay},
      {"Yesterday 22:00", kMidnight - 2 * kHour},
      {"2h ago", kNow - 2 * kHour},
      {" 30m ago ", kNow - kHour / 2},
      {"7d", kNow - 7 * kDay},
      {"1h30m ago", kNow - kHour - kHour / 2},
      {"3 days ago", kNow - 3 * kDay},
      {"1 week", kNow - 7 * kDay},
      {"1.5h ago", kNow - kHour - kHour / 2},
      {"90 seconds ago", kNow - 90 * kSecond},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(parse_time(row.text, kNow) == row.at);
  }
}

TEST_CASE("yesterday is a calendar day even when one has 25 hours", "[cli]") {
  const Zone zone(kBerlin);
  const auto noon = parse_time("2026-10-26 12:00", 0);
  REQUIRE(noon);
  CHECK(parse_time("yesterday", *noon) == parse_time("2026-10-25", 0));
  CHECK(*parse_time("today", *noon) - *parse_time("yesterday", *noon) == 25 * kHour);
}

TEST_CASE("what is no time is not taken for one", "[cli]") {
  for (const char* text : {"",
                           " ",
                           "tomorrow",
                           "2026",
                           "2026-11",
                           "2026-13-01",
                           "2026-02-30",
                           "2026-00-10",
                           "22.11.2026",
                           "2026-11-22T",
                           "2026-11-22T24:00",
                           "2026-11-22T08:60",
                           "2026-11-22T08:09:61",
                           "2026-11-22T08:09:56.",
                           "2026-11-22T08:09:56Zulu",
                           "2026-11-22T08:09:56+1",
                           "2026-11-22 x",
                           "9999-12-31",
                           "7",
                           "7x",
                           "-7d",
                           "d",
                           "7d later",
                           "ago",
                           "2h ago ago",
                           "yesterday x",
                           "8:9",
                           "1e3h",
                           "99999999999999w",
                           "today yesterday"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_time(text, kNow));
  }
}

TEST_CASE("durations want a unit", "[cli]") {
  CHECK(parse_duration("500ms") == 500'000'000);
  CHECK(parse_duration("2s") == 2 * kSecond);
  CHECK(parse_duration("1.5s") == 1'500'000'000);
  CHECK(parse_duration("250us") == 250'000);
  CHECK(parse_duration("10ns") == 10);
  CHECK(parse_duration("1m30s") == 90 * kSecond);
  CHECK(parse_duration("2 hours") == 2 * kHour);
  CHECK(parse_duration("0s") == 0);
  for (const char* text : {"", "2", "ms", "2x", "2s ago", "-2s", "1..5s", "s2"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("times are shown in the local zone, which is named", "[cli]") {
  const Zone zone(kBerlin);
  CHECK(local_time_text(kNow) == "2026-11-22 09:09:56 CET");
  CHECK(local_time_text(kNow, 3) == "2026-11-22 09:09:56.349 CET");
  CHECK(local_time_text(kNow - 150 * kDay, 9) == "2026-06-25 10:09:56.349865122 CEST");
  CHECK(local_clock_text(-1) == "1970-01-01 00:59:59");
}

TEST_CASE("durations are shown with what matters of them", "[cli]") {
  struct Row {
    std::int64_t ns;
    const char* text;
  };
  const Row rows[] = {
      {0, "0ns"},
      {999, "999ns"},
      {1'234, "1.23us"},
      {18'234'567, "18.2ms"},
      {999'400'000, "999ms"},
      {1'000'000'000, "1.00s"},
      {59'400'000'000, "59.4s"},
      {60 * kSecond, "1m00s"},
      {125 * kSecond, "2m05s"},
      {kHour + 120 * kSecond, "1h02m"},
      {50 * kHour, "2d02h"},
      {-5'000, "-5.00us"},
  };
  for (const Row& row : rows) CHECK(duration_text(row.ns) == row.text);
}

}  // namespace
}  // namespace hookjournal
