#pragma once

#include <cstdint>
#include <filesystem>

// A journal as a busy host would have it after a long time, made in a short one: the
// events and rows are those of the recorder, without its processes and its flushes.
struct LargeJournal {
  std::int64_t calls = 0;                             // made
  std::int64_t failed = 0;                            // of them
  static constexpr const char* kObject = "guest042";  // one like the others
  // Each stands in one call of the middle: in its input, and in what it printed.
  static constexpr const char* kRareInput = "scratch-volume-quetzal";
  static constexpr const char* kRareError = "quota of tenant 77031 is used up";
};

// 200 guests of 8 kinds, XML of 4 to 12 KiB that changes a little from start to start;
// lifecycles of five calls; six versions of the scripts; failures in a dozen groups.
LargeJournal make_large_journal(const std::filesystem::path& file, std::int64_t calls);
