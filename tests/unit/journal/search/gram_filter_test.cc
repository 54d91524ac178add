#include "journal/search/gram_filter.h"

#include <random>

#include "journal/search/text_pattern.h"
#include "tests/unit/catch.h"

namespace hookjournal {
namespace {

std::string random_text(std::mt19937& random, std::size_t size) {
  std::string text;
  while (text.size() < size) text += static_cast<char>(random() % 256);
  return text;
}

}  // namespace

TEST_CASE("a filter never denies a text that went into it", "[journal]") {
  std::mt19937 random(1);
  GramFilter filter;
  std::vector<std::string> texts;
  for (int i = 0; i < 50; ++i) texts.push_back(random_text(random, random() % 300));
  for (const std::string& text : texts) filter.add(text);
  const std::string bits = filter.take();

  int denied = 0;
  for (const std::string& text : texts)
    for (std::size_t from = 0; from < text.size(); from += 7)
      denied += may_hold(bits, text.substr(from, random() % 20)) ? 0 : 1;
  CHECK(denied == 0);
}

TEST_CASE("a filter denies nearly all other texts, at a byte for each run it knows",
          "[journal]") {
  std::mt19937 random(2);
  GramFilter filter;
  filter.add(random_text(random, 4000));
  CHECK(filter.grams() > 3900);
  const std::string bits = filter.take();
  CHECK(bits.size() <= 8192);

  int held = 0;
  for (int i = 0; i < 1000; ++i) held += may_hold(bits, random_text(random, 8)) ? 1 : 0;
  CHECK(held < 10);
}

TEST_CASE("a filter that was taken leaves an empty one", "[journal]") {
  GramFilter filter;
  filter.add("vnet4711");
  filter.take();
  CHECK(filter.grams() == 0);
  CHECK_FALSE(may_hold(filter.take(), "vnet4711"));
}

TEST_CASE("what a filter cannot tell it leaves open", "[journal]") {
  GramFilter filter;
  filter.add("Bridge br0 does not exist");
  const std::string bits = filter.take();
  CHECK(may_hold(bits, "bRIDGE BR0"));
  CHECK(may_hold(bits, "xyz"));
  CHECK(may_hold(bits, ""));
  CHECK(may_hold("", "anything"));
  CHECK(may_hold("123", "anything"));
  CHECK_FALSE(may_hold(bits, "no such bridge"));
}

TEST_CASE("a text with a capital matches as it is written, others in either case",
          "[journal]") {
  CHECK(TextPattern("permission denied").in("sh: /run/x: Permission denied"));
  CHECK(TextPattern("permission denied").in("PERMISSION DENIED"));
  CHECK(TextPattern("Permission").in("Permission denied"));
  CHECK_FALSE(TextPattern("Permission").in("permission denied"));
  CHECK_FALSE(TextPattern("permission").in(""));
  CHECK(TextPattern("\xc3\xa4").in("gel\xc3\xa4ndet"));
  CHECK(TextPattern(std::string("\0b", 2)).in(std::string("a\0b", 3)));
}

}  // namespace hookjournal
