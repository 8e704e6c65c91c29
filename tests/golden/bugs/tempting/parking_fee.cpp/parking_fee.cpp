// What parking costs, in cents.

struct Tariff {
  int free_minutes = 10;  // stays up to that long cost nothing
  int per_hour = 150;     // for every hour that has begun
  int per_day = 1200;     // at most, for every 24 hours that have begun
};

// How many hours have begun after that many minutes: 60 minutes are one hour, 61 are two.
int hours_begun(int minutes) { return minutes / 60; }

// The fee for a stay; days are counted from its beginning.
int fee(int minutes, const Tariff& tariff = {}) {
  if (minutes <= tariff.free_minutes) return 0;
  const int days = minutes / (24 * 60);
  const int rest = hours_begun(minutes % (24 * 60)) * tariff.per_hour;
  return days * tariff.per_day + (rest < tariff.per_day ? rest : tariff.per_day);
}
