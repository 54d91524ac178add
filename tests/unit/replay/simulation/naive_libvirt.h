#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/libvirt_version.h"

// libvirt's side of the hook contract said a second time, driver by driver and event by
// event, as its documentation and its source tell it: what the simulation is held
// against. Shares no rule with it.
namespace hookjournal::naive {

// What the hooks make of one call. The last two are outputs of a filter; elsewhere they
// are as good as `fine`.
enum class Said { fine, failed, prints_domain, prints_garbage };

struct Call {
  std::string side;  // "here", or "source" of a migration
  std::string driver;
  std::string object;
  std::string operation;
  std::string suboperation;
  std::string extra;
  bool operator==(const Call&) const = default;
};

struct Question {
  std::string driver;
  std::string scenario;
  LibvirtVersion version;
  LibvirtVersion source_version;
  std::string fault;  // as the command line spells it; "" for none
  int nics = 0;       // of the guest, all on one network
  bool has_source = false;
  std::string guest;
  std::string network;
  std::function<Said(std::size_t number)> said;  // to the call of that number, from 0
};

struct Prediction {
  std::vector<Call> calls;
  bool reached = false;  // what was asked for
};

Prediction predict(const Question& question);

}  // namespace hookjournal::naive
