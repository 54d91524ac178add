#include "engine/first_line.h"

#include "tests/unit/catch.h"

using namespace hookjournal;

namespace {
constexpr const char* kHook = "/usr/bin/hookjournal-hook";
}

TEST_CASE("inserting the recorder and taking it out gives back every byte", "[engine]") {
  const std::string script =
      GENERATE("#!/bin/sh\n", "#!/bin/sh -e\necho\n", "#! /usr/bin/env python3\r\n",
               "#!/usr/bin/perl -w", "#!\t/bin/bash \n\0x", "#!/bin/sh\r\nexit 0\r\n");
  const auto recorded = with_recorder(script, kHook);
  REQUIRE(recorded);
  CHECK(has_recorder(*recorded));
  CHECK(without_recorder(*recorded) == script);
}

TEST_CASE("an interpreter named like an option of ours gets no recorder", "[engine]") {
  CHECK_FALSE(with_recorder("#!--exec /bin/sh\n", kHook));
  CHECK_FALSE(with_recorder("#! --watch\n", kHook));
  CHECK(with_recorder("#!/bin/--exec\n", kHook));
}

TEST_CASE("a watcher is known by its first line and has no user's text", "[engine]") {
  const std::string text = watcher(kHook);
  CHECK(text == "#!/usr/bin/hookjournal-hook --watch\n");
  CHECK(is_watcher(text));
  CHECK(has_recorder(text));
  CHECK_FALSE(launched_path(text));
  CHECK(without_recorder(text) == text);
  CHECK_FALSE(is_watcher(launcher(kHook, "/h/hookjournal/qemu")));
  CHECK_FALSE(is_watcher("#!/usr/bin/hookjournal-hook /bin/sh\n"));
}
