#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "replay/sandbox/effects.h"
#include "replay/sandbox/written_files.h"

namespace hookjournal {

// The sysctls of the network namespace this process is in that no longer have the value
// they began with. All ~500 of them are never read when it can be learned which files
// were written. Made after the mounts of /proc and /proc/sys/net that scripts will see.
class SysctlWatch {
 public:
  explicit SysctlWatch(std::shared_ptr<const WriteNews> news,
                       const std::string& folder = "/proc/sys/net");

  WriteNews::Means means() const { return written_.means(); }
  // Whether changed() may give something else than it did last. Always, without the means
  // to know.
  bool touched() const { return written_.any(); }
  // "sysctl net.ipv4.ip_forward" -> "1\ninitially 0". Without the second line for those
  // of links other than lo, which have no value in every namespace.
  NetworkState changed();

 private:
  void consider(const std::string& file);
  void consider_folder(const std::string& folder);
  void learn_initial_values();
  std::optional<std::string> value_where_unknown(const std::string& file) const;

  WrittenFiles written_;
  std::set<std::string> files_;  // seen written
  std::set<std::string> maybe_;  // perhaps written
  std::map<std::string, std::optional<std::string>> initial_;
};

// "ipv4/conf/eth0.5/rp_filter" below /proc/sys/net as sysctl(8) calls it:
// "net.ipv4.conf.eth0/5.rp_filter".
std::string sysctl_name(const std::string& file);

}  // namespace hookjournal
