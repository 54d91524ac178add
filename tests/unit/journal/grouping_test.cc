// Script runs are recorded one by one; these are the ways they make up calls.
#include "tests/unit/catch.h"
#include "tests/unit/journal/fresh_journal.h"

using namespace hookjournal;

namespace {

const std::vector<std::string> kPrepare{"g1", "prepare", "begin", "-"};
const std::vector<std::string> kStart{"g1", "start", "begin", "-"};

std::vector<std::vector<std::string>> scripts_of_calls(const FreshJournal& journal) {
  std::vector<std::vector<std::string>> calls;
  journal.reader().for_each_call({}, [&calls](const CallRecord& call) {
    calls.emplace_back();
    for (const RunRecord& run : call.runs) calls.back().push_back(run.script);
  });
  return calls;
}

using Calls = std::vector<std::vector<std::string>>;

}  // namespace

TEST_CASE("the scripts of one call are one call", "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  const auto first = maker.run(journal, "qemu", kPrepare);
  maker.run(journal, "qemu.d/10-a", kPrepare);
  maker.run(journal, "qemu.d/20-b", kPrepare);
  CHECK(scripts_of_calls(fresh) == Calls{{"qemu", "qemu.d/10-a", "qemu.d/20-b"}});
  CHECK(fresh.reader().call(first)->id == first);
}

TEST_CASE("the same call again is another call", "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  for (int i = 0; i < 2; ++i) {
    maker.run(journal, "qemu", kPrepare);
    maker.run(journal, "qemu.d/10-a", kPrepare);
  }
  CHECK(scripts_of_calls(fresh) ==
        Calls{{"qemu", "qemu.d/10-a"}, {"qemu", "qemu.d/10-a"}});
}

TEST_CASE("calls of two guests may interleave", "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  const std::vector<std::string> other{"g2", "prepare", "begin", "-"};
  maker.run(journal, "qemu", kPrepare);
  maker.run(journal, "qemu", other);
  maker.run(journal, "qemu.d/10-a", kPrepare);
  maker.run(journal, "qemu.d/10-a", other);
  CHECK(scripts_of_calls(fresh) ==
        Calls{{"qemu", "qemu.d/10-a"}, {"qemu", "qemu.d/10-a"}});
}

TEST_CASE("two daemons calling for the same guest do not share a call", "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  maker.run(journal, "qemu", kPrepare);
  maker.daemon = 900;
  maker.run(journal, "qemu.d/10-a", kPrepare);
  maker.daemon = 812;
  maker.run(journal, "qemu.d/20-b", kPrepare);
  CHECK(scripts_of_calls(fresh) == Calls{{"qemu", "qemu.d/20-b"}, {"qemu.d/10-a"}});
}

TEST_CASE("another call of the guest between ends a call", "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  maker.run(journal, "qemu", kPrepare);
  maker.run(journal, "qemu", kStart);
  maker.run(journal, "qemu.d/10-a", kPrepare);
  CHECK(scripts_of_calls(fresh) == Calls{{"qemu"}, {"qemu"}, {"qemu.d/10-a"}});
}

TEST_CASE("a call racing with the next of the same guest keeps its own scripts",
          "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  const auto one = maker.start("qemu", kPrepare);
  const auto one_id = journal.start(one, {});
  maker.at_ms += 2;
  const auto two = maker.start("qemu", kPrepare);
  const auto two_id =
      journal.start(two, {});  // while the first is still inside its script
  journal.end(one_id, maker.end(one, Exited{0}));
  maker.at_ms += 10;
  // The second's main file still runs: this can only be the first's.
  maker.run(journal, "qemu.d/10-a", kPrepare);
  journal.end(two_id, maker.end(two, Exited{0}, 40));
  CHECK(scripts_of_calls(fresh) == Calls{{"qemu", "qemu.d/10-a"}, {"qemu"}});
}

TEST_CASE("a call whose first runs are missing begins with what is there", "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  const auto id = maker.run(journal, "qemu.d/10-a", kPrepare);
  maker.run(journal, "qemu.d/20-b", kPrepare);
  CHECK(scripts_of_calls(fresh) == Calls{{"qemu.d/10-a", "qemu.d/20-b"}});
  CHECK(fresh.reader().call(id)->unrecorded == std::vector<std::string>{"qemu"});
}

TEST_CASE("a script without its main file's run does not join an old call", "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  maker.run(journal, "qemu", kPrepare);
  maker.at_ms += 61'000;
  maker.run(journal, "qemu.d/10-a", kPrepare);
  CHECK(scripts_of_calls(fresh) == Calls{{"qemu"}, {"qemu.d/10-a"}});
}

TEST_CASE("a script that comes long after one whose end nobody saw stays in its call",
          "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  const auto run = journal.start(maker.start("qemu", kPrepare), {}, {});
  maker.at_ms += 600'000;  // then its recorder was killed
  journal.died({now(), run, "killed"});
  maker.run(journal, "qemu.d/10-a", kPrepare);
  CHECK(scripts_of_calls(fresh) == Calls{{"qemu", "qemu.d/10-a"}});
}

TEST_CASE("a script that comes late after one that is not recorded stays in its call",
          "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  maker.run(journal, "qemu", kPrepare);
  maker.at_ms += 600'000;  // of qemu.d/10-a
  maker.run(journal, "qemu.d/20-b", kPrepare);
  maker.at_ms += 4'000'000;
  maker.run(journal, "qemu.d/20-b", kPrepare);
  CHECK(scripts_of_calls(fresh) == Calls{{"qemu", "qemu.d/20-b"}, {"qemu.d/20-b"}});
}

TEST_CASE("equal names in two drivers are two objects", "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  maker.run(journal, "lxc", kPrepare);
  maker.run(journal, "qemu.d/10-a", kPrepare);
  maker.run(journal, "lxc.d/10-a", kPrepare);
  CHECK(scripts_of_calls(fresh) == Calls{{"lxc", "lxc.d/10-a"}, {"qemu.d/10-a"}});
}

TEST_CASE("a run from the spool joins the call it was part of, earlier or later",
          "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  auto missed = maker.start("qemu", kPrepare);
  missed.spooled = true;
  maker.at_ms += 10;
  const auto direct = maker.run(journal, "qemu.d/10-a", kPrepare);
  maker.run(journal, "qemu", kStart);

  const auto late = journal.start(missed, {});
  journal.end(late, maker.end(missed, Exited{0}));

  CHECK(scripts_of_calls(fresh) == Calls{{"qemu", "qemu.d/10-a"}, {"qemu"}});
  // The id is that of the call's first event, in order of arrival.
  CHECK(fresh.reader().call(direct)->runs.size() == 2);
}

TEST_CASE("a run from the spool joins its call between two others", "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  maker.run(journal, "qemu", kPrepare);
  auto missed = maker.start("qemu.d/10-a", kPrepare);
  missed.spooled = true;
  maker.at_ms += 10;
  maker.run(journal, "qemu.d/20-b", kPrepare);

  const auto late = journal.start(missed, {});
  journal.end(late, maker.end(missed, Exited{0}));

  CHECK(scripts_of_calls(fresh) == Calls{{"qemu", "qemu.d/10-a", "qemu.d/20-b"}});
}

TEST_CASE("a run from the spool does not break into a call it was no part of",
          "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  maker.run(journal, "qemu", kPrepare);
  auto missed = maker.start("qemu.d/30-c", kPrepare);  // gone before the next script
  missed.spooled = true;
  maker.at_ms += 10;
  maker.run(journal, "qemu.d/20-b", kPrepare);

  const auto late = journal.start(missed, {});
  journal.end(late, maker.end(missed, Exited{0}));

  CHECK(fresh.reader().call(late).has_value());
}

TEST_CASE("a script started by a recorded script is a run within it", "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  const auto outer = maker.start("qemu", kPrepare);
  const auto id = journal.start(outer, {});
  maker.at_ms += 1;
  auto inner = maker.start("qemu.d/10-a", kPrepare);
  inner.within = outer.uuid;
  inner.origin = Origin::other;
  inner.context.caller.process = {4711, 1};
  const auto inner_id = journal.start(inner, {});
  journal.end(inner_id, maker.end(inner, Exited{7}));
  journal.end(id, maker.end(outer, Exited{0}, 30));

  const auto call = fresh.reader().call(id);
  REQUIRE(call->runs.size() == 2);
  CHECK(call->runs[1].within == id);
  // The outer script swallowed the failure, so libvirt saw none.
  CHECK(call->outcome == Outcome::ok);
}

TEST_CASE("a rebuild from the events gives the same rows", "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  std::string outer;
  for (int i = 0; i < 20; ++i) {
    const std::vector<std::string> words{"g" + std::to_string(i % 3), "prepare", "begin",
                                         "-"};
    maker.run(journal, "qemu", words, i % 4 == 0 ? Ending(Exited{3}) : Ending(Exited{0}));
    maker.run(journal, "qemu.d/10-a", words);
    if (i % 5 == 0) journal.start(maker.start("qemu.d/20-b", words), {});
    // What had ended before its start was written: first of its call, later in it, inside
    // another.
    const std::string xml = "<uuid>00112233-4455-6677-8899-aabbccddeeff</uuid>";
    for (const char* script : {"qemu", "qemu.d/10-a", "qemu.d/15-c"}) {
      auto start = maker.start(script, words);
      if (std::string_view(script) == "qemu.d/15-c") start.within = outer;
      outer = start.uuid;
      journal.whole(start, KeptStream{xml, xml.size()}, {},
                    maker.end(start, i % 3 == 0 ? Ending(Signaled{9}) : Exited{0}));
      maker.at_ms += 10;
    }
    const auto alone = maker.start("qemu", {"g9", "start", "begin", "-"});
    journal.whole(alone, KeptStream{xml, xml.size()}, {},
                  maker.end(alone, Exited{i % 2}));
    maker.at_ms += 10;
  }
  journal.died({now(), 5, "killed"});
  const auto rows = [&journal] {
    std::vector<std::string> all;
    for (const char* sql :
         {"select quote(id)||quote(uuid)||quote(at_ns)||object||outcome||elapsed_ns||"
          "quote(object_uuid)||quote(tree) from calls order by id",
          "select "
          "quote(id)||call||quote(uuid)||script||outcome||quote(ending)||elapsed_ns||"
          "quote(ending_value)||cpu_ns||quote(end_event)||quote(within)||quote(stdin)||"
          "quote(stdout)||quote(stderr) from script_runs order by id"}) {
      auto found = journal.database().prepare(sql);
      while (found.next()) all.push_back(found.text(0));
    }
    return all;
  };
  const auto before = rows();
  journal.rebuild();
  CHECK(rows() == before);
}
