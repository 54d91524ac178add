#include "engine/redaction.h"

#include <chrono>

#include "tests/unit/catch.h"

using namespace hookjournal;

namespace {

struct Redacted {
  std::string bytes;
  std::uint64_t count;
};

// `bytes` as it is kept when `others` are the other streams of the same run.
Redacted redacted(std::string bytes, const std::vector<std::string>& others = {},
                  bool truncated = false) {
  Redactor redactor;
  redactor.learn(bytes);
  for (const std::string& other : others) redactor.learn(other);
  const std::uint64_t count = redactor.redact(bytes, truncated);
  return {bytes, count};
}

std::string kept(const std::string& bytes, const std::vector<std::string>& others = {}) {
  return redacted(bytes, others).bytes;
}

std::string cut(const std::string& bytes, const std::vector<std::string>& others = {}) {
  return redacted(bytes, others, true).bytes;
}

std::string stars(std::size_t count) { return std::string(count, '*'); }

// In brackets, to see both ends.
std::string bracketed(const std::string& text) {
  return std::string("[").append(text).append("]");
}

const std::string kGraphics =
    "<graphics type='vnc' port='-1' passwd='123poi' keymap='de'/>";

}  // namespace

TEST_CASE("a console password is replaced by as many asterisks", "[engine]") {
  const auto [bytes, count] = redacted(kGraphics);
  CHECK(bytes == "<graphics type='vnc' port='-1' passwd='******' keymap='de'/>");
  CHECK(count == 1);
}

TEST_CASE("both quotes and blanks around the equals sign are understood", "[engine]") {
  CHECK(kept("<g passwd=\"it's me\"/>") == "<g passwd=\"*******\"/>");
  CHECK(kept("<g\n\tpasswd \n=\r\n 'secret'/>") == "<g\n\tpasswd \n=\r\n '******'/>");
}

TEST_CASE("an empty password is nothing to replace", "[engine]") {
  const auto [bytes, count] = redacted("<g passwd='' port='5900'/>");
  CHECK(bytes == "<g passwd='' port='5900'/>");
  CHECK(count == 0);
}

TEST_CASE("attributes that only begin or end like passwd keep their values", "[engine]") {
  const std::string other = GENERATE(
      "<g passwdValidTo='2026-11-22T08:09:56'/>", "<g xpasswd='secret'/>",
      "<g old-passwd='secret'/>", "<g passwd:x='secret'/>", "passwd: secret",
      "passwd=secret", "/etc/passwd 'is' read", "passwd", "passwd=", "passwd =", "");
  const auto [bytes, count] = redacted(other);
  CHECK(bytes == other);
  CHECK(count == 0);
}

TEST_CASE("passwdValidTo beside passwd stays readable", "[engine]") {
  CHECK(
      kept("<g passwd='secret' passwdValidTo='2026-11-22T08:09:56' connected='keep'/>") ==
      "<g passwd='******' passwdValidTo='2026-11-22T08:09:56' connected='keep'/>");
}

TEST_CASE("every password of a guest is replaced", "[engine]") {
  const auto [bytes, count] =
      redacted("<g type='vnc' passwd='one1'/><g type='spice' passwd='two22'/>");
  CHECK(bytes == "<g type='vnc' passwd='****'/><g type='spice' passwd='*****'/>");
  CHECK(count == 2);
}

TEST_CASE("a password from any stream of a run is replaced in each of them", "[engine]") {
  CHECK(kept("the password is 123poi.\n", {"", kGraphics}) ==
        "the password is ******.\n");
  CHECK(kept("123poi", {kGraphics, ""}) == "******");
}

TEST_CASE("every repetition of a password counts", "[engine]") {
  const auto [bytes, count] = redacted("secret secretsecret <g passwd='secret'/>");
  CHECK(bytes == "****** ************ <g passwd='******'/>");
  CHECK(count == 4);
}

TEST_CASE("a password under four bytes is replaced in its attribute only", "[engine]") {
  const auto [bytes, count] = redacted("<name>abc</name><g passwd='abc'/>");
  CHECK(bytes == "<name>abc</name><g passwd='***'/>");
  CHECK(count == 1);
  CHECK(kept("abc", {"<g passwd='abc'/>"}) == "abc");
  CHECK(kept("abcd", {"<g passwd='abcd'/>"}) == "****");
}

TEST_CASE("a password's length is that of its characters, not of its entities",
          "[engine]") {
  CHECK(kept("a&b <g passwd='a&amp;b'/>") == "a&b <g passwd='*******'/>");
}

TEST_CASE("a password is found with and without its XML entities", "[engine]") {
  const std::vector<std::string> input = {"<g passwd='a&lt;b&amp;c&apos;d'/>"};
  const std::string written =
      GENERATE("a<b&c'd", "a&lt;b&amp;c&apos;d", "a&lt;b&amp;c'd", "a&#60;b&#38;c&#39;d",
               "a&#x3C;b&#x26;c&#x27;d", "&#97;&lt;b&c'd", "a&#0060;b&amp;c&#x0027;d");
  CHECK(kept(bracketed(written), input) == bracketed(stars(written.size())));
}

TEST_CASE("a password that was written plain is found when somebody encodes it",
          "[engine]") {
  CHECK(kept("[a&quot;b&gt;c]", {"<g passwd='a\"b>c'/>"}) == bracketed(stars(13)));
}

TEST_CASE("a password that reads like an entity is found as it reads", "[engine]") {
  const std::vector<std::string> input = {"<g passwd='&amp;lt;boot'/>"};
  CHECK(kept("[&lt;boot]", input) == "[********]");
  CHECK(kept("[&amp;lt;boot]", input) == bracketed(stars(12)));
  CHECK(kept("[<boot]", input) == "[<boot]");
}

TEST_CASE("a password in other letters than ours is found as bytes and as numbers",
          "[engine]") {
  const std::vector<std::string> input = {"<g passwd='\u00e9\u20ac\U0001F511!'/>"};
  CHECK(kept("\u00e9\u20ac\U0001F511!", input) == stars(10));
  CHECK(kept("&#233;&#x20ac;&#x1F511;!", input) == stars(24));
}

TEST_CASE("what looks like an entity and is none is taken as it is", "[engine]") {
  CHECK(kept("[a&b;c&#xzz;d&#;e&]", {"<g passwd='a&b;c&#xzz;d&#;e&'/>"}) ==
        bracketed(stars(17)));
}

TEST_CASE("overlapping passwords leave nothing of either", "[engine]") {
  const std::vector<std::string> input = {"<g passwd='hello'/><g passwd='loworld'/>"};
  CHECK(kept("[helloworld]", input) == "[**********]");
}

TEST_CASE("the longer of two passwords with one beginning goes wholly", "[engine]") {
  CHECK(kept("[abcdef] [abcd]", {"<g passwd='abcd'/><g passwd='abcdef'/>"}) ==
        "[******] [****]");
}

TEST_CASE("bytes that are no text are searched too", "[engine]") {
  const std::string zeros(3, '\0');
  CHECK(kept(zeros + "\xff secret \xfe" + zeros, {"<g passwd='secret'/>"}) ==
        zeros + "\xff ****** \xfe" + zeros);
}

TEST_CASE("a password cut at the end of a truncated stream is secret to the end",
          "[engine]") {
  CHECK(cut("<g passwd='sec") == "<g passwd='***");
  CHECK(cut("<g passwd='s") == "<g passwd='*");
  CHECK(cut("<g passwd='a\nb") == "<g passwd='***");
  CHECK(cut("<g passwd='") == "<g passwd='");
  CHECK(cut("<g passwd=") == "<g passwd=");
}

TEST_CASE("a value without its closing quote in a whole stream ends with its line",
          "[engine]") {
  CHECK(kept("bad passwd='secret\nnext line\n") == "bad passwd='******\nnext line\n");
  CHECK(kept("bad passwd='secret") == "bad passwd='******");
}

TEST_CASE("the beginning of a known password at a truncated end is replaced",
          "[engine]") {
  const std::vector<std::string> input = {"<g passwd='a&lt;cdef'/>"};
  CHECK(cut("tail a<cde", input) == "tail *****");
  CHECK(cut("tail a<c", input) == "tail ***");
  CHECK(cut("tail a&lt;cd", input) == "tail *******");
  CHECK(cut("tail a&lt;", input) == "tail *****");
  CHECK(cut("tail a&l", input) == "tail ***");
  CHECK(cut("a&#x1F511", {"<g passwd='a\U0001F511!!'/>"}) == "*********");
}

TEST_CASE("fewer than three bytes at a truncated end are no beginning", "[engine]") {
  CHECK(cut("tail se", {"<g passwd='secret'/>"}) == "tail se");
}

TEST_CASE("the beginning of a password at the end of a whole stream stays", "[engine]") {
  CHECK(kept("tail secre", {"<g passwd='secret'/>"}) == "tail secre");
}

TEST_CASE("no length of a cut shows three bytes of a password", "[engine]") {
  const std::string whole = "<g passwd='a&lt;CDEF'/> a<CDEF a&#60;CDEF ";
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    INFO(length);
    const std::string bytes = cut(whole.substr(0, length), {whole});
    CHECK(bytes.size() == length);
    CHECK(bytes.find("a<C") == std::string::npos);
    CHECK(bytes.find("a&lt;") == std::string::npos);
    CHECK(bytes.find("a&#60;") == std::string::npos);
    CHECK(bytes.find("DEF") == std::string::npos);
  }
}

TEST_CASE("redacting again changes nothing and counts nothing", "[engine]") {
  const Redacted once = redacted("secret <g passwd='secret'/> <h passwd='ab'/>");
  const Redacted twice = redacted(once.bytes);
  CHECK(once.count == 3);
  CHECK(twice.bytes == once.bytes);
  CHECK(twice.count == 0);
}

TEST_CASE("a stream made to be slow loses its rest instead of time", "[engine]") {
  // Every byte begins a match that fails only after 100,000.
  const std::string secret = std::string(100'000, 'a') + "b";
  std::string bytes(1 << 20, 'a');
  Redactor redactor;
  redactor.learn("<g passwd='" + secret + "'/>");
  const auto begin = std::chrono::steady_clock::now();
  CHECK(redactor.redact(bytes, false) == 1);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
  CHECK(bytes.size() == 1 << 20);
  CHECK(bytes.back() == '*');
}

TEST_CASE("a large stream with an ordinary password is searched to its end", "[engine]") {
  std::string bytes;
  while (bytes.size() < 1 << 20) bytes += "aaaaaaaa <disk type='file'/> &amp;\n";
  bytes += "aaaaaaab";
  Redactor redactor;
  redactor.learn("<g passwd='aaaaaaab'/>");
  CHECK(redactor.redact(bytes, false) == 1);
  CHECK(bytes.ends_with("&amp;\n********"));
}
