#include "engine/xml/filter_output.h"

#include "engine/libvirt_message.h"
#include "tests/unit/catch.h"
#include "tests/unit/engine/xml/judged_guest.h"
#include "tests/unit/engine/xml/xml_documents.h"

using namespace hookjournal;

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
