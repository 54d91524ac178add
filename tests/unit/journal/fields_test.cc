#include "journal/fields.h"

#include "engine/error.h"
#include "journal/facts_codec.h"
#include "tests/unit/catch.h"
#include "tests/unit/journal/fresh_journal.h"

using namespace hookjournal;

TEST_CASE("a field that is zero or empty takes no room and reads as absent",
          "[journal]") {
  FieldWriter to;
  to.number(1, 0);
  to.bytes(2, "");
  CHECK(to.body().empty());
}

TEST_CASE("numbers of every size come back", "[journal]") {
  const auto value = GENERATE(as<std::uint64_t>{}, 1, 127, 128, 16384, 1ULL << 40, ~0ULL);
  FieldWriter to;
  to.number(900, value);
  FieldReader from(to.body());
  REQUIRE(from.next());
  CHECK(from.field() == 900);
  CHECK(from.number() == value);
  CHECK_FALSE(from.next());
}

TEST_CASE("fields cut off anywhere are an error, never bytes of something else",
          "[journal]") {
  FieldWriter to;
  to.bytes(1, std::string(300, 'x'));
  const std::string body = to.body();
  for (std::size_t length = 1; length < body.size(); ++length) {
    FieldReader from(std::string_view(body).substr(0, length));
    CHECK_THROWS_AS(from.next(), Error);
  }
}

TEST_CASE("all that is known of a run comes back from its compact form", "[journal]") {
  RunMaker maker;
  RunStarted start = maker.start("qemu.d/10 b", {"g 1", "prepare", "begin", "-", ""});
  start.within = std::string(16, 'w');
  start.context.caller.exe_mtime_ns = -5;
  KeptStream input{std::string("<domain>\0</domain>", 18), 100, true, 2};

  const DecodedStart back =
      decode_start(encode_start(start, input, 0, nullptr), start.at.wall_ns, nullptr);

  CHECK(back.facts.uuid == start.uuid);
  CHECK(back.facts.at == start.at);
  CHECK(back.facts.origin == Origin::libvirt);
  CHECK(back.facts.script == start.script);
  CHECK(back.facts.arguments == start.arguments);
  CHECK(back.facts.planned == start.planned);
  CHECK(back.facts.within == start.within);
  CHECK(back.facts.recorder == start.recorder);
  CHECK(back.facts.writer == start.writer);
  CHECK(back.facts.context == start.context);
  CHECK(back.input == input);
}

TEST_CASE("an ending keeps exit 137 and SIGKILL apart", "[journal]") {
  const Ending ending = GENERATE(as<Ending>{}, Exited{0}, Exited{137}, Signaled{9, false},
                                 Signaled{11, true}, NotStarted{8});
  RunMaker maker;
  RunEnded end = maker.end(maker.start("qemu", {}), ending);
  end.out = {"out", 3, false, 0};
  end.err = {"err", 5000, true, 1};
  end.holders = {{4711, "sleep 30", "stderr"}};
  end.signals = {{15, std::chrono::nanoseconds(42)}};

  const DecodedEnd back = decode_end(encode_end(end, {}, 17, nullptr), end.at.wall_ns);

  CHECK(back.run == 17);
  CHECK(back.facts.ending == ending);
  CHECK(back.facts.out == end.out);
  CHECK(back.facts.err == end.err);
  CHECK(back.facts.holders == end.holders);
  CHECK(back.facts.signals == end.signals);
}
