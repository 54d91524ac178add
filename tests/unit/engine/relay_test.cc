#include "engine/relay.h"

#include <memory>

#include "tests/unit/catch.h"
#include "tests/unit/engine/script_fixture.h"

using namespace hookjournal;

namespace {

constexpr std::size_t kLimit = 64 << 10;

// A relay between two pipes, whose outer ends are the test's.
struct Relayed {
  explicit Relayed(Relay::OnRefusal on_refusal, std::size_t limit = kLimit)
      : relay(Relay::owned(std::move(from.read_end)),
              Relay::owned(std::move(to.write_end)), on_refusal, limit,
              [this](std::string_view bytes) { seen.append(bytes); }) {
    fcntl(to.read_end.get(), F_SETFL, O_NONBLOCK);
    fcntl(from.write_end.get(), F_SETFL, O_NONBLOCK);
  }

  // One look at what there is to do, without waiting.
  void turn() {
    std::vector<pollfd> polled;
    relay.add_to(polled);
    ::poll(polled.data(), polled.size(), 0);
    relay.handle(polled);
  }
  void turns(int count) {
    for (int i = 0; i < count; ++i) turn();
  }

  // How much the source took.
  std::size_t give(const std::string& bytes) const {
    const ssize_t count = ::write(from.write_end.get(), bytes.data(), bytes.size());
    return count < 0 ? 0 : static_cast<std::size_t>(count);
  }
  // What has arrived; "EOF" stands for the end.
  std::string take() const {
    std::string bytes(1 << 20, '\0');
    const ssize_t count = ::read(to.read_end.get(), bytes.data(), bytes.size());
    if (count == 0) return "EOF";
    bytes.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return bytes;
  }

  const std::unique_ptr<ProcessRunner> no_sigpipe =
      std::make_unique<ProcessRunner>(std::vector<std::string>());
  PipeEnds from, to;
  std::string seen;
  Relay relay;
};

constexpr auto kOutput = Relay::OnRefusal::close_source;
constexpr auto kInput = Relay::OnRefusal::keep_reading;

}  // namespace

TEST_CASE("a relay carries bytes in one turn, and they are seen", "[engine]") {
  Relayed relayed(kOutput);
  relayed.give("abc");
  relayed.turn();
  CHECK(relayed.take() == "abc");
  CHECK(relayed.seen == "abc");
  CHECK_FALSE(relayed.relay.done());
}

TEST_CASE("nothing to carry is no end", "[engine]") {
  Relayed relayed(kOutput);
  relayed.turns(3);
  CHECK(relayed.take().empty());
  CHECK_FALSE(relayed.relay.done());
}

TEST_CASE("the end of a source is the end of its sink", "[engine]") {
  Relayed relayed(kOutput);
  relayed.give("abc");
  relayed.from.write_end.reset();
  relayed.turns(3);
  CHECK(relayed.take() == "abc");
  CHECK(relayed.take() == "EOF");
  CHECK(relayed.relay.done());
  CHECK_FALSE(relayed.relay.refused());
}

TEST_CASE("a slow reader holds the writer back, and loses nothing", "[engine]") {
  Relayed relayed(kOutput);
  std::string given, taken;
  // Two full pipes and what is held back: no more is accepted.
  for (int i = 0; i < 100; ++i) {
    const std::string piece(10'000, static_cast<char>('a' + i % 26));
    given += piece.substr(0, relayed.give(piece));
    relayed.turn();
  }
  CHECK(given.size() < 4 * kLimit);
  CHECK(relayed.seen.size() < 3 * kLimit);
  relayed.from.write_end.reset();
  for (std::string piece; piece != "EOF"; piece = relayed.take()) {
    taken += piece;
    relayed.turn();
  }
  CHECK((taken == given));  // too long to be printed
  CHECK((relayed.seen == given));
}

TEST_CASE("a relay never waits for a reader that takes nothing", "[engine]") {
  Relayed relayed(kOutput);
  ::alarm(20);  // would end the test if it did
  for (int i = 0; i < 50; ++i) {
    relayed.give(std::string(60'000, 'x'));
    relayed.turn();
  }
  ::alarm(0);
  CHECK_FALSE(relayed.relay.done());
}

TEST_CASE("the reader of an output gone, its writer hears of it", "[engine]") {
  Relayed relayed(kOutput);
  relayed.to.read_end.reset();
  relayed.turn();
  CHECK(relayed.relay.done());
  CHECK(relayed.relay.refused());
  CHECK(::write(relayed.from.write_end.get(), "x", 1) == -1);
  CHECK(errno == EPIPE);
}

TEST_CASE("the reader of an input gone, the rest is still seen", "[engine]") {
  Relayed relayed(kInput);
  relayed.give("read ");
  relayed.turn();
  relayed.to.read_end.reset();
  relayed.turn();
  CHECK(relayed.relay.refused());
  CHECK_FALSE(relayed.relay.done());
  relayed.give("unread");
  relayed.turn();
  relayed.from.write_end.reset();
  relayed.turns(2);
  CHECK(relayed.seen == "read unread");
  CHECK(relayed.relay.done());
}

TEST_CASE("bytes can be fed instead of read", "[engine]") {
  PipeEnds to;
  Relay relay(Relay::borrowed(-1), Relay::owned(std::move(to.write_end)), kInput, kLimit,
              [](std::string_view) {});
  relay.feed("<domain/>");
  CHECK_FALSE(relay.done());
  std::vector<pollfd> polled;
  relay.add_to(polled);
  ::poll(polled.data(), polled.size(), 0);
  relay.handle(polled);
  CHECK(relay.done());
  char bytes[16];
  CHECK(::read(to.read_end.get(), bytes, sizeof bytes) == 9);
  CHECK(::read(to.read_end.get(), bytes, sizeof bytes) == 0);
}

TEST_CASE("nothing fed is an end at once", "[engine]") {
  PipeEnds to;
  Relay relay(Relay::borrowed(-1), Relay::owned(std::move(to.write_end)), kInput, kLimit,
              [](std::string_view) {});
  relay.feed("");
  CHECK(relay.done());
  char byte;
  CHECK(::read(to.read_end.get(), &byte, 1) == 0);
}

TEST_CASE("without a sink bytes are only seen", "[engine]") {
  PipeEnds from;
  std::string seen;
  Relay relay(Relay::owned(std::move(from.read_end)), Relay::borrowed(-1), kOutput,
              kLimit, [&seen](std::string_view bytes) { seen.append(bytes); });
  REQUIRE(::write(from.write_end.get(), "abc", 3) == 3);
  from.write_end.reset();
  for (int i = 0; i < 2; ++i) {
    std::vector<pollfd> polled;
    relay.add_to(polled);
    ::poll(polled.data(), polled.size(), 0);
    relay.handle(polled);
  }
  CHECK(seen == "abc");
  CHECK(relay.done());
}

TEST_CASE("a borrowed sink stays open for its owner", "[engine]") {
  PipeEnds from, to;
  Relay relay(Relay::owned(std::move(from.read_end)), Relay::borrowed(to.write_end.get()),
              kOutput, kLimit, [](std::string_view) {});
  relay.close_source();
  CHECK(relay.done());
  CHECK(::write(to.write_end.get(), "x", 1) == 1);
}
