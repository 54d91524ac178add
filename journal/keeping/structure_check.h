#pragma once

#include "journal/database.h"
#include "journal/keeping/damage.h"

namespace hookjournal {

// What holds the journal: SQLite's own check of the file, tables, indexes, triggers and
// views as this version makes them, the settings under their seal, and the search index.
DamageList check_structure(Database& db);

}  // namespace hookjournal
