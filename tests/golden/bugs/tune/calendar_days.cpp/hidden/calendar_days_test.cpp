#include "calendar_days.cpp"

#include <cassert>

int main() {
  int leap_years = 0;
  for (int year = 1600; year < 2000; ++year) leap_years += is_leap(year);
  assert(leap_years == 97);
  for (int year : {1600, 2000, 2400, 1996, 2028}) assert(is_leap(year));
  for (int year : {1700, 1800, 2200, 2001, 1998}) assert(!is_leap(year));
  assert(days_between(1600, 1, 1, 2000, 1, 1) == 146097);
  assert(days_between(2000, 2, 28, 2000, 3, 1) == 2);
  assert(days_between(2100, 2, 28, 2100, 3, 1) == 1);
  assert(days_between(2024, 3, 2, 2024, 3, 1) == -1);
  assert(day_of_year(2000, 3, 1) == 61 && day_of_year(1999, 3, 1) == 60);
  for (int month = 1; month <= 12; ++month) {
    assert(day_of_year(2000, month, month_length(2000, month)) + 1 ==
           (month < 12 ? day_of_year(2000, month + 1, 1) : 367));
  }
}
