#include "parking_fee.cpp"

#include <cassert>

int main() {
  assert(hours_begun(0) == 0 && hours_begun(1) == 1);
  assert(hours_begun(59) == 1 && hours_begun(60) == 1 && hours_begun(61) == 2);
  for (int hours = 1; hours <= 23; ++hours) {
    const int expected = hours * 150 < 1200 ? hours * 150 : 1200;
    assert(fee(hours * 60) == expected);
    assert(fee(hours * 60 - 1) == expected);
    assert(fee(24 * 60 + hours * 60) == 1200 + expected);
  }
  assert(fee(24 * 60) == 1200 && fee(48 * 60) == 2400);
  assert(fee(61, {0, 100, 1000}) == 200);
}
