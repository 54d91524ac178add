#include "engine/shell/shell_tree.h"

#include "engine/shell/shell_walk.h"
#include "tests/unit/catch.h"

using namespace hookjournal;
using Kind = ShellNode::Kind;
using Names = std::vector<std::string>;

namespace {

ShellNode parsed(const std::string& text) {
  auto tree = parse_shell(text);
  REQUIRE(tree);
  return *tree;
}

// The programs that run, in the order of the text.
Names programs_in(const std::string& text) {
  Names names;
  walk(parsed(text), [&](const ShellNode& node, const ShellPlace&) {
    if (node.kind == Kind::simple && !node.words.empty())
      names.push_back(program_of(node).name);
  });
  return names;
}

}  // namespace

TEST_CASE("shell text: commands, and nothing that only looks like one", "[engine]") {
  CHECK(programs_in("a; b && c || d | e &\nf") == Names{"a", "b", "c", "d", "e", "f"});
  CHECK(programs_in("a # b\n#c\na#d") == Names{"a", "a#d"});
  CHECK(programs_in("a 'b; c' \"d; e\" f\\; g") == Names{"a"});
  CHECK(programs_in("a <<E\nb\nE\nc <<-'E'\n\td\n\tE\ne <<<f") == Names{"a", "c", "e"});
  CHECK(programs_in("a \\\n b\nc") == Names{"a", "c"});
  CHECK(programs_in("x=1 y=(2 3) a\nz+=b") == Names{"a"});
  CHECK(programs_in("a $((1 + 2)) ${b#c} ${d:-\"}\"}") == Names{"a"});
}

TEST_CASE("shell text: what stands in the middle of a word runs as well", "[engine]") {
  CHECK(programs_in("a $(b \"$(c)\") `d`") == Names{"a", "b", "c", "d"});
  CHECK(programs_in("a <(b) > >(c)") == Names{"a", "b", "c"});
  CHECK(programs_in("x=$(a | b)") == Names{"a", "b"});
}

TEST_CASE("shell text: compounds", "[engine]") {
  CHECK(programs_in("if a; then b; elif c; then d; else e; fi") ==
        Names{"a", "b", "c", "d", "e"});
  CHECK(programs_in("while a; do b; done; until c; do d; done") ==
        Names{"a", "b", "c", "d"});
  CHECK(programs_in("for i in x y; do a; done; for ((i=0; i<3; i++)); do b; done") ==
        Names{"a", "b"});
  CHECK(programs_in("case $1 in (x|y) a ;; *) b ;& z) c; esac") == Names{"a", "b", "c"});
  CHECK(programs_in("f() { a; }; function g { b; }\n(c)\n{ d; }") ==
        Names{"a", "b", "c", "d"});
  CHECK(programs_in("[[ $a == b && ( c || d ) ]] && (( x < 3 )) && e") == Names{"e"});
}

TEST_CASE("shell text: the program behind sudo, timeout and their like", "[engine]") {
  CHECK(programs_in("sudo -u root -- /usr/bin/a b") == Names{"a"});
  CHECK(programs_in("timeout -k 5 10 nice -n 5 a; exec a") == Names{"a", "a"});
  CHECK(programs_in("env -i X=1 a") == Names{"a"});
  CHECK(programs_in("$x a; command -v a") == Names{"", "command"});
}

TEST_CASE("shell text: one spelling for expansions", "[engine]") {
  const auto words =
      parsed("a $2 \"${2}\" ${2:-x} '$2' \"\\$2\" ~/b \"~\"").children[0].words;
  REQUIRE(words.size() == 8);
  for (int i = 1; i <= 3; ++i) CHECK(words[static_cast<std::size_t>(i)].text == "${2}");
  CHECK(words[4].literal);
  CHECK(words[5].literal);
  CHECK(words[6].of_home);
  CHECK_FALSE(words[7].of_home);
}

TEST_CASE("shell text: lines are counted through strings and here-documents",
          "[engine]") {
  const auto tree = parsed("a 'x\ny'\nb <<E\n1\n2\nE\nc \\\n d\ne");
  REQUIRE(tree.children.size() == 4);
  CHECK(tree.children[1].line == 3);
  CHECK(tree.children[2].line == 7);
  CHECK(tree.children[3].line == 9);
}

TEST_CASE("shell text: where a command's streams lead", "[engine]") {
  std::vector<ShellStreams> streams;
  walk(parsed("a; a >x; a 2>&1 >x; a >x 2>&1; { a; } >&2; exec >x; a; a >&2"),
       [&](const ShellNode& node, const ShellPlace& place) {
         if (program_of(node).name == "a") streams.push_back(place.streams);
       });
  REQUIRE(streams.size() == 7);
  CHECK(streams[0].out == Sink::own_out);
  CHECK(streams[1].out == Sink::elsewhere);
  CHECK(streams[2].err == Sink::own_out);
  CHECK(streams[3].err == Sink::elsewhere);
  CHECK(streams[4].out == Sink::own_err);
  CHECK(streams[5].out == Sink::elsewhere);
  CHECK(streams[6].out == Sink::own_err);
}

TEST_CASE("shell text: nonsense of any depth is refused, not followed for ever",
          "[engine]") {
  const auto repeated = [](const std::string& part) {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += part;
    return text;
  };
  for (const char* part : {"(", "((", "{ ", "$(", "\"$(", "${", "`", "if ", "a() ",
                           "case a in ", "! ", "<<a ", "a && ", "[[ ", "x=("}) {
    CAPTURE(part);
    const auto tree = parse_shell(repeated(part));
    CHECK((!tree || tree->children.size() < 200'000));
  }
}
