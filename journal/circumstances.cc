#include "journal/circumstances.h"

#include <algorithm>
#include <string>
#include <utility>

#include "journal/context_codec.h"

namespace hookjournal {

namespace {

// Ports of one network that are looked through for an earlier telling of the same.
constexpr std::int64_t kPortsLookedAt = 500;
// Events between `migrate` and the guest's next call, of all that goes on meanwhile.
constexpr std::int64_t kEventsLookedAt = 64;
// Contexts whose host is remembered.
constexpr std::size_t kMostHosts = 1000;

// The text of the first <uuid> of <networkport>; empty when there is none.
std::string port_uuid(const std::string& hook_data) {
  const auto port = hook_data.find("<networkport");
  if (port == std::string::npos) return {};
  const auto begin = hook_data.find("<uuid>", port);
  if (begin == std::string::npos) return {};
  const auto text = begin + 6;
  return hook_data.substr(text, hook_data.find('<', text) - text);
}

}  // namespace

Neighbours::Neighbours(Database& db, BlobStore& blobs)
    : blobs_(blobs),
      before_(db,
              "select operation, context, id from calls where object = ? and at_ns < ?"
              " and driver = ? order by at_ns desc, id desc limit 1000"),
      events_(db, "select count(*) from events where id > ? and id < ?"),
      ports_(db,
             "select r.stdin from calls c join script_runs r on r.call = c.id"
             " where c.object = ? and c.at_ns < ? and c.driver = ?"
             " and c.operation = 'port-created' and r.stdin is not null"
             " order by c.at_ns desc limit ?"),
      network_(db,
               "select context from calls where object = ? and at_ns < ? and driver = ?"
               " and operation in ('start', 'started') order by at_ns desc limit 1000") {}

// In a journal of several hosts a guest that moves is called the same on both, and every
// host has a network named "default".
bool Neighbours::is_of_host(std::int64_t context, const std::string& host) {
  const auto known = hosts_.find(context);
  if (known != hosts_.end()) return known->second == host;
  if (hosts_.size() == kMostHosts) hosts_.clear();
  return (hosts_[context] = host_of(decode_context(blobs_.load(context)))) == host;
}

// Whether none of the events between these two was pruned.
bool Neighbours::all_there(std::int64_t after, std::int64_t before) {
  events_->bind(1, after).bind(2, before);
  const bool there = events_->next() && events_->int64(0) == before - after - 1;
  events_->reset();
  return there;
}

std::optional<bool> Neighbours::incoming(const CallRecord& call) {
  bool result = false;
  int seen = 0;
  std::int64_t looked_back_to = std::max<std::int64_t>(0, call.id - kEventsLookedAt);
  before_->bind(1, call.object).bind(2, call.at_ns).bind(3, call.driver);
  while (seen < 3 && before_->next()) {
    if (!is_of_host(before_->int64(1), call.host)) continue;
    ++seen;
    looked_back_to = before_->int64(2);
    const std::string operation = before_->text(0);
    if (operation == "migrate") result = true;
    if (operation != "prepare" && operation != "start") break;
  }
  before_->reset();
  if (!result && !all_there(looked_back_to, call.id)) return {};
  return result;
}

std::optional<bool> Neighbours::port_is_new(const CallRecord& call) {
  if (call.runs.empty() || !call.runs.front().input) return {};
  const std::string uuid = port_uuid(blobs_.load(call.runs.front().input->blob));
  if (uuid.empty()) return {};
  bool known = false;
  ports_->bind(1, call.object).bind(2, call.at_ns).bind(3, call.driver);
  ports_->bind(4, kPortsLookedAt);
  while (!known && ports_->next())
    known = port_uuid(blobs_.load(ports_->int64(0))) == uuid;
  ports_->reset();
  if (known) return false;
  // Unheard of: new, if the journal has seen this network from its start.
  network_->bind(1, call.object).bind(2, call.at_ns).bind(3, call.driver);
  bool seen_from_start = false;
  while (!seen_from_start && network_->next())
    seen_from_start = is_of_host(network_->int64(0), call.host);
  network_->reset();
  return seen_from_start ? std::optional<bool>(true) : std::nullopt;
}

OutputJudgement judge_output(const CallRecord& call, BlobStore& blobs) {
  const auto unknown = [](std::string reason) {
    return OutputJudgement{OutputVerdict::unknown, std::move(reason)};
  };
  if (!call.unrecorded.empty())
    return unknown(
        "not all of its scripts were recorded, and another may have printed "
        "what counts");
  const StoredStream& output = call.printed_output()->out;
  if (output.truncated)
    return unknown("only the first " + std::to_string(output.kept) + " of its " +
                   std::to_string(output.length) + " bytes were kept");
  const auto& input = call.runs.front().input;
  const bool comparable = input && !input->truncated;
  OutputJudgement judgement = judge_filter_output(
      call.driver, call.operation, comparable ? blobs.load(input->blob) : "",
      blobs.load(output.blob));
  // A part of the input is enough to refuse what no guest could be.
  if (judgement.verdict == OutputVerdict::unknown && input && input->truncated)
    return unknown("the input that libvirt compared it with was not kept whole");
  return judgement;
}

}  // namespace hookjournal
