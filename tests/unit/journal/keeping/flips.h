#pragma once

#include <sys/stat.h>

#include <fstream>
#include <random>
#include <string>

#include "journal/keeping/verify.h"
#include "tests/unit/journal/fresh_journal.h"

// A journal with something of everything, and what a query would see of it.
namespace hookjournal::test {

// `calls` calls of some guests: inputs that compress and some that do not, failures,
// nested runs, one that died, one that runs, a gap.
inline void fill(const FreshJournal& fresh, int calls) {
  RunMaker maker;
  auto journal = fresh.writer();
  for (int i = 0; i < calls; ++i) {
    const std::string guest = "g" + std::to_string(i % 7);
    const auto start =
        maker.start("qemu", {guest, i % 2 == 0 ? "prepare" : "release", "begin", "-"});
    const std::string xml =
        "<domain><name>" + guest + "</name><uuid>c7a5fdbd-edaf-9455-926a-d65c16db180" +
        std::to_string(i % 7) + "</uuid><boot n='" + std::to_string(i) + "'/>" +
        std::string(700, 'x') + "</domain>";
    RunEnded end = maker.end(start, Exited{i % 5 == 0 ? 1 : 0});
    if (i % 5 == 0) end.err = {"cannot do " + std::to_string(i), 12, false, 0};
    journal.whole(start, KeptStream{xml, xml.size()}, {}, end);
    maker.at_ms += 1000;
  }
  const auto died = journal.start(maker.start("qemu", {"g1", "start", "begin", "-"}), {});
  journal.died({now(), died, "the host went down"});
  maker.at_ms += 1000;
  journal.start(maker.start("qemu", {"g2", "start", "begin", "-"}), {});
  journal.gap({now(), 3, "the disk was full", "qemu", {"g3"}});
}

// Everything into the one file.
inline void settle(const std::filesystem::path& file) {
  Database db(file, Database::Mode::write, std::chrono::seconds(2));
  db.number("pragma wal_checkpoint(truncate)");
}

}  // namespace hookjournal::test
