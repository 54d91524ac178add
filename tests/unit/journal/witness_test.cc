#include "journal/witness.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "journal/context_codec.h"
#include "tests/unit/catch.h"

namespace hookjournal {
namespace {

Context own_context() {
  static const char* const kEnvironment[] = {"LC_ALL=C", "PATH=/bin", nullptr};
  return gather_context(::getpid(), kEnvironment);
}

TEST_CASE("a context is that of this process, and is kept whole", "[journal]") {
  const Context context = own_context();
  CHECK(context.uid == ::getuid());
  CHECK(context.gid == ::getgid());
  CHECK(context.working_directory == std::filesystem::current_path());
  CHECK(context.environment == std::vector<std::string>{"LC_ALL=C", "PATH=/bin"});
  CHECK(context.caller.process.pid == ::getpid());
  CHECK(decode_context(encode_context(context)) == context);
}

TEST_CASE("the umask is noted, and stays as it is", "[journal]") {
  const mode_t before = ::umask(0027);
  const std::string noted = umask_text(own_context());
  const mode_t after = ::umask(0);
  const Context open = own_context();
  ::umask(before);
  CHECK(noted == "0027");
  CHECK(after == 0027);
  CHECK(umask_text(open) == "0000");
  CHECK(decode_context(encode_context(open)).umask == mode_t{0});
}

TEST_CASE("a context recorded before umasks were noted has none", "[journal]") {
  Context old = own_context();
  old.umask.reset();
  CHECK(decode_context(encode_context(old)) == old);
  CHECK(umask_text(old).empty());
}

}  // namespace
}  // namespace hookjournal
