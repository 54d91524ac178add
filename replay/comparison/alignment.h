#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hookjournal {

struct Match {
  std::size_t left = 0, right = 0;
};

// The longest common subsequence of two sequences, as pairs in order. Where that would
// take too much work, only what they have in common at both ends.
template <class Fits>
std::vector<Match> align(std::size_t left, std::size_t right, Fits fits) {
  constexpr std::size_t kMostCells = 1'000'000;
  std::vector<Match> matches;
  std::size_t front = 0;
  while (front < left && front < right && fits(front, front)) {
    matches.push_back({front, front});
    ++front;
  }
  std::size_t back = 0;
  while (back + front < left && back + front < right &&
         fits(left - 1 - back, right - 1 - back))
    ++back;
  const std::size_t rows = left - front - back, columns = right - front - back;
  if (rows > 0 && columns > 0 && rows <= kMostCells / columns) {
    // lengths[i][j]: of the longest behind these.
    std::vector<std::uint32_t> lengths((rows + 1) * (columns + 1), 0);
    std::vector<bool> fit(rows * columns);
    const auto cell = [&](std::size_t i, std::size_t j) { return i * (columns + 1) + j; };
    for (std::size_t i = rows; i-- > 0;)
      for (std::size_t j = columns; j-- > 0;) {
        const bool here = fits(front + i, front + j);
        fit[i * columns + j] = here;
        const std::uint32_t skip = lengths[cell(i + 1, j)] > lengths[cell(i, j + 1)]
                                       ? lengths[cell(i + 1, j)]
                                       : lengths[cell(i, j + 1)];
        const std::uint32_t take = here ? lengths[cell(i + 1, j + 1)] + 1 : 0;
        lengths[cell(i, j)] = take > skip ? take : skip;
      }
    std::size_t i = 0, j = 0;
    while (i < rows && j < columns) {
      if (fit[i * columns + j] &&
          lengths[cell(i, j)] == lengths[cell(i + 1, j + 1)] + 1) {
        matches.push_back({front + i, front + j});
        ++i, ++j;
      } else if (lengths[cell(i + 1, j)] >= lengths[cell(i, j + 1)]) {
        ++i;
      } else {
        ++j;
      }
    }
  }
  for (; back > 0; --back) matches.push_back({left - back, right - back});
  return matches;
}

}  // namespace hookjournal
