#include "engine/xml/domain_schema.h"

#include <fstream>

#include "tests/unit/catch.h"
#include "tests/unit/engine/scratch_dir.h"

using namespace hookjournal;

namespace {

using Paths = std::vector<std::string>;

// A grammar in the manner of libvirt's: two files, overriding, references in circles,
// interleaved choices, foreign names in metadata.
class Schemas {
 public:
  Schemas() {
    write("domain.rng", R"(<grammar xmlns="http://relaxng.org/ns/structure/1.0">
  <start><ref name="domain"/></start>
  <include href="overrides.rng"/>
</grammar>)");
    write("overrides.rng", R"(<grammar xmlns="http://relaxng.org/ns/structure/1.0">
  <include href="common.rng">
    <define name="name"><element name="title"><text/></element></define>
  </include>
  <include href="domain.rng"/>
  <include href="missing.rng"/>
</grammar>)");
    write("common.rng", R"(<grammar xmlns="http://relaxng.org/ns/structure/1.0">
  <define name="domain">
    <element name="domain">
      <attribute name="type"><value>kvm</value></attribute>
      <interleave>
        <optional><ref name="name"/></optional>
        <zeroOrMore><ref name="device"/></zeroOrMore>
        <element name="metadata"><zeroOrMore><ref name="any"/></zeroOrMore></element>
      </interleave>
    </element>
  </define>
  <define name="name"><element name="name"><text/></element></define>
  <define name="device">
    <choice>
      <element name="disk">
        <attribute name="device"/>
        <optional><element name="source"><attribute name="file"/></element></optional>
        <optional><ref name="device"/></optional>
      </element>
      <element name="disk"><element name="address"><empty/></element></element>
    </choice>
  </define>
  <define name="any">
    <element><anyName/><zeroOrMore><attribute><anyName/></attribute></zeroOrMore>
      <ref name="any"/></element>
  </define>
</grammar>)");
  }

  Paths unknown_in(const std::string& text) const {
    return unknown_to_libvirt(text, folder_.path());
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_.path() / name) << text;
  }
  void remove(const std::string& name) const {
    std::filesystem::remove(folder_.path() / name);
  }

 private:
  ScratchDir folder_;
};

}  // namespace

TEST_CASE("what the schemas have at its place is known", "[engine][xml]") {
  const Schemas schemas;
  CHECK(schemas
            .unknown_in("<domain type='lxc'><disk device='d'><source file='f'/></disk>"
                        "<disk><address/></disk><name/><title/>"
                        "<disk><disk><disk device='e'/></disk></disk>"
                        "<metadata><m:a xmlns:m='m' b='c'><d/></m:a></metadata>"
                        "</domain>")
            .empty());
}

TEST_CASE("each unknown element and attribute is named by its path, once",
          "[engine][xml]") {
  const Schemas schemas;
  CHECK(schemas.unknown_in("<domain tpye='kvm'><titel><name/></titel><source/>"
                           "<disk device='d' dev='e'><source/><sourc/></disk>"
                           "<disk><sourc/></disk><metadata f='g'/></domain>") ==
        Paths{"/domain/@tpye", "/domain/titel", "/domain/source", "/domain/disk/@dev",
              "/domain/disk/sourc", "/domain/metadata/@f"});
  CHECK(schemas.unknown_in("<domain xmlns:q='urn:q'><q:x/></domain>") ==
        Paths{"/domain/q:x"});
  CHECK(schemas.unknown_in("<network/>") == Paths{"/network"});
}

TEST_CASE("without schemas, or without XML, nothing is unknown", "[engine][xml]") {
  const Schemas schemas;
  CHECK(schemas.unknown_in("garbage").empty());
  CHECK(unknown_to_libvirt("<domain><titel/></domain>", "/nonexistent").empty());
  schemas.remove("common.rng");
  CHECK(schemas.unknown_in("<domain><titel/></domain>").empty());
  schemas.write("domain.rng", "<grammar");
  CHECK(schemas.unknown_in("<domain><titel/></domain>").empty());
}

TEST_CASE("libvirt's own schemas, where installed, know a guest", "[engine][xml]") {
  const Paths unknown = unknown_to_libvirt(
      "<domain type='kvm'><name>g</name><memory unit='KiB'>1</memory>"
      "<os><type arch='x86_64' machine='q35'>hvm</type></os>"
      "<devices><disk type='file' device='disk'><driver name='qemu' type='qcow2'/>"
      "<source file='/a'/><target dev='vda' bus='virtio'/></disk>"
      "<interface type='network'><mac address='52:54:00:00:00:01'/>"
      "<source network='default'/><model type='virtio'/></interface></devices>"
      "</domain>");
  CHECK(unknown.empty());
}
