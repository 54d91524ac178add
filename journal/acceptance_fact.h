#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "journal/database.h"

namespace hookjournal {

// A person's word that a difference which a replay found is intended.
struct AcceptedDifference {
  std::string fingerprint;  // 12 hexadecimal digits
  std::string because;
  std::string by;          // a user's name
  std::int64_t at_ns = 0;  // UTC
};

// The event of accepting one, and of taking that back. In its body: fingerprint, reason,
// name, whether it is taken back.
struct AcceptanceFact {
  AcceptedDifference difference;
  bool revoked = false;
};
std::string encode_acceptance(const AcceptanceFact& fact);
AcceptanceFact decode_acceptance(std::string_view body, std::int64_t wall_ns);

// There are few: a row of `settings` for each in force ("accepted FINGERPRINT" -> its
// event) finds them without a look at all events, and without a table that every hook
// would pay for. A projection like the others: made again by a rebuild.
void project_acceptance(Database& db, std::int64_t event, const AcceptanceFact& fact);
void clear_acceptances(Database& db);

}  // namespace hookjournal
