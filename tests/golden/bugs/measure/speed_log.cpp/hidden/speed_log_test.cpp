#include "speed_log.cpp"

#include <cassert>

int main() {
  for (int metres = 0; metres < 60; ++metres) {
    for (int seconds = 1; seconds < 20; ++seconds) {
      const double error = speed({metres, seconds}) * seconds - metres;
      assert(error < 1e-9 && error > -1e-9);
    }
  }
  assert(fastest({{1, 2}, {2, 3}, {3, 5}}) == 1);
  assert(fastest({{3, 1}, {6, 2}}) == 0);
  assert(fastest({{0, 5}}) == 0);
  assert(pace({{0, 9}}) == "-");
  assert(pace({{100, 7}}) == "1:10");
  assert(pace({{3000, 725}}) == "4:01");
}
