#pragma once

#include <map>
#include <optional>
#include <string>

#include "engine/unique_fd.h"
#include "replay/sandbox/stand_ins/stand_in_rules.h"

namespace hookjournal {

// A socket for stand_in_server, at `path`, open to every user: scripts run as others,
// too. Throws Error.
UniqueFd listen_for_stand_ins(const std::string& path);

// Answers the stand-ins of one sandbox. Has no thread of its own: whoever owns it waits
// for fd() and calls turn(). Made in the process that serves.
class StandInServer {
 public:
  // Both outlive it; `listening` is made non-blocking. Throws Error.
  StandInServer(const StandInRules& rules, int listening);

  // Readable when turn() has something to do.
  int fd() const { return ready_.get(); }
  // Accepts and answers what there is. Never waits, not even for a stand-in that was
  // stopped in the middle of its question. A call that makes no sense gets no answer.
  void turn();

  // Before the next script run: counts begin again.
  void reset();
  // Since reset(). Null: calls of commands without a rule.
  const std::map<const StandInRule*, unsigned>& answers() const { return answers_; }
  // Once a rule has answered more than its most: what loops, in words. The calls past
  // that were answered, too: it is the owner's to end the run.
  const std::optional<std::string>& exhausted() const { return exhausted_; }

 private:
  struct Connection {
    UniqueFd fd;
    std::string in;
    std::string out;
    std::size_t sent = 0;
  };
  enum class State { open, over };

  void accept_all();
  State go_on(Connection& connection);
  State take(Connection& connection);
  State send(Connection& connection);
  std::string answer(const std::string& call);
  void count(const StandInRule* rule, const std::string& program,
             const std::vector<std::string>& arguments);

  const StandInRules& rules_;
  int listening_;
  UniqueFd ready_;  // epoll, of listening_ and all connections
  std::map<int, Connection> connections_;
  std::map<const StandInRule*, unsigned> answers_;
  std::optional<std::string> exhausted_;
};

}  // namespace hookjournal
