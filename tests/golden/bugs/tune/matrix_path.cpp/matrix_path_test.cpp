#include "matrix_path.cpp"

#include <cassert>

int main() {
  // One cell.
  assert(cheapest({{7}}) == 7);
  // The diagonal.
  assert(diagonal({{1, 2, 3}, {4, 5, 6}}) == 6);
  // A square.
  assert(cheapest({{1, 9}, {1, 1}}) == 3);
  // More columns than rows.
  assert(cheapest({{1, 2, 3}, {9, 9, 1}}) == 7);
}
