#pragma once

#include <string>

#include "engine/xml/filter_output.h"
#include "tests/unit/catch.h"

namespace hookjournal {

// An edit of the guest, and what libvirtd 9.0.0 said when a restore filter printed that.
// Empty words: it took it.
struct Edit {
  std::string before, after;
  std::string words = "";
};

inline const std::string kUuid = "67073eed-f57d-56d9-8782-704cd33325ea";

inline const std::string kGuest = R"(<domain type='qemu'>
  <name>g1</name>
  <uuid>67073eed-f57d-56d9-8782-704cd33325ea</uuid>
  <title>g1</title>
  <memory unit='KiB'>65536</memory>
  <currentMemory unit='KiB'>65536</currentMemory>
  <vcpu placement='static'>1</vcpu>
  <os>
    <type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type>
    <boot dev='hd'/>
  </os>
  <clock offset='utc'/>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'><source file='/a.img'/><target dev='vda' bus='virtio'/></disk>
    <disk type='file' device='cdrom'><target dev='hda' bus='ide'/></disk>
    <interface type='network'>
      <mac address='52:54:00:0A:00:01'/><source network='n'/><model type='e1000'/>
    </interface>
    <graphics type='vnc' passwd='********'/>
  </devices>
</domain>
)";

inline std::string edited(const std::string& before, const std::string& after,
                          std::string text = kGuest) {
  const auto at = text.find(before);
  if (at == std::string::npos) FAIL("not in the guest: " + before);
  return text.replace(at, before.size(), after);
}

inline OutputJudgement judged(const std::string& output,
                              const std::string& operation = "restore",
                              const std::string& driver = "qemu") {
  return judge_filter_output(driver, operation, kGuest, output);
}

inline OutputJudgement after(const std::string& before, const std::string& changed,
                             const std::string& operation = "restore") {
  return judged(edited(before, changed), operation);
}

inline const OutputJudgement kValid{OutputVerdict::valid, ""};

}  // namespace hookjournal
