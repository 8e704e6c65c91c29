#include "thermostat.cpp"

#include <cassert>

int main() {
  Thermostat thermostat(10, 30);
  // Wishes within the bounds and outside.
  thermostat.wish(25);
  assert(thermostat.target() == 25);
  thermostat.wish(99);
  assert(thermostat.target() == 30);
  thermostat.wish(-5);
  assert(thermostat.target() == 10);
  // Half of the way at each step.
  assert((thermostat.course(14, 0.5, 2) == std::vector<double>{12, 11}));
  // A quarter.
  assert((thermostat.course(26, 0.25, 2) == std::vector<double>{22, 19}));
}
