#include "journal/acceptance.h"

#include <algorithm>
#include <chrono>

#include "engine/error.h"
#include "journal/journal_writer.h"

namespace hookjournal {

namespace {

constexpr std::chrono::milliseconds kLockPatience{30'000};

void check_fingerprint(const std::string& fingerprint) {
  const bool valid =
      fingerprint.size() == 12 &&
      fingerprint.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!valid)
    throw UsageError("\"" + fingerprint +
                     "\" is no fingerprint of a difference: these are 12 hexadecimal "
                     "digits, as a replay's report shows them");
}

void keep(const std::filesystem::path& journal, const AcceptanceFact& fact) {
  JournalWriter writer(journal, kLockPatience);
  writer.acceptance(fact);
  writer.make_durable();
  writer.checkpoint_if_long();
}

}  // namespace

void accept_difference(const std::filesystem::path& journal,
                       const AcceptedDifference& accepted) {
  check_fingerprint(accepted.fingerprint);
  keep(journal, {accepted});
}

void revoke_difference(const std::filesystem::path& journal,
                       const std::string& fingerprint, const std::string& by,
                       std::int64_t at_ns) {
  check_fingerprint(fingerprint);
  JournalReader reader(journal);
  const auto accepted = accepted_differences(reader);
  if (std::ranges::find(accepted, fingerprint, &AcceptedDifference::fingerprint) ==
      accepted.end())
    throw UsageError(
        "the difference " + fingerprint +
        " is not accepted; `hookjournal accept --list` shows those that are");
  keep(journal, {{fingerprint, "", by, at_ns}, true});
}

std::vector<AcceptedDifference> accepted_differences(JournalReader& journal) {
  std::vector<AcceptedDifference> accepted;
  auto rows = journal.db_->prepare(
      "select e.body, e.at_ns from settings s join events e on e.id = s.value"
      " where s.key >= 'accepted ' and s.key < 'accepted!' order by e.id");
  while (rows.next())
    accepted.push_back(decode_acceptance(rows.text(0), rows.int64(1)).difference);
  return accepted;
}

}  // namespace hookjournal
