#include "time_slots.cpp"

#include <cassert>

int main() {
  for (int a = 0; a < 7; ++a) {
    for (int b = a + 1; b < 8; ++b) {
      for (int c = 0; c < 7; ++c) {
        for (int d = c + 1; d < 8; ++d) {
          bool shared = false;
          for (int minute = 0; minute < 8; ++minute) {
            shared = shared || (a <= minute && minute < b && c <= minute && minute < d);
          }
          assert(overlap({a, b}, {c, d}) == shared);
          assert(fits({{a, b}}, {c, d}) == !shared);
        }
      }
    }
  }
  assert(fits({{0, 5}, {8, 9}}, {5, 8}) && !fits({{0, 5}, {8, 9}}, {5, 9}));
}
