#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "engine/xml/xml_places.h"
#include "journal/explain/comparable_calls.h"
#include "journal/journal.h"

namespace hookjournal {

// What can differ between two calls, by name: "kernel", "PATH", "qemu.d/10-bridge".
using Values = std::map<std::string, std::string>;

// Looks calls' facts up. Most calls share their context and their tree, which are read
// once.
class CallFacts {
 public:
  // `journal` outlives the facts.
  explicit CallFacts(JournalReader& journal) : journal_(journal) {}

  // Host and versions, named as compare_calls() does. Null: not recorded.
  const Values* host(const ComparableCall& call);
  // The environment.
  const Values* environment(const ComparableCall& call);
  // Of each file of the scripts tree its file_value().
  const Values* tree(const ComparableCall& call);
  // The input's places; the guest's own name and UUID stand as "<guest>" and "<uuid>" in
  // them, so that guests can be compared. Null: no input recorded, or no XML.
  std::shared_ptr<const XmlPlaces> xml(const ComparableCall& call);

 private:
  struct ContextFacts {
    Values host, environment;
  };
  const ContextFacts& context(std::int64_t blob);

  JournalReader& journal_;
  std::unordered_map<std::int64_t, ContextFacts> contexts_;
  std::unordered_map<std::int64_t, Values> trees_;
};

// Equal for a file that is the same in two trees: mode and content.
std::string file_value(const TreeEntry& entry);

// A value with the guest's name and UUID masked as in CallFacts::xml().
std::string without_identity(std::string value, const std::string& object,
                             const std::string& object_uuid);

}  // namespace hookjournal
