#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// A fuzz target takes any bytes as something that foreign hands may have written. It may
// refuse them with a hookjournal::Error; any other exception, a crash, a broken promise
// or no end is a finding. One file holds one target:
//
//   FUZZ_TARGET(first_line) { ... bytes ... }
//
// In the ordinary suite mutations.cc calls it; with HOOKJOURNAL_LIBFUZZER it becomes the
// entry of a program of its own.
namespace hookjournal {

using FuzzFunction = void (*)(std::string_view bytes);

struct FuzzTarget {
  FuzzTarget(const char* target_name, FuzzFunction target_function);
  const char* name;
  FuzzFunction function;
  const FuzzTarget* next;
};

// Stops the program: the target's promise `what` is broken.
[[noreturn]] void broken_promise(const char* what);
inline void promise(bool kept, const char* what) {
  if (!kept) broken_promise(what);
}

// A file in memory's file system that holds the bytes while this lives, for what reads
// files; `name` may have a folder.
class FuzzFile {
 public:
  FuzzFile(const std::string& name, std::string_view bytes);
  std::string path() const;
  std::string folder() const;

 private:
  std::string name_;
};

// Calls the function and takes an Error for an answer.
void fuzz_once(FuzzFunction function, std::string_view bytes);

}  // namespace hookjournal

#ifdef HOOKJOURNAL_LIBFUZZER
#define FUZZ_TARGET(name)                                                             \
  static void name(std::string_view bytes);                                           \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { \
    hookjournal::fuzz_once(name, {reinterpret_cast<const char*>(data), size});        \
    return 0;                                                                         \
  }                                                                                   \
  static void name(std::string_view bytes)
#else
#define FUZZ_TARGET(name)                                          \
  static void name(std::string_view bytes);                        \
  static const hookjournal::FuzzTarget name##_target(#name, name); \
  static void name(std::string_view bytes)
#endif
