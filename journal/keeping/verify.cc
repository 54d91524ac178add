#include "journal/keeping/verify.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <system_error>
#include <thread>

#include "journal/journal.h"
#include "journal/keeping/blob_check.h"
#include "journal/keeping/projection_check.h"
#include "journal/keeping/structure_check.h"

namespace hookjournal {

namespace {

constexpr std::chrono::milliseconds kReadPatience{5000};

// A part that cannot be read at all is damage, and no reason to leave the others.
template <typename Report>
Report checked(const char* what, DamageList& damage, const auto& check) {
  try {
    return check();
  } catch (const std::exception& error) {
    damage.add(
        {Damage::Place::file, 0, std::string(what) + " cannot be read: " + error.what()});
    return Report{};
  }
}

// Later, where the machine has no thread left.
auto in_background(auto part) {
  try {
    return std::async(std::launch::async, part);
  } catch (const std::system_error&) {
    return std::async(std::launch::deferred, part);
  }
}

// "stdin of call 17", where a person would look for it.
std::string used_by(Database& db, std::int64_t blob) {
  auto run = db.prepare(
      "select call, script, case ?1 when stdin then 'input' when stdout then 'output'"
      " else 'error output' end from script_runs"
      " where stdin = ?1 or stdout = ?1 or stderr = ?1 order by id limit 1");
  if (!run.bind(1, blob).next()) return {};
  return " (" + run.text(2) + " of " + run.text(1) + " in call " +
         std::to_string(run.int64(0)) + ")";
}

void judge_blobs(const std::filesystem::path& file, const BlobReport& blobs,
                 const ChainReport& chain, DamageList& damage) {
  DamageList found = blobs.damage;
  for (const OtherContent& content : blobs.other) {
    const auto replaced = chain.replaced.find(content.told);
    if (replaced != chain.replaced.end() && replaced->second == content.found) continue;
    found.add({Damage::Place::blob, content.blob,
               "its content is not what its digest was made from"});
  }
  Database db(file, Database::Mode::read, kReadPatience);
  for (Damage one : found.listed()) {
    one.what += used_by(db, one.id);
    damage.add(std::move(one));
  }
  damage.add_unlisted(found.count() - found.listed().size());
}

std::vector<std::int64_t> events_of(const std::vector<Anchor>& anchors) {
  std::vector<std::int64_t> events;
  events.reserve(anchors.size());
  for (const Anchor& anchor : anchors) events.push_back(anchor.event);
  return events;
}

bool was_pruned(const Pruned& pruned, std::int64_t event) {
  return std::ranges::any_of(pruned.ranges, [event](const Pruned::Range& range) {
    return range.first <= event && event <= range.last;
  });
}

AnchorReport judge_anchors(std::vector<Anchor> anchors, const std::string& journal,
                           const ChainReport& chain, DamageList& damage) {
  AnchorReport report;
  std::ranges::stable_sort(anchors, {}, &Anchor::event);
  for (const Anchor& anchor : anchors) {
    if (anchor.journal != journal) {
      ++report.foreign;
      continue;
    }
    ++report.given;
    const auto found = chain.digests.find(anchor.event);
    const bool known = found != chain.digests.end();
    if (known && found->second == anchor.head) {
      ++report.fitting;
      report.newest_fitting = anchor.event;
    } else if (!known && was_pruned(chain.pruned, anchor.event)) {
      ++report.pruned;
    } else if (report.first_missing == 0) {
      report.first_missing = anchor.event;
      report.noted = anchor.head;
      if (known) report.found = found->second;
    }
  }
  if (report.first_missing == 0) return report;
  const std::string since =
      report.newest_fitting == 0 || report.newest_fitting > report.first_missing
          ? "no earlier head that was noted is in the chain"
          : "the chain is the noted one up to event " +
                std::to_string(report.newest_fitting);
  damage.add({Damage::Place::anchor, report.first_missing,
              report.found ? "another event stands where this one was noted: the journal "
                             "was rewritten, or a snapshot was restored and the journal "
                             "went on as a fork; " +
                                 since
                           : "it was noted, and the chain ends before it: the tail was "
                             "cut off, or a snapshot was restored; " +
                                 since});
  return report;
}

std::string uuid_of(Database& db) {
  auto row = db.prepare("select value from settings where key = 'journal_uuid'");
  return row.next() ? to_hex(row.bytes(0)) : std::string();
}

}  // namespace

VerifyReport verify(const std::filesystem::path& journal,
                    const std::vector<Anchor>& anchors) {
  const JournalReader opened(journal);  // explains what is no journal
  VerifyReport report;
  DamageList of_chain, of_blobs, of_calls, of_file;
  const unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  auto blobs = in_background([&] {
    return checked<BlobReport>("the blobs", of_blobs,
                               [&] { return check_blobs(journal, threads); });
  });
  auto projections = in_background([&] {
    return checked<ProjectionReport>("the calls", of_calls,
                                     [&] { return check_projections(journal); });
  });
  auto structure = in_background([&] {
    return checked<DamageList>("the file", of_file, [&] {
      Database db(journal, Database::Mode::read, kReadPatience);
      return check_structure(db);
    });
  });
  report.chain = checked<ChainReport>("the chain", of_chain, [&] {
    Database db(journal, Database::Mode::read, kReadPatience);
    report.journal = uuid_of(db);
    return check_chain(db, events_of(anchors));
  });
  const BlobReport blob_report = blobs.get();
  const ProjectionReport projection_report = projections.get();
  const DamageList structure_report = structure.get();

  report.blobs = blob_report.blobs;
  report.calls = projection_report.calls;
  report.runs = projection_report.runs;
  report.damage.add_all(report.chain.damage);
  report.damage.add_all(of_chain);
  report.anchors = judge_anchors(anchors, report.journal, report.chain, report.damage);
  judge_blobs(journal, blob_report, report.chain, report.damage);
  report.damage.add_all(of_blobs);
  report.damage.add_all(projection_report.damage);
  report.damage.add_all(of_calls);
  report.damage.add_all(structure_report);
  report.damage.add_all(of_file);
  return report;
}

}  // namespace hookjournal
