// Dates of the Gregorian calendar.
#include <string>

bool is_leap(int year) { return year % 4 == 0 && year % 100 != 0; }

// Days of a month, 1 to 12.
int month_length(int year, int month) {
  if (month == 2) return is_leap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Number of the day in its year, 1 for the first of January.
int day_of_year(int year, int month, int day) {
  int number = day;
  for (int m = 1; m < month; ++m) number += month_length(year, m);
  return number;
}

// Days from one date to another of the same or a later year; negative if the second comes first.
int days_between(int year, int month, int day, int year2, int month2, int day2) {
  int days = day_of_year(year2, month2, day2) - day_of_year(year, month, day);
  for (int y = year; y < year2; ++y) days += is_leap(y) ? 366 : 365;
  return days;
}
