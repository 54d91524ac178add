#include "replay/idle_watch.h"

#include "tests/unit/catch.h"

using namespace hookjournal;

TEST_CASE("the second number of /proc/uptime is the time nobody used", "[replay]") {
  const auto idle = idle_of_uptime("5374.81 2076.35\n");
  REQUIRE(idle);
  CHECK(idle->count() == 2076.35);
  CHECK_FALSE(idle_of_uptime(""));
  CHECK_FALSE(idle_of_uptime("5374.81"));
}

TEST_CASE("a share of idle time is one", "[replay]") {
  const IdleWatch watch;
  const double share = watch.share();
  CHECK(share >= 0);
  CHECK(share <= 1);
}
