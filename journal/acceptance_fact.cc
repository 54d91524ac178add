#include "journal/acceptance_fact.h"

#include "journal/fields.h"

namespace hookjournal {

namespace {

// Append only: a number never changes its meaning.
enum Field : unsigned { kFingerprint = 1, kBecause = 2, kBy = 3, kRevoked = 4 };

std::string key_of(const std::string& fingerprint) { return "accepted " + fingerprint; }

}  // namespace

std::string encode_acceptance(const AcceptanceFact& fact) {
  FieldWriter to;
  to.bytes(kFingerprint, fact.difference.fingerprint);
  to.bytes(kBecause, fact.difference.because);
  to.bytes(kBy, fact.difference.by);
  to.number(kRevoked, fact.revoked ? 1 : 0);
  return to.body();
}

AcceptanceFact decode_acceptance(std::string_view body, std::int64_t wall_ns) {
  AcceptanceFact fact;
  fact.difference.at_ns = wall_ns;
  for (FieldReader from(body); from.next();) {
    if (from.field() == kFingerprint) fact.difference.fingerprint = from.bytes();
    if (from.field() == kBecause) fact.difference.because = from.bytes();
    if (from.field() == kBy) fact.difference.by = from.bytes();
    if (from.field() == kRevoked) fact.revoked = from.number() != 0;
  }
  return fact;
}

void project_acceptance(Database& db, std::int64_t event, const AcceptanceFact& fact) {
  const std::string key = key_of(fact.difference.fingerprint);
  auto row =
      fact.revoked
          ? db.prepare("delete from settings where key = ?1")
          : db.prepare("insert or replace into settings (key, value) values (?1, ?2)");
  row.bind(1, key);
  if (!fact.revoked) row.bind(2, event);
  row.run();
}

void clear_acceptances(Database& db) {
  db.exec("delete from settings where key >= 'accepted ' and key < 'accepted!'");
}

}  // namespace hookjournal
