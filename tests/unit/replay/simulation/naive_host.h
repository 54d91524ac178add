#pragma once

#include <string>
#include <utility>

#include "tests/unit/replay/simulation/naive_libvirt.h"

// What libvirt does on one host, a driver at a time.
namespace hookjournal::naive {

// Since when docs/hooks.rst has each, and until when.
bool has_operation(const std::string& driver, const std::string& operation,
                   const LibvirtVersion& version);

// One of the hosts. Both write into one prediction, for the calls are numbered together.
class Host {
 public:
  Host(const Question& question, std::string side, LibvirtVersion version,
       Prediction& prediction)
      : q_(question), side_(std::move(side)), version_(version), to_(prediction) {}

  // --- qemu ---

  bool qemu_start() {
    if (q_.fault == "validate") return false;
    if (hook("prepare", "begin") && create_ports() && q_.fault != "allocate" &&
        q_.fault != "build" && hook("start", "begin") && q_.fault != "start-process" &&
        hook("started", "begin"))
      return true;
    qemu_stop("failed");
    return false;
  }
  void qemu_stop(const std::string& reason) {
    hook("stopped", "end");
    delete_ports();
    hook("release", "end", version_ >= LibvirtVersion{10, 5, 0} ? reason : "-");
  }
  bool qemu_restore() { return filter("restore") && qemu_start(); }
  bool qemu_revert() {
    qemu_stop("from snapshot");
    return qemu_start();
  }
  // The guest waits for its memory once its process is there: `started` comes first.
  bool qemu_migrate_in() { return filter("migrate") && qemu_start(); }
  // Whether it comes as far as the transfer.
  bool qemu_migrate_in_vain() {
    if (!filter("migrate") || !qemu_start()) return false;
    if (q_.fault == "connection")
      qemu_stop("destroyed");
    else if (q_.fault == "guest-crash")
      qemu_stop("crashed");
    else
      qemu_stop("failed");
    return true;
  }
  bool qemu_reconnect() {
    if (hook("reconnect", "begin")) return true;
    qemu_stop("daemon");
    return false;
  }
  // Its error path leaves the process alone. The API went with 5.5.0.
  bool qemu_attach() {
    return hook("attach", "begin") && version_ < LibvirtVersion{5, 5, 0};
  }

  // --- lxc ---

  bool lxc_start() {
    if (q_.fault == "validate") return false;
    if (hook("prepare", "begin") && q_.fault != "allocate" && create_ports() &&
        q_.fault != "build" && hook("start", "begin") && q_.fault != "start-process" &&
        hook("started", "begin"))
      return true;
    lxc_stop("failed");
    return false;
  }
  void lxc_stop(const std::string& reason) {
    hook("stopped", "end");
    delete_ports();
    hook("release", "end", version_ >= LibvirtVersion{10, 5, 0} ? reason : "-");
  }
  bool lxc_reboot() {
    lxc_stop("shutdown");
    return lxc_start();
  }
  bool lxc_reconnect() {
    if (hook("reconnect", "begin")) return true;
    lxc_stop("failed");
    return false;
  }

  // --- libxl ---

  bool libxl_start() {
    if (q_.fault == "validate") return false;
    if (!hook("prepare", "begin")) return false;
    if (!create_ports() || q_.fault == "allocate") {
      delete_ports();
      return false;
    }
    if (q_.fault != "build" && hook("start", "begin") && q_.fault != "start-process" &&
        hook("started", "begin"))
      return true;
    libxl_stop();
    return false;
  }
  void libxl_stop() {
    hook("stopped", "end");
    delete_ports();
    hook("release", "end");
  }
  bool libxl_reboot() {
    libxl_stop();
    return libxl_start();
  }
  bool libxl_migrate_in() { return filter("migrate") && libxl_start(); }
  // The memory arrives while the process is made, before `started`.
  bool libxl_migrate_in_vain() {
    if (!filter("migrate") || q_.fault == "validate") return false;
    if (!hook("prepare", "begin")) return false;
    if (!create_ports() || q_.fault == "allocate") {
      delete_ports();
      return false;
    }
    const bool comes_to_it =
        q_.fault != "build" && hook("start", "begin") && q_.fault != "start-process";
    libxl_stop();
    return comes_to_it;
  }
  bool libxl_reconnect() {
    if (hook("reconnect", "begin")) return true;
    libxl_stop();
    return false;
  }

  // --- bhyve: its guests have no ports of networks ---

  bool bhyve_start() {
    if (q_.fault == "validate") return false;
    return hook("prepare", "begin") && bhyve_start_prepared();
  }
  bool bhyve_start_prepared() {
    return q_.fault != "allocate" && q_.fault != "build" && hook("start", "begin") &&
           q_.fault != "start-process" && hook("started", "begin");
  }
  void bhyve_stop() {
    hook("stopped", "end");
    hook("release", "end");
  }
  bool bhyve_reboot() {
    bhyve_stop();
    return q_.fault != "validate" && bhyve_start_prepared();
  }

  // --- network ---

  bool net_start() {
    if (net("start", "begin") && net("started", "begin")) return true;
    if (version_ >= LibvirtVersion{11, 0, 0}) net_destroy();
    return false;
  }
  bool net_destroy() {
    net("stopped", "end");
    return true;
  }
  bool net_update() { return net("updated", "begin"); }
  bool net_update_live() {
    net_update();
    return true;
  }
  bool create_ports() {
    for (ports_ = 0; ports_ < q_.nics; ++ports_)
      if (!net(new_names() ? "port-created" : "plugged", "begin")) return false;
    return true;
  }
  bool delete_ports() {
    for (; ports_ > 0; --ports_) net(new_names() ? "port-deleted" : "unplugged", "begin");
    return true;
  }
  // Their daemon is back and tells of each again.
  bool reclaim_ports() {
    for (int port = 0; port < q_.nics; ++port)
      net(new_names() ? "port-created" : "plugged", "begin");
    return true;
  }

  // --- daemon ---

  bool daemon(const std::string& operation, const std::string& suboperation,
              const std::string& extra) {
    call("daemon", "-", operation, suboperation, extra);
    return true;
  }

  // The guest is there already, and so are its ports.
  void has_ports() { ports_ = q_.nics; }

 private:
  bool new_names() const { return version_ >= LibvirtVersion{6, 0, 0}; }
  bool hook(const std::string& operation, const std::string& suboperation,
            const std::string& extra = "-") {
    return call(q_.driver, q_.guest, operation, suboperation, extra) != Said::failed;
  }
  bool net(const std::string& operation, const std::string& suboperation) {
    return call("network", q_.network, operation, suboperation, "-") != Said::failed;
  }
  bool filter(const std::string& operation) {
    const Said said = call(q_.driver, q_.guest, operation, "begin", "-");
    return said != Said::failed && said != Said::prints_garbage;
  }
  Said call(const std::string& driver, const std::string& object,
            const std::string& operation, const std::string& suboperation,
            const std::string& extra) {
    if (!has_operation(driver, operation, version_)) return Said::fine;
    to_.calls.push_back({side_, driver, object, operation, suboperation, extra});
    return q_.said(to_.calls.size() - 1);
  }

  const Question& q_;
  std::string side_;
  LibvirtVersion version_;
  Prediction& to_;
  int ports_ = 0;  // that exist
};

}  // namespace hookjournal::naive
