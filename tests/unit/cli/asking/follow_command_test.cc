#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "engine/unique_fd.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/sample_journal.h"

namespace hookjournal {
namespace {

using Words = std::vector<std::string>;

// `follow` in a process of its own, which ends with this.
class Followed {
 public:
  Followed(const SampleJournal& journal, Words words) {
    words.insert(words.begin(), {"follow", "--journal", journal.file()});
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    from_.reset(ends[0]);
    pid_ = ::fork();
    if (pid_ != 0) {
      ::close(ends[1]);
      return;
    }
    from_.reset();
    ::alarm(60);  // a parent that dies leaves nothing behind
    ::dup2(ends[1], 1);
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    int status = 3;
    try {
      status = run_follow(static_cast<int>(words.size()), argv.data());
    } catch (const std::exception&) {
    }
    ::_exit(status);
  }
  ~Followed() {
    if (pid_ > 0) end(SIGKILL);
  }
  Followed(const Followed&) = delete;
  Followed& operator=(const Followed&) = delete;

  std::string line() const {
    std::string line;
    for (char byte = 0; ::read(from_.get(), &byte, 1) == 1 && byte != '\n';) line += byte;
    return line;
  }
  void stop_reading() { from_.reset(); }
  int end(int signal) {
    if (signal != 0) ::kill(pid_, signal);
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return status;
  }

 private:
  UniqueFd from_;
  pid_t pid_ = -1;
};

TEST_CASE("follow tells of a call when another process records it, and ends well",
          "[cli][follow]") {
  SampleJournal journal;
  journal.add("qemu", {"old", "prepare", "begin", "-"});
  Followed followed(journal, {"--json", "--last", "1"});
  CHECK(nlohmann::json::parse(followed.line())["object"] == "old");

  journal.add("qemu", {"web", "prepare", "begin", "-"}, Exited{3});
  const auto call = nlohmann::json::parse(followed.line());
  CHECK(call["object"] == "web");
  CHECK(call["outcome"] == "failed");

  CHECK(followed.end(SIGINT) == 0);
}

TEST_CASE("follow shows people the columns of log", "[cli][follow]") {
  SampleJournal journal;
  journal.add("qemu", {"evil\x1b[2J", "prepare", "begin", "-"});
  Followed followed(journal, {"--last", "1"});

  CHECK_THAT(followed.line(), ContainsSubstring("OBJECT"));
  CHECK_THAT(followed.line(), ContainsSubstring("evil\\x1b[2J"));
  CHECK(followed.end(SIGTERM) == 0);
}

TEST_CASE("follow ends when nobody reads what it tells", "[cli][follow]") {
  SampleJournal journal;
  Followed followed(journal, {});
  followed.stop_reading();
  CHECK(followed.end(0) == 0);
}

TEST_CASE("follow refuses what is no duration and a journal that is missing",
          "[cli][follow]") {
  CHECK(run_command(run_follow, {"follow", "--running-after", "soon"}).status == 2);
  CHECK(run_command(run_follow, {"follow", "--journal", "/no/journal"}).status == 3);
}

}  // namespace
}  // namespace hookjournal
