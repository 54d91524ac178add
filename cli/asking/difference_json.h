#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/xml/xml_difference.h"
#include "journal/asking/call_difference.h"

// As `--json` has it: keys may be added, none is ever changed.
namespace hookjournal {

// {"kind":"changed","path":"/domain/memory","before":"1","after":"2"}
nlohmann::ordered_json json_of(const XmlDifference& difference);
// {"name":"kernel","before":"6.1.0","after":"6.12.0"}; null: not there
nlohmann::ordered_json json_of(const ValueChange& change);
// {"path","before":{"mode","kind","sha256"},"after",...,"text","why_no_text"}; "sha256"
// is null unless the journal has the file's content
nlohmann::ordered_json json_of(const ScriptChange& change);

// {"before":CALL,"after":CALL,"call":[value],"scripts_tree":{"known","before","after",
// "files":[file]},"input":{"places":[xml],"text","unknown"},"environment":[value],
// "host":[value],"runs":[{"script","before":{"outcome","ending","elapsed_ns"},"after",
// "stdout","stderr"}],"elapsed_ns":{"before","after"}}. A text is as `diff -u` has it.
nlohmann::ordered_json json_of(const CallRecord& before, const CallRecord& after,
                               const CallDifference& difference);

}  // namespace hookjournal
