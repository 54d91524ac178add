#include "journal/keeping/call_line.h"

#include <ctime>

namespace hookjournal {

namespace {

// One word: what guests are called must not look like another word of the line.
std::string word(std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string word;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > ' ' && byte < 0x7f && c != '\\')
      word += c;
    else
      word.append("\\x").append({kDigits[byte >> 4], kDigits[byte & 15]});
  }
  return word.empty() ? "-" : word;
}

}  // namespace

std::string utc_text(std::int64_t wall_ns) {
  const std::time_t seconds = wall_ns / 1'000'000'000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

std::optional<std::string> call_line(JournalWriter& journal,
                                     const std::string& run_uuid) {
  constexpr const char* kOutcomes[] = {"ok", "failed", "running", "abandoned"};
  auto call = journal.database().prepare(
      "select id, at_ns, driver, object, operation, suboperation, outcome from calls"
      " where id = (select call from script_runs where uuid = ?)");
  if (!call.bind_blob(1, run_uuid).next()) return {};
  const auto outcome = static_cast<std::size_t>(call.int64(6));
  return "driver=" + word(call.bytes(2)) + " object=" + word(call.bytes(3)) +
         " operation=" + word(call.bytes(4)) + "/" + word(call.bytes(5)) +
         " outcome=" + (outcome < 4 ? kOutcomes[outcome] : "unknown") +
         " at=" + utc_text(call.int64(1)) + " call=" + std::to_string(call.int64(0)) +
         " " + anchor_words(journal.head());
}

}  // namespace hookjournal
