// Every fuzz target without a fuzzer: seeds from tests/fuzz/seeds/TARGET, and a fixed
// number of mutations of them, the same in every run.
//   fuzz_mutations TARGET SEEDS COUNT [FIRST]
// What breaks a target is left in TARGET.crash.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "tests/fuzz/fuzz_target.h"

namespace hookjournal {

namespace {

const FuzzTarget* all_targets = nullptr;

constexpr std::size_t kLongest = 16 << 10;
constexpr unsigned kSecondsForOne = 20;

using Random = std::mt19937_64;

std::size_t below(Random& random, std::size_t end) {
  return end == 0 ? 0 : random() % end;
}

// What parsers look at, so that chance alone need not find it.
std::string_view token(Random& random) {
  using namespace std::string_view_literals;
  constexpr std::string_view kTokens[] = {"\0"sv,
                                          "\n"sv,
                                          "\r\n"sv,
                                          "#!"sv,
                                          " "sv,
                                          "\t"sv,
                                          "<"sv,
                                          ">"sv,
                                          "</"sv,
                                          "/>"sv,
                                          "<!--"sv,
                                          "-->"sv,
                                          "<![CDATA["sv,
                                          "]]>"sv,
                                          "&lt;"sv,
                                          "&#x0;"sv,
                                          "<!DOCTYPE a ["sv,
                                          "\""sv,
                                          "'"sv,
                                          "\\"sv,
                                          "$("sv,
                                          ")"sv,
                                          "`"sv,
                                          "${"sv,
                                          "}"sv,
                                          "<<E\n"sv,
                                          ";;"sv,
                                          "if "sv,
                                          "fi\n"sv,
                                          "do "sv,
                                          "done\n"sv,
                                          "case "sv,
                                          "esac"sv,
                                          "||"sv,
                                          "&&"sv,
                                          "|"sv,
                                          "{"sv,
                                          "["sv,
                                          "]"sv,
                                          ":"sv,
                                          ","sv,
                                          "-1"sv,
                                          "0"sv,
                                          "18446744073709551616"sv,
                                          "9223372036854775807"sv,
                                          "1e999"sv,
                                          "*("sv,
                                          "!("sv,
                                          "*"sv,
                                          "?"sv,
                                          "[!"sv,
                                          "\xff\xff\xff\xff\xff\xff\xff\xff\x7f"sv,
                                          "\x80"sv,
                                          "\xc3\xa9"sv,
                                          "//"sv,
                                          "/*"sv};
  return kTokens[below(random, std::size(kTokens))];
}

std::string mutated(std::string bytes, const std::vector<std::string>& seeds,
                    Random& random) {
  for (auto steps = 1 + below(random, 6); steps > 0; --steps) {
    const std::size_t at = below(random, bytes.size() + 1);
    const std::size_t length =
        below(random, std::min<std::size_t>(bytes.size() - at, 64) + 1);
    switch (below(random, 8)) {
      case 0:
        if (at < bytes.size())
          bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(random, 8)));
        break;
      case 1:
        if (at < bytes.size()) bytes[at] = static_cast<char>(random());
        break;
      case 2:
        bytes.erase(at, length);
        break;
      case 3:
        bytes.insert(below(random, bytes.size() + 1), bytes.substr(at, length));
        break;
      case 4:
        bytes.insert(at, token(random));
        break;
      case 5:
        bytes.replace(at, length, token(random));
        break;
      case 6: {
        const std::string& other = seeds[below(random, seeds.size())];
        bytes = bytes.substr(0, at) + other.substr(below(random, other.size() + 1));
        break;
      }
      default: {  // the same again and again: what nests or adds up
        const std::string part = bytes.substr(at, std::min<std::size_t>(length, 8));
        for (auto times = below(random, 256); times > 0; --times) bytes.insert(at, part);
        break;
      }
    }
    if (bytes.size() > kLongest) bytes.resize(kLongest);
  }
  return bytes;
}

std::vector<std::string> seeds_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    files.push_back(entry.path());
  std::ranges::sort(files);  // so that each run is the same
  std::vector<std::string> seeds;
  for (const auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(stream),
                       std::istreambuf_iterator<char>());
  }
  return seeds;
}

// What the child works on, for the parent to tell when it died of it.
struct Tried {
  std::size_t number, size;
  char bytes[kLongest];
};

int try_all(const FuzzTarget& target, const std::vector<std::string>& seeds,
            std::size_t count, std::size_t first, Tried& tried) {
  for (std::size_t number = first; number < seeds.size() + count; ++number) {
    Random random(number);
    const std::string bytes = number < seeds.size()
                                  ? seeds[number].substr(0, kLongest)
                                  : mutated(seeds[number % seeds.size()], seeds, random);
    tried.number = number;
    tried.size = bytes.size();
    std::memcpy(tried.bytes, bytes.data(), bytes.size());
    ::alarm(kSecondsForOne);
    fuzz_once(target.function, bytes);
  }
  return 0;
}

int run(const FuzzTarget& target, const char* folder, std::size_t count,
        std::size_t first) {
  const auto seeds = seeds_in(folder);
  if (seeds.empty()) return std::fprintf(stderr, "no seeds in %s\n", folder), 2;
  void* shared = ::mmap(nullptr, sizeof(Tried), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return std::perror("mmap"), 2;
  Tried& tried = *static_cast<Tried*>(shared);
  const pid_t child = ::fork();
  if (child == 0) std::exit(try_all(target, seeds, count, first, tried));
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child) return std::perror("fork"), 2;
  if (status == 0) {
    std::printf("%s: %zu seeds and %zu mutations\n", target.name, seeds.size(), count);
    return 0;
  }
  const std::string left = std::string(target.name) + ".crash";
  std::ofstream(left, std::ios::binary)
      .write(tried.bytes, static_cast<std::streamsize>(tried.size));
  std::fprintf(stderr, "%s: number %zu (%zu bytes) broke it%s; it is in %s\n",
               target.name, tried.number, tried.size,
               WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? " (no end)" : "",
               left.c_str());
  return 1;
}

}  // namespace

FuzzTarget::FuzzTarget(const char* target_name, FuzzFunction target_function)
    : name(target_name), function(target_function), next(all_targets) {
  all_targets = this;
}

}  // namespace hookjournal

int main(int argc, char** argv) {
  using namespace hookjournal;
  if (argc < 4)
    return std::fputs("fuzz_mutations TARGET SEEDS COUNT [FIRST]\n", stderr), 2;
  for (const FuzzTarget* target = all_targets; target != nullptr; target = target->next)
    if (std::strcmp(target->name, argv[1]) == 0)
      return run(*target, argv[2], std::strtoul(argv[3], nullptr, 10),
                 argc > 4 ? std::strtoul(argv[4], nullptr, 10) : 0);
  return std::fprintf(stderr, "there is no target %s\n", argv[1]), 2;
}
