// Whether what a filter printed is still the guest it was given, edit by edit.
#include "tests/unit/engine/xml/judged_guest.h"

using namespace hookjournal;

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
