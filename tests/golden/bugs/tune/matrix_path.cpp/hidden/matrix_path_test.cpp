#include "matrix_path.cpp"

#include <cassert>

int slow(const Grid& grid, std::size_t r, std::size_t c) {
  if (r == 0 && c == 0) return grid[0][0];
  int best = 1 << 30;
  if (r > 0) best = std::min(best, slow(grid, r - 1, c));
  if (c > 0) best = std::min(best, slow(grid, r, c - 1));
  return best + grid[r][c];
}

int main() {
  unsigned random = 3;
  for (std::size_t rows = 1; rows < 6; ++rows) {
    for (std::size_t columns = 1; columns < 6; ++columns) {
      Grid grid(rows, std::vector<int>(columns));
      for (auto& row : grid) {
        for (int& cost : row) {
          random = random * 1664525u + 1013904223u;
          cost = static_cast<int>((random >> 16) % 10) - 2;
        }
      }
      assert(cheapest(grid) == slow(grid, rows - 1, columns - 1));
      int sum = 0;
      for (std::size_t i = 0; i < rows && i < columns; ++i) sum += grid[i][i];
      assert(diagonal(grid) == sum);
    }
  }
}
