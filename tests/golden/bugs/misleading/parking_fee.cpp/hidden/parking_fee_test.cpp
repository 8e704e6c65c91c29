#include "parking_fee.cpp"

#include <cassert>

int main() {
  for (int minutes = 31; minutes < 1440; ++minutes) {
    int expected = 0;
    for (int begun = 0; begun < minutes; begun += 60) expected += 200;
    assert(fee(minutes) == (expected > 1500 ? 1500 : expected));
    assert(fee(1440 + minutes) == 1500 + fee(minutes));
  }
  assert(fee(60) == 200 && fee(120) == 400 && fee(1440) == 1500 && fee(2880) == 3000);
  assert(fee(1441) == 1700);
}
