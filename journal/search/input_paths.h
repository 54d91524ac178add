#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/xml/xml_path.h"
#include "journal/blob_store.h"
#include "journal/database.h"

namespace hookjournal {

// Tells which calls had an input that one of some XPaths matches. Each input is parsed
// once.
class InputPaths {
 public:
  // `db` outlives this. Throws UsageError for what is no XPath.
  InputPaths(Database& db, const std::vector<std::string>& expressions);

  bool match(std::int64_t call);

 private:
  bool matches(std::int64_t blob);

  BlobStore blobs_;
  std::vector<XmlPath> paths_;
  std::unordered_map<std::int64_t, bool> known_;  // by blob
  Statement inputs_;
};

}  // namespace hookjournal
