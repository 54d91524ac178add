#include "engine/xml/filter_output.h"
#include "engine/xml/hook_xml.h"
#include "engine/xml/strict_xml.h"
#include "engine/xml/xml_difference.h"
#include "tests/fuzz/fuzz_target.h"

using namespace hookjournal;

// Two documents, where there is a NUL between them; else one and its first half.
FUZZ_TARGET(xml) {
  const std::size_t cut = std::min(bytes.find('\0'), bytes.size());
  const std::string one(bytes.substr(0, cut));
  const std::string two(cut < bytes.size() ? bytes.substr(cut + 1)
                                           : bytes.substr(0, cut / 2));
  summarize_input(one);
  network_cards(one);
  parse_strictly(one);
  compare_xml(one, two);
  for (const char* operation : {"migrate", "restore"})
    judge_filter_output("qemu", operation, two, one);
  const auto same = compare_xml(one, one);
  promise(!same || same->empty(), "a document does not differ from itself");
}
