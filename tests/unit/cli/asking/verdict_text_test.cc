#include <filesystem>

#include "engine/xml/domain_schema.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/sample_journal.h"
#include "tests/unit/engine/xml/xml_documents.h"

namespace hookjournal {
namespace {

std::string shown_for(const KeptStream& input, const KeptStream& output) {
  SampleJournal journal;
  auto end = run_end(Exited{0});
  end.out = output;
  const auto id =
      journal.add(run_start("qemu", {"g1", "restore", "begin", "-"}), end, input);
  const auto result =
      run_command(run_show, {"show", "--journal", journal.file(), std::to_string(id)});
  CHECK(result.status == 0);
  return result.out;
}

std::string shown_for(const std::string& output) {
  return shown_for(kept(kPlainGuest), kept(output));
}

std::string edited(const std::string& before, const std::string& after) {
  std::string text = kPlainGuest;
  return text.replace(text.find(before), before.size(), after);
}

TEST_CASE("show tells what a filter changed, by path", "[cli]") {
  const std::string good = shown_for(edited(
      "<memory unit='KiB'>", "<title>b &amp; \xe2\x80\xae</title><memory unit='k'>"));
  CHECK_THAT(good, ContainsSubstring("consequence   none: libvirt went on.\n"));
  CHECK_THAT(good, ContainsSubstring("verdict       valid\n"));
  CHECK_THAT(good,
             ContainsSubstring("changed       /domain/memory/@unit: 'KiB' -> 'k'\n"));
  CHECK_THAT(good,
             ContainsSubstring(
                 "added         /domain/title: <title>b &amp; \\u{202e}</title>\n"));
}

TEST_CASE("show tells why libvirt refused what a filter printed", "[cli]") {
  const std::string text = shown_for(edited("g1", "g9"));
  CHECK_THAT(text, ContainsSubstring("outcome       ok\n"));
  CHECK_THAT(text, ContainsSubstring("consequence   restore-refused: libvirt refused to "
                                     "restore the guest; its saved image stays.\n"));
  CHECK_THAT(text,
             ContainsSubstring("verdict       invalid: unsupported configuration: Target "
                               "domain name 'g9' does not match source 'g1'\n"));
  CHECK_THAT(text, ContainsSubstring("changed       /domain/name: 'g1' -> 'g9'\n"));
}

TEST_CASE("show does not compare a part of what was printed", "[cli]") {
  const std::string two = shown_for(edited("g1", "g9") + "<domain/>");
  CHECK_THAT(two, ContainsSubstring("Extra content at the end of the document\n"));
  CHECK_THAT(two, !ContainsSubstring("changed  "));

  KeptStream part = kept(edited("g1", "g9"));
  ++part.length;
  part.truncated = true;
  const std::string cut = shown_for(kept(kPlainGuest), part);
  CHECK_THAT(cut, ContainsSubstring("verdict       unknown: only the first "));
  CHECK_THAT(cut, ContainsSubstring("unknown: libvirt takes what was printed in the "
                                    "input's place if it finds it valid"));
  CHECK_THAT(cut, !ContainsSubstring("changed  "));
}

TEST_CASE("show says so when a filter's output is the input again", "[cli]") {
  CHECK_THAT(shown_for("<?xml version='1.0'?>\n" + kPlainGuest + "<!-- done -->"),
             ContainsSubstring("verdict       valid\n  changes       nothing\n"));
}

TEST_CASE("show tells some of very many changes", "[cli]") {
  std::string many;
  for (int i = 0; i < 100; ++i) many += "<m:a xmlns:m='urn:m'/>";
  std::string text = guest_with("<metadata>" + many + "</metadata>");
  const std::string before = guest_with("<metadata/>");
  text = shown_for(kept(before), kept(text));
  CHECK_THAT(text, ContainsSubstring("/domain/metadata/m:a[40]: "));
  CHECK_THAT(text, ContainsSubstring("... 60 more\n"));
}

TEST_CASE("show warns of what libvirt drops silently, where its schemas are installed",
          "[cli]") {
  const std::string text = shown_for(edited("<os>", "<titel>x</titel><os>"));
  const bool installed =
      std::filesystem::exists(std::filesystem::path(kSchemas) / "domain.rng");
  const std::string warning =
      "warning       libvirt does not know /domain/titel and drops it\n";
  CHECK((text.find(warning) != std::string::npos) == installed);
  CHECK_THAT(text, ContainsSubstring("verdict       valid\n"));
}

}  // namespace
}  // namespace hookjournal
