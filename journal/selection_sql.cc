#include "journal/selection_sql.h"

#include <algorithm>
#include <optional>
#include <string>
#include <variant>

#include "journal/search/input_paths.h"
#include "journal/search/text_search.h"

namespace hookjournal {

namespace {

std::string from_uuid_text(const std::string& text) {
  std::string digits;
  for (const char c : text)
    if (c != '-') digits += static_cast<char>(c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
  return digits;
}

// A where clause and the values of its question marks.
class Conditions {
 public:
  template <typename Value>
  void any_of(const std::string& condition, const std::vector<Value>& values) {
    if (values.empty()) return;
    std::string part;
    for (const Value& value : values) {
      part += (part.empty() ? "(" : " or ") + condition;
      values_.emplace_back(value);
    }
    add(part + ")");
  }
  void compare(const std::string& condition, std::int64_t value) {
    values_.emplace_back(value);
    add(condition);
  }
  void range(std::int64_t first, std::int64_t last) {
    values_.emplace_back(first);
    values_.emplace_back(last);
  }
  void add(const std::string& part) {
    where_ += (where_.empty() ? " where " : " and ") + part;
  }

  // The statement reads the values from here when it steps: this outlives it.
  Statement prepare(Database& db, const std::string& select,
                    const std::string& order) const {
    Statement statement = db.prepare(select + where_ + order);
    int index = 0;
    for (const auto& value : values_) {
      ++index;
      if (const auto* number = std::get_if<std::int64_t>(&value))
        statement.bind(index, *number);
      else
        statement.bind(index, std::string_view(std::get<std::string>(value)));
    }
    return statement;
  }

 private:
  std::string where_;
  std::vector<std::variant<std::int64_t, std::string>> values_;
};

Conditions conditions_of(const Selection& selection) {
  Conditions conditions;
  conditions.any_of("driver = ?", selection.drivers);
  conditions.any_of("object = ?", selection.objects);
  conditions.any_of("operation = ?", selection.operations);
  std::vector<std::string> uuids;
  for (const std::string& uuid : selection.uuids) uuids.push_back(from_uuid_text(uuid));
  conditions.any_of("lower(hex(object_uuid)) = ?", uuids);
  conditions.any_of(
      "exists (select 1 from script_runs r where r.call = calls.id"
      " and r.script = ?)",
      selection.scripts);
  std::vector<std::int64_t> outcomes, origins;
  for (const Outcome outcome : selection.outcomes)
    outcomes.push_back(static_cast<std::int64_t>(outcome));
  for (const Origin origin : selection.origins)
    origins.push_back(static_cast<std::int64_t>(origin));
  conditions.any_of("outcome = ?", outcomes);
  conditions.any_of("origin = ?", origins);
  if (selection.since_ns) conditions.compare("at_ns >= ?", *selection.since_ns);
  if (selection.until_ns) conditions.compare("at_ns < ?", *selection.until_ns);
  if (selection.slower_than_ns)
    conditions.compare("elapsed_ns > ?", *selection.slower_than_ns);
  if (!selection.calls.empty()) {
    std::string part;
    for (const auto& range : selection.calls) {
      part += (part.empty() ? "(" : " or ") + std::string("id between ? and ?");
      conditions.range(range.first, range.last);
    }
    conditions.add(part + ")");
  }
  return conditions;
}

bool sql_decides(const Selection& selection) {
  return selection.hosts.empty() && selection.consequences.empty() &&
         selection.texts.empty() && selection.xpaths.empty();
}

// Whether an index over time does not tell enough.
bool looks_at_rows(const Selection& selection) {
  return !selection.drivers.empty() || !selection.operations.empty() ||
         !selection.outcomes.empty() || !selection.origins.empty() ||
         !selection.uuids.empty() || selection.slower_than_ns;
}

TextSearch::Extent extent_of(const Selection& selection) {
  if (!selection.objects.empty() || !selection.uuids.empty() || !selection.calls.empty())
    return TextSearch::Extent::few_calls;
  return selection.last ? TextSearch::Extent::first_hits : TextSearch::Extent::all_hits;
}

// What SQL cannot decide, cheapest first.
class CloserLook {
 public:
  CloserLook(Database& db, const Selection& selection, CallLoader& loader)
      : selection_(selection), loader_(loader) {
    if (!selection.texts.empty())
      texts_.emplace(db, selection.texts, extent_of(selection));
    if (!selection.xpaths.empty()) paths_.emplace(db, selection.xpaths);
  }

  bool takes(std::int64_t id) {
    if (texts_ && !texts_->finds(id)) return false;
    if (paths_ && !paths_->match(id)) return false;
    if (selection_.hosts.empty() && selection_.consequences.empty()) return true;
    const auto call = loader_.load(id);
    const auto among = [](const auto& wanted, const auto& value) {
      return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
    };
    return call && among(selection_.hosts, call->host) &&
           among(selection_.consequences, call->consequence);
  }

 private:
  const Selection& selection_;
  CallLoader& loader_;
  std::optional<TextSearch> texts_;
  std::optional<InputPaths> paths_;
};

}  // namespace

bool narrows(const Selection& selection) {
  const auto given = [](const auto&... values) { return (!values.empty() || ...); };
  return given(selection.drivers, selection.objects, selection.uuids,
               selection.operations, selection.scripts, selection.hosts,
               selection.outcomes, selection.consequences, selection.origins,
               selection.calls, selection.texts, selection.xpaths) ||
         selection.since_ns || selection.until_ns || selection.slower_than_ns ||
         selection.last;
}

std::vector<std::int64_t> selected_calls(Database& db, const Selection& selection,
                                         CallLoader& loader) {
  std::optional<CloserLook> closer;
  if (!sql_decides(selection)) closer.emplace(db, selection, loader);
  // Newest first, so that --last can stop early.
  std::string order = " order by at_ns desc, id desc";
  // Without it a look at each row as it lies on the disk, and sorting the few that fit,
  // beats looking them up by time.
  if (!selection.last && looks_at_rows(selection))
    order = " order by +at_ns desc, +id desc";
  if (selection.last && !closer) order += " limit " + std::to_string(*selection.last);

  std::vector<std::int64_t> ids;
  const Conditions conditions = conditions_of(selection);
  auto rows = conditions.prepare(db, "select id from calls", order);
  while (rows.next()) {
    if (selection.last && ids.size() >= static_cast<std::size_t>(*selection.last)) break;
    if (!closer || closer->takes(rows.int64(0))) ids.push_back(rows.int64(0));
  }
  std::ranges::reverse(ids);
  return ids;
}

std::int64_t count_selected(Database& db, const Selection& selection,
                            CallLoader& loader) {
  if (!sql_decides(selection))
    return static_cast<std::int64_t>(selected_calls(db, selection, loader).size());
  const Conditions conditions = conditions_of(selection);
  auto rows = conditions.prepare(db, "select count(*) from calls", "");
  const std::int64_t all = rows.next() ? rows.int64(0) : 0;
  return selection.last ? std::min(all, *selection.last) : all;
}

}  // namespace hookjournal
