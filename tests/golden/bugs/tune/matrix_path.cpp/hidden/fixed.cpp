// Ways through grids of costs.
#include <algorithm>
#include <vector>

using Grid = std::vector<std::vector<int>>;

// Least sum of costs on a way from the upper left to the lower right cell, both included, that
// goes only right and down. The grid is not empty, and all rows are equally long.
int cheapest(const Grid& grid) {
  const int rows = static_cast<int>(grid.size());
  const int columns = static_cast<int>(grid[0].size());
  Grid best = grid;
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) {
      if (r == 0 && c == 0) continue;
      if (r == 0) {
        best[r][c] += best[r][c - 1];
      } else if (c == 0) {
        best[r][c] += best[r - 1][c];
      } else {
        best[r][c] += std::min(best[r - 1][c], best[r][c - 1]);
      }
    }
  }
  return best[rows - 1][columns - 1];
}

// The sum of the costs on the main diagonal, as far as it goes.
int diagonal(const Grid& grid) {
  int sum = 0;
  const std::size_t length = std::min(grid.size(), grid[0].size());
  for (std::size_t i = 0; i < length; ++i) sum += grid[i][i];
  return sum;
}
