#include "cli/manual/listed_words.h"

#include "tests/unit/catch.h"

namespace hookjournal {

using Words = std::vector<std::string>;

TEST_CASE("words with commas between are an option's values", "[cli][manual]") {
  CHECK(listed_words("ok, failed, running, abandoned") ==
        Words{"ok", "failed", "running", "abandoned"});
  CHECK(listed_words("stdin, stdout or stderr") == Words{"stdin", "stdout", "stderr"});
  CHECK(listed_words("none, start-refused,\nport-refused") ==
        Words{"none", "start-refused", "port-refused"});
  CHECK(listed_words("begin, end or -") == Words{"begin", "end", "-"});
}

TEST_CASE("what stands around a list of values is none of them", "[cli][manual]") {
  CHECK(listed_words("Called by: libvirt, run") == Words{"libvirt", "run"});
  CHECK(listed_words("qemu, lxc, ...; may be repeated, as all lists") ==
        Words{"qemu", "lxc"});
  CHECK(listed_words("qemu, lxc, daemon ...") == Words{"qemu", "lxc", "daemon"});
  CHECK(listed_words("What makes it 1: changed (the default), drift\n(that too)") ==
        Words{"changed", "drift"});
}

TEST_CASE("a sentence is no list of values", "[cli][manual]") {
  CHECK(listed_words("Of this guest or network").empty());
  CHECK(listed_words("The newest N of these, or all").empty());
  CHECK(listed_words("That took longer: 500ms, 2s").empty());
  CHECK(listed_words("qemu, unless the scenario is another's").empty());
  CHECK(listed_words("").empty());
}

TEST_CASE("drivers and operations are completed by all that libvirt calls",
          "[cli][manual]") {
  const auto has = [](const Words& words, const char* word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  CHECK(has(words_for("log", "--driver", "qemu, lxc, network, ..."), "bhyve"));
  CHECK(has(words_for("run", "OPERATION", "prepare ..."), "port-deleted"));
  CHECK(has(words_for("simulate", "SCENARIO", "See below"), "migrate-out"));
}

}  // namespace hookjournal
