// Prices of a zoo's tickets, in cents.
#include <vector>

// Children up to 3 years are free, those up to 14 years pay half. From 65 years on a ticket is 900,
// for everybody else 1200.
int price(int age) {
  if (age <= 3) return 0;
  if (age < 18) return 600;
  return age >= 65 ? 900 : 1200;
}

// What people of these ages pay together; groups of ten and more have a tenth off.
int group_price(const std::vector<int>& ages) {
  int sum = 0;
  for (int age : ages) sum += price(age);
  return ages.size() >= 10 ? sum - sum / 10 : sum;
}
