#include "tests/unit/replay/simulation/naive_libvirt.h"

#include "tests/unit/replay/simulation/naive_host.h"

namespace hookjournal::naive {

bool has_operation(const std::string& driver, const std::string& operation,
                   const LibvirtVersion& version) {
  const auto since = [&](int major, int minor, int micro) {
    return version >= LibvirtVersion{major, minor, micro};
  };
  if (driver == "daemon") return since(0, 8, 0);
  if (driver == "qemu") {
    if (operation == "start" || operation == "stopped") return since(0, 8, 0);
    if (operation == "prepare" || operation == "release") return since(0, 9, 0);
    if (operation == "migrate") return since(0, 9, 11);
    if (operation == "started" || operation == "reconnect") return since(0, 9, 13);
    if (operation == "restore") return since(1, 2, 9);
    if (operation == "attach") return since(0, 9, 13) && !since(5, 5, 0);
  }
  if (driver == "lxc") {
    if (operation == "start" || operation == "stopped") return since(0, 8, 0);
    return since(0, 9, 13);
  }
  if (driver == "network") {
    if (operation == "plugged" || operation == "unplugged")
      return since(1, 2, 2) && !since(6, 0, 0);
    if (operation == "port-created" || operation == "port-deleted") return since(6, 0, 0);
    return since(1, 2, 2);
  }
  if (driver == "libxl") return since(2, 1, 0);
  if (driver == "bhyve") return since(6, 1, 0);
  return false;
}

namespace {

bool transfer_fails(const Question& q) {
  return q.fault == "transfer" || q.fault == "connection" || q.fault == "guest-crash";
}

bool qemu(const std::string& scenario, const Question& q, Host& here, Host& source) {
  if (scenario == "start") return here.qemu_start();
  if (scenario == "lifecycle") {
    if (!here.qemu_start()) return false;
    here.qemu_stop("shutdown");
    return true;
  }
  if (scenario == "restore") return here.qemu_restore();
  if (scenario == "managed-save-start") return here.qemu_restore();
  if (scenario == "migrate-in" && transfer_fails(q)) {
    here.qemu_migrate_in_vain();
    return false;
  }
  if (scenario == "migrate-in") {
    if (!here.qemu_migrate_in()) return false;
    source.has_ports();
    if (q.has_source) source.qemu_stop("migrated");
    return true;
  }
  if (scenario == "migrate-in-fails") return here.qemu_migrate_in_vain();
  if (scenario == "migrate-out" && q.has_source) {
    source.has_ports();
    source.qemu_stop("migrated");
    return true;
  }
  here.has_ports();
  if (scenario == "shutdown") here.qemu_stop("shutdown");
  if (scenario == "destroy") here.qemu_stop("destroyed");
  if (scenario == "crash") here.qemu_stop("crashed");
  if (scenario == "save") here.qemu_stop("saved");
  if (scenario == "migrate-out") here.qemu_stop("migrated");
  if (scenario == "reconnect-dead") here.qemu_stop("crashed");
  if (scenario == "snapshot-revert") return here.qemu_revert();
  if (scenario == "reconnect") return here.qemu_reconnect();
  if (scenario == "attach") return here.qemu_attach();
  return true;  // reboot: QEMU does it by itself
}

bool lxc(const std::string& scenario, Host& here) {
  if (scenario == "start") return here.lxc_start();
  if (scenario == "lifecycle") {
    if (!here.lxc_start()) return false;
    here.lxc_stop("shutdown");
    return true;
  }
  here.has_ports();
  if (scenario == "shutdown") here.lxc_stop("shutdown");
  if (scenario == "destroy") here.lxc_stop("destroyed");
  if (scenario == "crash") here.lxc_stop("shutdown");
  if (scenario == "reboot") return here.lxc_reboot();
  if (scenario == "reconnect") return here.lxc_reconnect();
  return true;
}

bool libxl(const std::string& scenario, const Question& q, Host& here, Host& source) {
  if (scenario == "start" || scenario == "restore" || scenario == "managed-save-start")
    return here.libxl_start();
  if (scenario == "lifecycle") {
    if (!here.libxl_start()) return false;
    here.libxl_stop();
    return true;
  }
  if (scenario == "migrate-in" && transfer_fails(q)) {
    here.libxl_migrate_in_vain();
    return false;
  }
  if (scenario == "migrate-in") {
    if (!here.libxl_migrate_in()) return false;
    source.has_ports();
    if (q.has_source) source.libxl_stop();
    return true;
  }
  if (scenario == "migrate-in-fails") return here.libxl_migrate_in_vain();
  if (scenario == "migrate-out" && q.has_source) {
    source.has_ports();
    source.libxl_stop();
    return true;
  }
  here.has_ports();
  if (scenario == "reboot") return here.libxl_reboot();
  if (scenario == "reconnect") return here.libxl_reconnect();
  here.libxl_stop();  // shutdown, destroy, crash, save, migrate-out
  return true;
}

bool bhyve(const std::string& scenario, Host& here) {
  if (scenario == "start") return here.bhyve_start();
  if (scenario == "lifecycle") {
    if (!here.bhyve_start()) return false;
    here.bhyve_stop();
    return true;
  }
  if (scenario == "reboot") return here.bhyve_reboot();
  if (scenario == "reconnect") return true;  // no such hook
  here.bhyve_stop();                         // shutdown, destroy, crash
  return true;
}

bool network(const std::string& scenario, Host& here) {
  if (scenario == "net-start") return here.net_start();
  if (scenario == "net-destroy") return here.net_destroy();
  if (scenario == "net-update") return here.net_update();
  if (scenario == "net-update-live") return here.net_update_live();
  if (scenario == "port-create") return here.create_ports();
  here.has_ports();
  if (scenario == "port-delete") return here.delete_ports();
  return here.reclaim_ports();
}

bool daemon(const std::string& scenario, Host& here) {
  if (scenario == "daemon-start") return here.daemon("start", "-", "start");
  if (scenario == "daemon-reload") return here.daemon("reload", "begin", "SIGHUP");
  return here.daemon("shutdown", "-", "shutdown");
}

}  // namespace

Prediction predict(const Question& question) {
  Prediction prediction;
  Host here(question, "here", question.version, prediction);
  Host source(question, "source", question.source_version, prediction);
  const std::string& scenario = question.scenario;
  bool reached = false;
  if (question.driver == "qemu") reached = qemu(scenario, question, here, source);
  if (question.driver == "lxc") reached = lxc(scenario, here);
  if (question.driver == "libxl") reached = libxl(scenario, question, here, source);
  if (question.driver == "bhyve") reached = bhyve(scenario, here);
  if (question.driver == "network") reached = network(scenario, here);
  if (question.driver == "daemon") reached = daemon(scenario, here);
  prediction.reached = reached;
  return prediction;
}

}  // namespace hookjournal::naive
