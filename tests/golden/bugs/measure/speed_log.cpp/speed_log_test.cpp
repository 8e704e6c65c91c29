#include "speed_log.cpp"

#include <cassert>

int main() {
  // Without laps.
  assert(fastest({}) == -1);
  assert(pace({}) == "-");
  // Clear differences.
  assert(fastest({{400, 100}, {400, 60}}) == 1);
  // Pace.
  assert(pace({{1000, 300}, {1000, 301}}) == "5:00");
  // Small differences.
  assert(speed({10, 4}) == 2.5);
  assert(fastest({{400, 90}, {400, 81}}) == 1);
}
