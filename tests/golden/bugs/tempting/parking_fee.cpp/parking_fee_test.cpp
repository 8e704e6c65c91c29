#include "parking_fee.cpp"

#include <cassert>

void a_short_stay_is_free() { assert(fee(0) == 0 && fee(10) == 0); }

void hours_are_paid_in_full() {
  assert(fee(11) == 150);
  assert(fee(90) == 300);
  assert(fee(125) == 450);
}

void a_day_costs_no_more_than_that() { assert(fee(20 * 60 + 1) == 1200); }

void several_days() { assert(fee(24 * 60 + 30) == 1350); }

int main() {
  a_short_stay_is_free();
  hours_are_paid_in_full();
  a_day_costs_no_more_than_that();
  several_days();
}
