#include "thermostat.cpp"

#include <cassert>

int main() {
  assert(clamp_between(5, 5, 5) == 5 && clamp_between(1, 2, 3) == 2 && clamp_between(4, 2, 3) == 3);
  Thermostat thermostat(0, 40);
  assert(thermostat.target() == 20);
  assert((thermostat.course(4, 1, 2) == std::vector<double>{20, 20}));
  assert((thermostat.course(4, 0, 2) == std::vector<double>{4, 4}));
  assert((thermostat.course(4, 0.75, 2) == std::vector<double>{16, 19}));
  assert(thermostat.course(4, 0.5, 0).empty());
  thermostat.wish(8);
  double distance = 64 - 8;
  for (double value : thermostat.course(64, 0.125, 5)) {
    distance *= 0.875;
    assert(value == 8 + distance);
  }
}
