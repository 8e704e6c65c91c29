#include "calendar_days.cpp"

#include <cassert>

int main() {
  // Ordinary years.
  assert(!is_leap(2023) && is_leap(2024));
  assert(month_length(2023, 2) == 28 && month_length(2023, 11) == 30);
  assert(day_of_year(2023, 12, 31) == 365);
  assert(days_between(2023, 1, 1, 2024, 3, 1) == 425);
  // Centuries.
  assert(!is_leap(1900) && !is_leap(2100));
  assert(month_length(2000, 2) == 29);
  assert(days_between(1600, 1, 1, 1601, 1, 1) == 366);
}
