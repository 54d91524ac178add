#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/sample_journal.h"

namespace hookjournal {
namespace {

CommandResult sql(const SampleJournal& journal, const std::string& query,
                  const std::string& format = "--json") {
  return run_command(run_sql, {"sql", "--journal", journal.file(), format, query});
}

TEST_CASE("sql answers with a line for each row", "[cli]") {
  SampleJournal journal;
  journal.add("qemu", {"win11", "start", "begin", "-"}, Exited{3});
  const std::string query = "select object, outcome, null as no, 1.5 as r from call_list";
  CHECK(sql(journal, query).out ==
        "{\"object\":\"win11\",\"outcome\":\"failed\",\"no\":null,\"r\":1.5}\n");
  CHECK(sql(journal, query, "--csv").out ==
        "object,outcome,no,r\r\nwin11,failed,,1.5\r\n");
  CHECK_THAT(sql(journal, query, "--no-pager").out, ContainsSubstring("win11   failed"));
}

TEST_CASE("sql shows a terminal nothing of what guests are called", "[cli]") {
  SampleJournal journal;
  journal.add("qemu", {"a\x1b[2Jb,\"c\"", "start", "begin", "-"});
  const std::string query = "select object from call_list";
  CHECK(sql(journal, query, "--no-pager").out.find('\x1b') == std::string::npos);
  CHECK(sql(journal, query).out.find('\x1b') == std::string::npos);
  CHECK(sql(journal, query, "--csv").out == "object\r\n\"a\x1b[2Jb,\"\"c\"\"\"\r\n");
}

TEST_CASE("sql refuses all that is not reading", "[cli]") {
  SampleJournal journal;
  journal.add("qemu", {"win11", "start", "begin", "-"});
  for (const char* query :
       {"delete from events", "update calls set object = 'x'", "drop table calls",
        "insert into trees_seen values ('x', x'', 1)", "create table t (x)", "vacuum",
        "create temp table t (x)", "attach '/tmp/hookjournal-no.db' as other",
        "pragma journal_mode = delete", "pragma user_version = 7", "begin immediate",
        "select load_extension('x')", "select 1; delete from events", "", "-- nothing",
        "selct 1"}) {
    INFO(query);
    const CommandResult result = sql(journal, query);
    CHECK(result.status == 2);
    CHECK(result.out.empty());
    CHECK_FALSE(result.err.empty());
  }
  CHECK(sql(journal, "select count(*) as n from events").out == "{\"n\":2}\n");
}

TEST_CASE("sql keeps the journal's secret", "[cli]") {
  const SampleJournal journal;
  for (const char* query : {"select * from settings", "select value from settings",
                            "with s as (select * from settings) select * from s"}) {
    const CommandResult result = sql(journal, query);
    CHECK(result.status == 2);
    CHECK_THAT(result.err, ContainsSubstring("settings"));
  }
}

TEST_CASE("sql tells the tables it can ask", "[cli]") {
  const SampleJournal journal;
  CHECK_THAT(sql(journal, "select name from sqlite_schema where type = 'view'").out,
             ContainsSubstring("call_list"));
  CHECK_THAT(sql(journal, "pragma table_info(call_list)").out,
             ContainsSubstring("elapsed_ms"));
}

}  // namespace
}  // namespace hookjournal
