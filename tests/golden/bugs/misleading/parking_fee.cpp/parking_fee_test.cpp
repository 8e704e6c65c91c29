#include "parking_fee.cpp"

#include <cassert>

int main() {
  // A short stay.
  assert(fee(0) == 0 && fee(30) == 0);
  // Some hours.
  assert(fee(31) == 200);
  assert(fee(90) == 400);
  // A whole day.
  assert(fee(1000) == 1500);
  assert(fee(1490) == 1700);
}
