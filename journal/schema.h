#pragma once

#include "journal/database.h"

namespace hookjournal {

// PRAGMA application_id of a journal: "hjnl".
constexpr std::int64_t kApplicationId = 0x686a6e6c;

// What a journal may be used for by this program.
enum class Fitness { usable, older, newer, foreign };
Fitness fitness_for_reading(Database& db);
// A newer schema may still accept older writers: it says so.
Fitness fitness_for_writing(Database& db);

// Nobody's yet: an empty file, or one whose creation was interrupted. A database without
// tables may be another program's all the same.
bool is_fresh(Database& db);

// Brings the schema up to this version, in one transaction. Only `install`, the package
// and `maintain` do this: a hook never changes a schema.
void migrate(Database& db);

// SHA-256 over the settings but for the seal itself, which is this digest: a setting that
// is changed by accident is found by it.
std::string settings_seal(Database& db);
// After a change to the settings; in its transaction.
void seal_settings(Database& db);

// Why a journal that is not usable cannot be used, and what to do.
std::string describe(Fitness fitness, const Database& db);

}  // namespace hookjournal
