#include "triangle_kind.cpp"

#include <algorithm>
#include <cassert>
#include <set>
#include <vector>

int main() {
  for (int a = -1; a < 9; ++a) {
    for (int b = -1; b < 9; ++b) {
      for (int c = -1; c < 9; ++c) {
        std::vector<int> sides{a, b, c};
        std::sort(sides.begin(), sides.end());
        const bool real = sides[0] > 0 && sides[0] + sides[1] > sides[2];
        const char* names[] = {"", "equilateral", "isosceles", "scalene"};
        const std::string expected =
            real ? names[std::set<int>{a, b, c}.size()] : std::string("none");
        assert(kind(a, b, c) == expected);
        const bool right = real && sides[0] * sides[0] + sides[1] * sides[1] == sides[2] * sides[2];
        assert(is_right(a, b, c) == right);
      }
    }
  }
  assert(is_right(60000, 80000, 100000));
}
