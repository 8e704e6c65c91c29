// Fees of a car park.

// Cents for a stay of so many minutes: the first 30 are free, then every hour begun (counted from
// the start) costs 200, but a day (24 hours) never more than 1500; longer stays pay day by day.
int fee(int minutes) {
  const int days = minutes / (24 * 60);
  const int rest = minutes % (24 * 60);
  if (days == 0 && rest <= 30) return 0;
  const int hours = rest / 60 + 1;
  const int last = hours * 200;
  return days * 1500 + (last > 1500 ? 1500 : last);
}
