#include "replay/sandbox/stand_ins/stand_in_server.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cstring>

#include "engine/error.h"
#include "tests/unit/catch.h"
#include "tests/unit/replay/sandbox/stand_ins/stand_in_fixture.h"

using namespace hookjournal;

namespace {

UniqueFd connect_to(const std::string& path) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  REQUIRE(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address),
                    sizeof address) == 0);
  return fd;
}

void send_bytes(const UniqueFd& fd, const std::string& bytes) {
  REQUIRE(::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(bytes.size()));
}

bool dropped(const UniqueFd& fd) {
  char byte = 0;
  return ::recv(fd.get(), &byte, 1, MSG_DONTWAIT) == 0;
}

}  // namespace

TEST_CASE("answers are counted for each rule until the next run", "[replay]") {
  StandInFixture sandbox("tool get exit 3\ntool");
  sandbox.replace("tool");
  sandbox.replace("unknown");

  CHECK(sandbox.sh("./tool get; ./tool set; ./tool set; ./unknown") == 0);
  std::vector<std::string> counted;
  for (const auto& [rule, times] : sandbox.server.answers())
    counted.push_back((rule == nullptr ? "none" : rule->arguments) + ' ' +
                      std::to_string(times));
  CHECK(counted == std::vector<std::string>{"none 1", "get 1", "* 2"});
  sandbox.server.reset();
  CHECK(sandbox.server.answers().empty());
}

TEST_CASE("a rule that has answered its most names the loop", "[replay]") {
  StandInFixture sandbox("sleep most 3");
  sandbox.replace("sleep");

  CHECK(sandbox.sh("for i in 1 2 3; do ./sleep 1; done") == 0);
  CHECK_FALSE(sandbox.server.exhausted());
  CHECK(sandbox.sh("./sleep 1") == 0);
  CHECK(sandbox.server.exhausted() ==
        "sleep 1 was answered 3 times: a loop waits for what never comes here");
  sandbox.server.reset();
  CHECK_FALSE(sandbox.server.exhausted());
  CHECK(sandbox.sh("./sleep 1") == 0);
  CHECK_FALSE(sandbox.server.exhausted());
}

TEST_CASE("a stand-in that stops in the middle holds up no other", "[replay]") {
  StandInFixture sandbox("tool exit 3");
  sandbox.replace("tool");
  const auto silent = connect_to(sandbox.path("stand-ins"));
  const auto halfway = connect_to(sandbox.path("stand-ins"));
  send_bytes(halfway, std::string("\x20\0\0\0/bin/to", 11));

  CHECK(sandbox.sh("./tool") == 3);
  CHECK_FALSE(dropped(silent));
  CHECK_FALSE(dropped(halfway));
}

TEST_CASE("many stand-ins at once are all answered", "[replay]") {
  StandInFixture sandbox("tool stdout \"x\\n\"");
  sandbox.replace("tool");

  CHECK(sandbox.sh("i=0; while [ $i -lt 100 ]; do ./tool & i=$((i+1)); done; wait") == 0);
  CHECK(sandbox.written("out").size() == 200);
}

TEST_CASE("what is no call of a stand-in is dropped", "[replay]") {
  StandInFixture sandbox("tool");
  const auto huge = connect_to(sandbox.path("stand-ins"));
  const auto unended = connect_to(sandbox.path("stand-ins"));
  const auto empty = connect_to(sandbox.path("stand-ins"));
  send_bytes(huge, "\xff\xff\xff\xff");
  send_bytes(unended, std::string("\x03\0\0\0abc", 7));
  send_bytes(empty, std::string("\0\0\0\0", 4));

  sandbox.server.turn();

  CHECK(dropped(huge));
  CHECK(dropped(unended));
  CHECK(dropped(empty));
  CHECK(sandbox.server.answers().empty());
}

TEST_CASE("scripts of every user reach the server", "[replay]") {
  StandInFixture sandbox("");
  struct stat socket {};
  REQUIRE(::stat(sandbox.path("stand-ins").c_str(), &socket) == 0);

  CHECK((socket.st_mode & 0777) == 0666);
  CHECK_THROWS_AS(listen_for_stand_ins(sandbox.path("none/stand-ins")), Error);
  CHECK_THROWS_AS(listen_for_stand_ins("/" + std::string(200, 'x')), Error);
}
