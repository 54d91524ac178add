#include "cli/call_words.h"

#include <fmt/format.h>

#include <cstring>
#include <string_view>

#include "cli/escape.h"
#include "cli/time_text.h"
#include "engine/discovery.h"
#include "engine/ending.h"
#include "engine/hook_call.h"

namespace hookjournal {

namespace {

// What libvirt did, or would have: words that follow either. Empty when nobody knows.
std::string_view deed(const CallRecord& call) {
  switch (call.consequence) {
    case Consequence::start_refused:
      return "refused to start the guest.";
    case Consequence::start_undone:
      return "killed the guest it had just started, and reported that its start failed.";
    case Consequence::guest_killed:
      return "killed the running guest as its daemon restarted.";
    case Consequence::guest_forgotten:
      return "dropped the domain from its books as its daemon restarted; the domain "
             "itself runs on.";
    case Consequence::migration_refused:
      return "refused the incoming migration; the guest stays on its source host.";
    case Consequence::restore_refused:
      return "refused to restore the guest; its saved image stays.";
    case Consequence::network_start_refused:
      return call.operation == "started"
                 ? "reported that the network did not start; its bridge and dnsmasq "
                   "stay up."
                 : "refused to start the network.";
    case Consequence::port_refused:
      return "refused the network port, and with it the guest's start or new interface.";
    case Consequence::update_reported:
      return "reported an error for the update; the change of the network stays.";
    case Consequence::ignored:
      return "ignored the failure.";
    case Consequence::none:
    case Consequence::unknown:
      break;
  }
  return {};
}

// Why nobody can say.
std::string_view doubt(const CallRecord& call) {
  if (call.outcome == Outcome::running) return "libvirt is waiting for the call.";
  if (call.outcome == Outcome::abandoned)
    return "nobody saw how the call ended, so what libvirt did is not known.";
  if (call.outcome == Outcome::ok)
    return "libvirt takes what was printed in the input's place if it finds it valid, "
           "and else refuses; which it was cannot be told.";
  if (call.operation == "port-created" || call.operation == "plugged")
    return "for a new interface libvirt refused it; for one that was there when the "
           "daemon started it ignored the failure. Which it was is not recorded.";
  return "what libvirt does then is not known for this driver and operation.";
}

std::string with_note(const RunRecord& run) {
  std::string text = visible(run.script);
  if (run.outcome != Outcome::ok) text += " (" + short_ending(run) + ")";
  return text;
}

}  // namespace

std::string operation_words(const CallRecord& call) {
  std::string text = visible(call.operation);
  if (call.extra != "-") text += " (" + visible(call.extra) + ")";
  return text;
}

std::string short_ending(const RunRecord& run) {
  if (!run.ending) return std::string(to_string(run.outcome));
  if (const auto* exited = std::get_if<Exited>(&*run.ending))
    return exited->code == 0 ? "ok" : fmt::format("exit {}", exited->code);
  if (const auto* signaled = std::get_if<Signaled>(&*run.ending))
    return fmt::format("signal {}", signaled->signal);
  return is_scripts_directory(run.script) ? "not opened" : "not started";
}

std::string long_ending(const RunRecord& run) {
  if (run.outcome == Outcome::running) return "running";
  if (!run.ending)
    return "abandoned: its recorder or the host died, and nobody saw the end";
  const auto* refused = std::get_if<NotStarted>(&*run.ending);
  if (refused != nullptr && is_scripts_directory(run.script))
    return fmt::format("could not be opened ({})", std::strerror(refused->error));
  std::string text = describe(*run.ending);
  if (const auto* signaled = std::get_if<Signaled>(&*run.ending)) {
    text += " (" + signal_name(signaled->signal) + ")";
    if (signaled->core_dumped) text += ", core dumped";
  }
  if (refused != nullptr)
    text += fmt::format(": it could not be executed ({})", std::strerror(refused->error));
  return text;
}

std::string script_words(const CallRecord& call) {
  std::string text;
  const auto add = [&text](const std::string& words) {
    text.append(text.empty() ? "" : ", ").append(words);
  };
  for (const RunRecord& run : call.runs)
    if (!run.within) add(with_note(run));
  for (const std::string& script : call.unrecorded)
    add(visible(script) + " (not recorded)");
  return text;
}

std::string consequence_word(Consequence consequence, Origin origin) {
  const std::string word(to_string(consequence));
  const bool says_something = consequence != Consequence::none;
  return origin != Origin::libvirt && says_something ? "(" + word + ")" : word;
}

std::string consequence_sentence(const CallRecord& call) {
  if (call.consequence == Consequence::none)
    return call.origin == Origin::libvirt
               ? "libvirt went on."
               : "not called by libvirt, which would have gone on.";
  const std::string_view words = deed(call);
  if (words.empty()) return std::string(doubt(call));
  return (call.origin == Origin::libvirt ? "libvirt "
                                         : "not called by libvirt, which would have ") +
         std::string(words);
}

std::string elapsed_words(const CallRecord& call, std::int64_t now_ns) {
  if (call.outcome == Outcome::abandoned) return "-";
  if (call.outcome != Outcome::running) return duration_text(call.elapsed_ns);
  return now_ns > call.at_ns ? ">" + duration_text(now_ns - call.at_ns) : "-";
}

std::string byte_count(std::uint64_t bytes) {
  std::string digits = std::to_string(bytes);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits + (bytes == 1 ? " byte" : " bytes");
}

std::string signal_name(int signal) {
  const char* name = ::sigdescr_np(signal);
  return name != nullptr ? name : "signal " + std::to_string(signal);
}

}  // namespace hookjournal
