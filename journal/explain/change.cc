#include "journal/explain/change.h"

#include <algorithm>
#include <utility>

#include "journal/explain/call_facts.h"

namespace hookjournal {

namespace {

using Kind = SeenChange::Kind;

Kind kind_of(const ValueChange& host) {
  const bool restart = host.name == "boot id" || host.name == "caller's pid";
  return restart ? Kind::restart : Kind::host;
}

// A name that stands in an XML in the place of another guest's.
bool tells_guests_apart_only(const XmlDifference& place, const CallRecord& before,
                             const CallRecord& after) {
  return place.kind == XmlDifference::Kind::changed &&
         without_identity(place.before, before.object, before.object_uuid) ==
             without_identity(place.after, after.object, after.object_uuid);
}

// Said by another one better: a host's machine id by its name.
bool says_more(const std::vector<ValueChange>& changes, const ValueChange& change) {
  const auto changed = [&changes](const char* name) {
    return std::ranges::find(changes, name, &ValueChange::name) != changes.end();
  };
  return change.name != "machine id" || !changed("host");
}

}  // namespace

std::string_view to_string(SeenChange::Kind kind) {
  switch (kind) {
    case Kind::script:
      return "script";
    case Kind::xml:
      return "xml";
    case Kind::environment:
      return "environment";
    case Kind::restart:
      return "restart";
    case Kind::host:
      break;
  }
  return "host";
}

std::string_view to_string(SeenChange::Standing standing) {
  switch (standing) {
    case SeenChange::Standing::separates:
      return "separates";
    case SeenChange::Standing::restless:
      return "restless";
    case SeenChange::Standing::shared:
      break;
  }
  return "shared";
}

const std::string& name_of(const SeenChange& change) {
  if (change.file) return change.file->path;
  return change.xml ? change.xml->path : change.value->name;
}

std::vector<SeenChange> changes_between(const CallDifference& difference,
                                        const CallRecord& before,
                                        const CallRecord& after) {
  std::vector<SeenChange> changes;
  for (const ScriptChange& file : difference.files)
    changes.push_back({.kind = Kind::script, .file = file});
  for (const XmlDifference& place : difference.xml)
    if (!tells_guests_apart_only(place, before, after))
      changes.push_back({.kind = Kind::xml, .xml = place});
  for (const ValueChange& variable : difference.environment)
    changes.push_back({.kind = Kind::environment, .value = variable});
  for (const ValueChange& value : difference.host)
    if (says_more(difference.host, value))
      changes.push_back({.kind = kind_of(value), .value = value});
  return changes;
}

}  // namespace hookjournal
