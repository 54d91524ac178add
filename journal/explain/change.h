#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/xml/xml_difference.h"
#include "journal/asking/call_difference.h"

namespace hookjournal {

// How many calls have something. Those of which it is not recorded do not count.
struct Share {
  std::size_t with = 0, of = 0;
  double fraction() const {
    return of == 0 ? 0 : static_cast<double>(with) / static_cast<double>(of);
  }
};

// Something that is different for a failing call from what it was for one that succeeded:
// a candidate for what made it fail. A cause it is only for who reads it.
struct SeenChange {
  // The order is that of which is told first among equals: what a person did by hand
  // before what came along with it.
  enum class Kind { script, xml, environment, host, restart };
  Kind kind = Kind::host;
  // One of these.
  std::optional<ScriptChange> file;
  std::optional<XmlDifference> xml;
  std::optional<ValueChange> value;  // environment, host, restart

  // How many of the calls that failed alike, and of those of its kind that succeeded,
  // have what the failing call has there. `own_successes`: of those guests only that also
  // failed alike.
  Share failures, successes, own_successes;
  // What was counted of an element or attribute in the XML: not with these values, but
  // whether there is such a one (as many as here, if one was removed).
  bool presence_only = false;
  // Between calls of one guest that both succeeded (of two guests, if this one never
  // did): how often the same place differed. Nothing to count: of is 0.
  Share unrest;

  enum class Standing {
    separates,  // failing calls from succeeding ones, better than chance would
    shared,     // calls that succeeded have it too
    restless,   // it differs between calls anyway
  };
  Standing standing = Standing::shared;
  // 1: in all failures, in no success, and at rest. Below 0: rather in successes.
  double weight = 0;
};
std::string_view to_string(SeenChange::Kind kind);          // "script"
std::string_view to_string(SeenChange::Standing standing);  // "separates"

// The name of what changed: a path, a place in the XML, a variable, "kernel".
const std::string& name_of(const SeenChange& change);

// What is different for `after`. What only tells two guests from each other (their names
// and UUIDs) is left out.
std::vector<SeenChange> changes_between(const CallDifference& difference,
                                        const CallRecord& before,
                                        const CallRecord& after);

}  // namespace hookjournal
