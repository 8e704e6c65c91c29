#define main program_main
#include "vector_norms.cpp"
#undef main

#include <cassert>

bool near(double a, double b) { return std::fabs(a - b) < 1e-12; }

int main() {
  assert((Vector{3, 4}.length() == 5));
  const Vector zero = Vector{0, 0}.normalized();
  assert(zero.x == 0 && zero.y == 0);
  const Vector unit = Vector{-6, 8}.normalized();
  assert(near(unit.x, -0.6) && near(unit.y, 0.8));
  const Vector shadow = projection({2, 2}, {0, -5});
  assert(near(shadow.x, 0) && near(shadow.y, 2));
  const Vector slanted = projection({1, 0}, {1, 1});
  assert(near(slanted.x, 0.5) && near(slanted.y, 0.5));
  assert(dot({1, 2}, {3, -4}) == -5);
}
