#include <fmt/format.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/journal_option.h"
#include "cli/output.h"
#include "engine/error.h"
#include "engine/small_file.h"
#include "journal/keeping/verify.h"

namespace hookjournal {

namespace {

using nlohmann::ordered_json;

constexpr const char* kExplanation =
    "Recomputes the digest of every event and of every blob, makes the tables of calls\n"
    "again from the events and compares, and lets SQLite check the file. Hooks may run\n"
    "meanwhile. The first place that is not as it should be comes first.\n"
    "\n"
    "What it cannot tell: each event carries a digest over all before it, so nothing "
    "can\n"
    "be changed in the middle alone. Whoever may write the file (root) can still write\n"
    "a whole journal anew, or cut off its end, and every digest in it fits. Only heads\n"
    "that were noted where he cannot reach tell: --anchor takes a file with such lines,\n"
    "a system log as it is. `hookjournal maintain` notes them as the configuration "
    "says.\n"
    "What root did between two noted heads, before the second was, stays unseen.\n"
    "\n"
    "exit: 0 when all is as it was written, 1 when not\n"
    "\n"
    "example: against the heads another host's system log has kept\n"
    "  hookjournal verify --anchor /srv/logs/kvm7/messages\n";

constexpr std::size_t kLargestAnchorFile = 1ULL << 30;

std::vector<Anchor> read_anchors(const std::vector<std::string>& files) {
  std::vector<Anchor> anchors;
  for (const std::string& file : files) {
    const auto text = read_small_file(file, kLargestAnchorFile);
    if (!text) throw Error(with_errno("cannot read the anchors in " + file, errno));
    for (Anchor& anchor : anchors_in(*text)) anchors.push_back(std::move(anchor));
  }
  return anchors;
}

std::string place_text(const Damage& damage) {
  if (damage.id == 0) return to_string(damage.place);
  const char* place =
      damage.place == Damage::Place::anchor ? "anchor at event" : to_string(damage.place);
  return fmt::format("{} {}", place, damage.id);
}

std::string chain_text(const VerifyReport& report) {
  const ChainReport& chain = report.chain;
  if (chain.events == 0) return "no event was ever recorded\n";
  std::string text;
  if (chain.damage.count() == 0)
    text = fmt::format("the chain of {} events holds up to its head, event {}:\n  {}\n",
                       chain.events, chain.last, to_hex(chain.head));
  else
    text = chain.whole_up_to < chain.first
               ? "the chain is broken from its beginning\n"
               : fmt::format("still good: all events up to {}\n", chain.whole_up_to);
  if (!chain.pruned.ranges.empty())
    text +=
        fmt::format("{} events of {} calls were pruned, and the chain holds over them\n",
                    chain.pruned.events(), chain.pruned.calls);
  if (!chain.replaced.empty())
    text += fmt::format("{} blobs were redacted, and are what they were made then\n",
                        chain.replaced.size());
  return text;
}

std::string anchors_text(const VerifyReport& report, bool asked) {
  const AnchorReport& anchors = report.anchors;
  if (!asked)
    return "no head noted elsewhere was given (--anchor): a journal that was cut off or\n"
           "written anew as a whole would look like this one\n";
  std::string text = fmt::format("{} of {} heads that were noted are in the chain",
                                 anchors.fitting, anchors.given);
  if (anchors.newest_fitting != 0)
    text += fmt::format(", the newest at event {}", anchors.newest_fitting);
  if (anchors.pruned != 0)
    text += fmt::format("; {} are of pruned events", anchors.pruned);
  if (anchors.foreign != 0)
    text += fmt::format("; {} are of other journals", anchors.foreign);
  text += "\n";
  if (anchors.given == 0)
    text +=
        "so nothing was checked against what others know: --anchor had no head of\n"
        "this journal\n";
  else if (anchors.newest_fitting != report.chain.last && report.sound())
    text += "what came after the newest is bound by this file alone\n";
  return text;
}

void write_text(const VerifyReport& report, bool asked, Output& output) {
  for (const Damage& damage : report.damage.listed())
    output.text(place_text(damage) + ": " + visible(damage.what) + "\n", Style::bad);
  if (report.damage.count() > report.damage.listed().size())
    output.text(fmt::format("and {} more\n",
                            report.damage.count() - report.damage.listed().size()),
                Style::bad);
  output.text(chain_text(report));
  output.text(fmt::format("checked: {} blobs, {} calls, {} script runs, the file\n",
                          report.blobs, report.calls, report.runs));
  output.text(anchors_text(report, asked));
}

ordered_json anchors_json(const AnchorReport& anchors) {
  ordered_json object{{"given", anchors.given},
                      {"foreign", anchors.foreign},
                      {"fitting", anchors.fitting},
                      {"pruned", anchors.pruned}};
  object["newest_fitting"] =
      anchors.newest_fitting == 0 ? ordered_json() : ordered_json(anchors.newest_fitting);
  object["first_missing"] =
      anchors.first_missing == 0 ? ordered_json() : ordered_json(anchors.first_missing);
  return object;
}

void write_json(const VerifyReport& report, bool asked, Output& output) {
  const ChainReport& chain = report.chain;
  ordered_json damage = ordered_json::array();
  for (const Damage& one : report.damage.listed())
    damage.push_back({{"place", to_string(one.place)},
                      {"id", one.id == 0 ? ordered_json() : ordered_json(one.id)},
                      {"what", one.what}});
  ordered_json object{
      {"journal", report.journal},
      {"sound", report.sound()},
      {"events", chain.events},
      {"head", {{"event", chain.last}, {"sha256", to_hex(chain.head)}}},
      {"good_up_to", chain.whole_up_to},
      {"pruned", {{"events", chain.pruned.events()}, {"calls", chain.pruned.calls}}},
      {"redacted_blobs", chain.replaced.size()},
      {"blobs", report.blobs},
      {"calls", report.calls},
      {"script_runs", report.runs},
      {"anchors", asked ? anchors_json(report.anchors) : ordered_json()},
      {"damaged_places", report.damage.count()},
      {"damage", std::move(damage)}};
  output.bytes(object.dump(-1, ' ', false, ordered_json::error_handler_t::replace) +
               "\n");
}

}  // namespace

int run_verify(int argc, char** argv) {
  CommandLine line("Check that a journal is as it was written.", kExplanation);
  std::vector<std::string> files;
  bool json = false;
  line.add_option("--anchor", files, "Heads of the journal that were noted elsewhere")
      .takes("FILE");
  line.add_flag("--json", json, "One object, for programs");
  const JournalOption journal_option(line);
  if (const auto status = line.parse(argc, argv)) return *status;

  const std::vector<Anchor> anchors = read_anchors(files);
  const VerifyReport report = verify(journal_option.file(), anchors);
  write_output(Output::Paging::never, [&](Output& output) {
    if (json)
      write_json(report, !files.empty(), output);
    else
      write_text(report, !files.empty(), output);
  });
  return report.sound() ? 0 : 1;
}

}  // namespace hookjournal
