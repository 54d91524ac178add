#include "cli/asking/timeline_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/call_words.h"
#include "cli/escape.h"
#include "cli/time_text.h"

namespace hookjournal {

namespace {

std::string_view word_for(Remark remark) {
  switch (remark) {
    case Remark::joined_midway:
      return "joined-midway";
    case Remark::start_failed:
      return "start-failed";
    case Remark::killed:
      return "killed";
    case Remark::forgotten:
      return "forgotten";
    case Remark::daemon_restart:
      return "daemon-restart";
    case Remark::runs_now:
      return "runs-now";
    case Remark::call_runs_now:
      return "call-runs-now";
  }
  return "unknown";
}

std::string sentence_for(Remark remark) {
  switch (remark) {
    case Remark::joined_midway:
      return "it ran before the record begins";
    case Remark::start_failed:
      return "a hook refused it; what follows only cleans up";
    case Remark::killed:
      return "libvirt killed it because its reconnect hook failed";
    case Remark::forgotten:
      return "libvirt forgot it because its reconnect hook failed; it runs on";
    case Remark::daemon_restart:
      return "a daemon restarted meanwhile";
    case Remark::runs_now:
      return "it runs now";
    case Remark::call_runs_now:
      return "its last hook still runs";
  }
  return {};
}

std::string sentence_for(Irregularity irregularity, const std::string& expected) {
  const std::string instead = expected.empty() ? "" : "; " + expected + " was expected";
  switch (irregularity) {
    case Irregularity::missing_call:
      return "a call before it is missing" + instead;
    case Irregularity::stopped_without_start:
      return "it did not run, as far as is recorded";
    case Irregularity::never_released:
      return "it starts though the last one was never released" + instead;
    case Irregularity::out_of_order:
      return "out of order" + instead;
    case Irregularity::unfinished:
      return "the record ends here" + instead;
  }
  return {};
}

std::string operation_of(const TimelineCall& call) {
  return visible(call.operation) + (call.extra == "-" || call.extra.empty()
                                        ? ""
                                        : " (" + visible(call.extra) + ")");
}

std::string title_of(const Lifecycle& life) {
  const TimelineCall& first = life.calls.front();
  const TimelineCall& last = life.calls.back();
  const std::int64_t took = last.at_ns + last.elapsed_ns - first.at_ns;
  return local_time_text(first.at_ns) + "  " + visible(life.driver) + " " +
         visible(life.object) + " on " + visible(life.host) + ", " +
         std::to_string(life.calls.size()) +
         (life.calls.size() == 1 ? " call in " : " calls in ") + duration_text(took);
}

}  // namespace

void write_lifecycle(Output& output, const Lifecycle& life, std::int64_t now_ns) {
  output.text(title_of(life) + "\n", Style::heading);
  const std::int64_t began = life.calls.front().at_ns;
  for (const TimelineCall& call : life.calls) {
    const bool runs = call.outcome == Outcome::running;
    output.text(fmt::format("{:>8}  ", call.id), Style::faint);
    output.text(fmt::format("+{:<9} {:<24} ", duration_text(call.at_ns - began),
                            operation_of(call)));
    output.text(fmt::format("{:<10}", to_string(call.outcome)),
                call.outcome == Outcome::ok
                    ? Style::plain
                    : (call.outcome == Outcome::failed ? Style::bad : Style::warning));
    output.text(fmt::format("{:>8}", runs ? ">" + duration_text(now_ns - call.at_ns)
                                          : duration_text(call.elapsed_ns)));
    if (call.consequence != Consequence::none && call.consequence != Consequence::ignored)
      output.text("  " + consequence_word(call.consequence, call.origin), Style::warning);
    output.text("\n");
    if (call.irregularity)
      output.text("          irregular: " +
                      sentence_for(*call.irregularity, call.expected) + "\n",
                  Style::bad);
  }
  if (life.end)
    output.text(
        "          irregular: " + sentence_for(*life.end, life.expected_at_end) + "\n",
        Style::bad);
  for (const Remark remark : life.remarks)
    output.text("          " + sentence_for(remark) + "\n", Style::faint);
}

std::string lifecycle_to_json(const Lifecycle& life) {
  nlohmann::ordered_json json = {{"host", life.host},
                                 {"driver", life.driver},
                                 {"object", life.object},
                                 {"object_uuid", life.object_uuid},
                                 {"regular", life.regular()},
                                 {"remarks", nlohmann::json::array()},
                                 {"end", nullptr},
                                 {"calls", nlohmann::json::array()}};
  for (const Remark remark : life.remarks) json["remarks"].push_back(word_for(remark));
  if (life.end) json["end"] = to_string(*life.end);
  for (const TimelineCall& call : life.calls) {
    nlohmann::ordered_json entry = {{"id", call.id},
                                    {"at_ns", call.at_ns},
                                    {"operation", call.operation},
                                    {"suboperation", call.suboperation},
                                    {"extra", call.extra},
                                    {"outcome", to_string(call.outcome)},
                                    {"consequence", to_string(call.consequence)},
                                    {"origin", to_string(call.origin)},
                                    {"elapsed_ns", call.elapsed_ns},
                                    {"irregularity", nullptr}};
    if (call.irregularity) {
      entry["irregularity"] = to_string(*call.irregularity);
      entry["expected"] = call.expected;
    }
    json["calls"].push_back(std::move(entry));
  }
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace hookjournal
