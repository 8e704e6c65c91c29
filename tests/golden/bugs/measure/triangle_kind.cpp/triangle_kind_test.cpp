#include "triangle_kind.cpp"

#include <cassert>

int main() {
  // No triangles.
  assert(kind(1, 2, 3) == "none" && kind(0, 1, 1) == "none" && kind(9, 2, 3) == "none");
  // All sides equal.
  assert(kind(5, 5, 5) == "equilateral");
  // No two sides equal.
  assert(kind(3, 4, 5) == "scalene" && is_right(3, 4, 5));
  // Two equal sides.
  assert(kind(3, 3, 5) == "isosceles");
  assert(kind(5, 3, 3) == "isosceles");
  assert(kind(3, 5, 3) == "isosceles");
}
