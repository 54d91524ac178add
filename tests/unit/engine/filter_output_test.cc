#include "engine/filter_output.h"

#include <vector>

#include "engine/libvirt_message.h"
#include "tests/unit/catch.h"
#include "tests/unit/engine/xml_documents.h"

using namespace hookjournal;

namespace {

// An edit of the guest, and what libvirtd 9.0.0 said when a restore filter printed that.
// Empty words: it took it.
struct Edit {
  std::string before, after;
  std::string words = "";
};

const std::string kUuid = "67073eed-f57d-56d9-8782-704cd33325ea";

const std::string kGuest = R"(<domain type='qemu'>
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

std::string edited(const std::string& before, const std::string& after,
                   std::string text = kGuest) {
  const auto at = text.find(before);
  if (at == std::string::npos) FAIL("not in the guest: " + before);
  return text.replace(at, before.size(), after);
}

OutputJudgement judged(const std::string& output,
                       const std::string& operation = "restore",
                       const std::string& driver = "qemu") {
  return judge_filter_output(driver, operation, kGuest, output);
}

OutputJudgement after(const std::string& before, const std::string& changed,
                      const std::string& operation = "restore") {
  return judged(edited(before, changed), operation);
}

const OutputJudgement kValid{OutputVerdict::valid, ""};

}  // namespace

TEST_CASE("blank output is no change", "[engine][xml]") {
  const auto blank = GENERATE(values<std::string>(
      {"", " \t\n\f\r", std::string(1, '\0'), std::string(" \0<x", 4)}));
  INFO(blank.size());
  CHECK(judged(blank) == OutputJudgement{OutputVerdict::unchanged, ""});
  CHECK(judged(blank, "migrate", "libxl").verdict == OutputVerdict::unchanged);
}

TEST_CASE("a vertical tab is not blank to libvirt", "[engine][xml]") {
  CHECK(judged("\v").verdict == OutputVerdict::invalid);
}

TEST_CASE("the input printed again is valid", "[engine][xml]") {
  CHECK(judged(kGuest) == kValid);
  CHECK(judged(kGuest, "migrate") == kValid);
  CHECK(judged(kGuest, "migrate", "libxl") == kValid);
}

TEST_CASE("no well-formed document is valid to no driver", "[engine][xml]") {
  for (const XmlDocument& document : xml_documents()) {
    if (document.libxml2_takes || is_blank(document.text)) continue;
    INFO(document.what);
    CHECK(judged(document.text).verdict == OutputVerdict::invalid);
    CHECK(judged(document.text, "migrate", "libxl").verdict == OutputVerdict::invalid);
  }
}

TEST_CASE("every document that libvirt's parser takes may be of the same guest",
          "[engine][xml]") {
  for (const XmlDocument& document : xml_documents()) {
    if (!document.libxml2_takes) continue;
    INFO(document.what);
    CHECK(judge_filter_output("qemu", "restore", kPlainGuest, document.text) == kValid);
  }
}

TEST_CASE("another root is refused in libvirt's words", "[engine][xml]") {
  const OutputJudgement expected{
      OutputVerdict::invalid,
      "XML error: expecting root element of 'domain', not 'network'"};
  CHECK(judged("<network><name>n</name></network>") == expected);
  CHECK(judged("<network/>", "migrate", "libxl") == expected);
}

TEST_CASE("what libvirt refuses in a restored guest is refused in its words",
          "[engine][xml]") {
  const auto edit = GENERATE(values<Edit>({
      {"<name>g1", "<name>g9",
       "unsupported configuration: Target domain name 'g9' does not match source 'g1'"},
      {"<name>g1", "<name> g1",
       "unsupported configuration: Target domain name ' g1' does not match source 'g1'"},
      {"<name>g1</name>", "", "missing name information"},
      {"<name>g1</name>", "<name/>", "missing name information"},
      {"<domain ", "<domain xmlns='urn:d' ", "missing name information"},
      {"25ea</uuid>", "25e0</uuid>",
       "unsupported configuration: Target domain uuid "
       "67073eed-f57d-56d9-8782-704cd33325e0 does not match source " +
           kUuid},
      {"<uuid>" + kUuid + "</uuid>", "",
       "unsupported configuration: Target domain uuid (none given) does not match "
       "source " +
           kUuid},
      {kUuid, "not a uuid", "internal error: malformed uuid element"},
      {kUuid, kUuid + "0", "internal error: malformed uuid element"},
      {" type='qemu'", "", "internal error: missing domain type attribute"},
      {"type='qemu'", "type='kvm'",
       "unsupported configuration: Target domain virt type kvm does not match source "
       "qemu"},
      {"arch='x86_64'", "arch='i686'",
       "unsupported configuration: Target domain architecture i686 does not match source "
       "x86_64"},
      {"pc-i440fx-7.2", "pc-q35-7.2",
       "unsupported configuration: Target domain machine type pc-q35-7.2 does not match "
       "source pc-i440fx-7.2"},
      {"pc-i440fx-7.2", "pc-i440fx-7.1",
       "unsupported configuration: Target domain machine type pc-i440fx-7.1 does not "
       "match source pc-i440fx-7.2"},
      {"pc-i440fx-7.2", "q35",
       "unsupported configuration: Target domain machine type q35 does not match source "
       "pc-i440fx-7.2"},
      {">hvm<", "><", "XML error: an os <type> must be specified"},
      {"<memory unit='KiB'>65536</memory>", "",
       "XML error: Memory size must be specified via <memory> or in the <numa> "
       "configuration"},
      {"<memory unit='KiB'>65536", "<memory unit='KiB'>131072",
       "unsupported configuration: Target domain max memory 131072 does not match source "
       "65536"},
      {"<memory unit='KiB'>65536", "<memory unit='MB'>67",
       "unsupported configuration: Target domain max memory 65430 does not match source "
       "65536"},
      {"<currentMemory unit='KiB'>65536", "<currentMemory unit='KiB'>32768",
       "unsupported configuration: Target domain current memory 32768 does not match "
       "source 65536"},
      {"static'>1", "static'>2",
       "unsupported configuration: Target domain vCPU max 2 does not match source 1"},
      {"<graphics", "<sound model='ac97'/><graphics",
       "unsupported configuration: Target domain sound card count 1 does not match "
       "source 0"},
      {"<graphics",
       "<disk type='file' device='cdrom'><target dev='hdb'/></disk><graphics",
       "unsupported configuration: Target domain disk count 3 does not match source 2"},
      {"<disk type='file' device='cdrom'><target dev='hda' bus='ide'/></disk>", "",
       "unsupported configuration: Target domain disk count 1 does not match source 2"},
      {"<graphics", "<interface type='user'/><graphics",
       "unsupported configuration: Target domain net card count 2 does not match source "
       "1"},
      {"<graphics", "<filesystem type='mount'><target dir='x'/></filesystem><graphics",
       "unsupported configuration: Target domain filesystem count 1 does not match "
       "source 0"},
      {"<graphics", "<rng model='virtio'/><graphics",
       "unsupported configuration: Target domain RNG device count 1 does not match "
       "source 0"},
      {"<graphics", "<shmem name='a'/><graphics",
       "unsupported configuration: Target domain shared memory device count 1 does not "
       "match source 0"},
      {"<graphics", "<vsock model='virtio'/><graphics",
       "unsupported configuration: Target domain vsock device count does not match "
       "source"},
      {"<interface type='network'", "<interface type='hostdev'",
       "unsupported configuration: Target domain host device count 1 does not match "
       "source 0"},
      {"dev='vda'", "dev='vdb'",
       "unsupported configuration: Target disk vdb does not match source vda"},
      {"device='disk'", "device='lun'",
       "unsupported configuration: Target disk device lun does not match source disk"},
      {"bus='virtio'", "bus='sata'",
       "unsupported configuration: Target disk bus sata does not match source virtio"},
      {"<target dev='vda'", "<serial>abc</serial><target dev='vda'",
       "unsupported configuration: Target disk serial abc does not match source <null>"},
      {"<target dev='vda'", "<readonly/><target dev='vda'",
       "unsupported configuration: Target disk access mode does not match source"},
      {"<graphics", "<channel type='pty'/><graphics",
       "unsupported configuration: Target domain channel count 1 does not match source "
       "0"},
      {"<mac address='52:54:00:0A:00:01'/>", "",
       "unsupported configuration: Target network card mac (none given) does not match "
       "source 52:54:00:0a:00:01"},
      {"0A:00:01", "0a:00:02",
       "unsupported configuration: Target network card mac 52:54:00:0a:00:02 does not "
       "match source 52:54:00:0a:00:01"},
      {"type='e1000'", "type='virtio'",
       "unsupported configuration: Target network card model virtio does not match "
       "source e1000"},
  }));
  const OutputJudgement expected{OutputVerdict::invalid, edit.words};
  CHECK(after(edit.before, edit.after) == expected);
}

TEST_CASE("what a filter may change is valid", "[engine][xml]") {
  const auto edit = GENERATE(values<Edit>({
      {"<title>g1", "<title>another"},
      {"/a.img", "/mnt/b.img"},
      {"passwd='********'", "passwd='****'"},
      {"source network='n'", "source network='other'"},
      {"vda' bus='virtio'", "vda'"},
      {"<interface type='network'", "<interface type='ethernet'"},
      {"<clock offset='utc'/>", "<clock offset='localtime'/>"},
      {"<title>g1</title>", "<titel>unknown to libvirt</titel>"},
      {"<title>", "<metadata><m:a xmlns:m='urn:m'/></metadata><title>"},
      {kUuid, "67073EEDF57D56D98782704CD33325EA"},
      {kUuid, " " + kUuid + "\n "},
      {"</uuid>", "</uuid><uuid>another, which libvirt does not look at</uuid>"},
      {"<name>g1", "<name>g<!-- the first -->1"},
      {"<name>g1", "<name><![CDATA[g]]>&#49;"},
      {"<memory unit='KiB'>65536", "<memory unit='MiB'>64"},
      {"<memory unit='KiB'>65536", "<memory unit='b'>67108864"},
      {"<memory unit='KiB'>65536", "<memory unit='bytes'>67108000"},
      {"<memory unit='KiB'>65536", "<memory>65536"},
      {"<memory unit='KiB'>65536", "<memory unit='m'>64"},
      {"<currentMemory unit='KiB'>65536</currentMemory>", ""},
      {"<vcpu placement='static'>1</vcpu>", ""},
      {"<vcpu placement='static'>1", "<vcpu> 1 "},
      {"52:54:00:0A:00:01", "52:54:0:a:0:1"},
  }));
  INFO(edit.before + " -> " + edit.after);
  CHECK(after(edit.before, edit.after) == kValid);
  CHECK(after(edit.before, edit.after, "migrate") == kValid);
}

TEST_CASE("disks on one bus may stand in another order, the buses may not",
          "[engine][xml]") {
  const std::string first =
      "<disk type='file' device='disk'><source file='/a.img'/><target dev='vda' "
      "bus='virtio'/></disk>";
  const std::string second =
      "<disk type='file'><source file='/b.img'/><target dev='vdaa' "
      "bus='virtio'/></disk>";
  const std::string input = edited(first, first + second);
  CHECK(judge_filter_output("qemu", "restore", input, edited(first, second + first)) ==
        kValid);
  const std::string last = edited("<graphics", first + "<graphics", edited(first, ""));
  CHECK(judged(last).reason ==
        "unsupported configuration: Target disk device cdrom does not match source disk");
}

TEST_CASE("a migration may carry another current memory", "[engine][xml]") {
  CHECK(after("<currentMemory unit='KiB'>65536", "<currentMemory unit='KiB'>1024",
              "migrate") == kValid);
}

TEST_CASE("with NUMA cells the memory is their sum, which is not compared",
          "[engine][xml]") {
  const std::string numa = "<cpu><numa><cell id='0' memory='65536'/></numa></cpu><clock";
  CHECK(judged(edited("<clock", numa, edited("<memory unit='KiB'>65536</memory>", ""))) ==
        kValid);
}

TEST_CASE("what depends on the host or on QEMU's version is unknown", "[engine][xml]") {
  const auto edit = GENERATE(values<Edit>({
      {"arch='x86_64' ", "", "the host's"},
      {" machine='pc-i440fx-7.2'", "", "QEMU's default"},
      {"pc-i440fx-7.2", "pc", "machine 'pc'"},
      {"<model type='e1000'/>", "", "names no model"},
      {"<domain", "<!DOCTYPE domain [<!ENTITY n 'g1'>]><domain", ""},
  }));
  if (edit.words.empty()) {
    const std::string named = edited(edit.before, edit.after);
    CHECK(judged(edited("<name>g1", "<name>&n;", named)).verdict ==
          OutputVerdict::unknown);
    CHECK(judged(edited("type='qemu'", "type='&n;'", named)).verdict ==
          OutputVerdict::unknown);
    CHECK(judged(edited("<title>g1", "<title>&n;", named)) == kValid);
    return;
  }
  const OutputJudgement judgement = after(edit.before, edit.after);
  CHECK(judgement.verdict == OutputVerdict::unknown);
  CHECK_THAT(judgement.reason, ContainsSubstring(edit.words));
}

TEST_CASE("what is refused anyway is not unknown for another reason", "[engine][xml]") {
  CHECK(judged(edited("<name>g1", "<name>g9", edited("pc-i440fx-7.2", "pc"))).verdict ==
        OutputVerdict::invalid);
}

TEST_CASE("Xen's driver compares nothing with the input", "[engine][xml]") {
  CHECK(judged(edited("<name>g1", "<name>g9"), "migrate", "libxl") == kValid);
  CHECK(judge_filter_output("libxl", "migrate", "", kGuest) == kValid);
  CHECK(judged("<domain type='xen'/>", "migrate", "libxl").reason ==
        "missing name information");
}

TEST_CASE("without an input to compare with, only what any guest needs is judged",
          "[engine][xml]") {
  const std::string input = GENERATE("", "no XML", "<domain", "<network/>", "<domain/>");
  CHECK(judge_filter_output("qemu", "restore", input, kGuest).verdict ==
        OutputVerdict::unknown);
  CHECK(judge_filter_output("qemu", "restore", input, "<network/>").verdict ==
        OutputVerdict::invalid);
}

TEST_CASE("of a driver that has no filters nothing is known", "[engine][xml]") {
  const std::string driver = GENERATE("lxc", "bhyve", "network", "kvmtool", "");
  CHECK(judged(kGuest, "migrate", driver).verdict == OutputVerdict::unknown);
  CHECK(judged("garbage", "migrate", driver).verdict == OutputVerdict::unknown);
}

TEST_CASE("every verdict has a word", "[engine][xml]") {
  CHECK(to_string(OutputVerdict::unchanged) == "unchanged");
  CHECK(to_string(OutputVerdict::valid) == "valid");
  CHECK(to_string(OutputVerdict::invalid) == "invalid");
  CHECK(to_string(OutputVerdict::unknown) == "unknown");
}
