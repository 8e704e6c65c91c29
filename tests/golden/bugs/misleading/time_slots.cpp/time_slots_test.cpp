#include "time_slots.cpp"

#include <cassert>

int main() {
  // Apart.
  assert(!overlap({60, 90}, {120, 180}));
  // One inside of the other, and crossing.
  assert(overlap({60, 180}, {90, 120}));
  assert(overlap({60, 100}, {90, 120}));
  // No appointments yet.
  assert(fits({}, {0, 10}));
  // One directly after the other.
  assert(fits({{60, 90}}, {90, 120}));
}
