#include "mean_of_large.cpp"

#include <cassert>
#include <limits>

int main() {
  const int most = std::numeric_limits<int>::max();
  const int least = std::numeric_limits<int>::min();
  assert(mean({most, most, most}) == most);
  assert(mean({least, least}) == least);
  assert(mean({least, most}) == 0);
  assert(mean(std::vector<int>(100000, 1500000000)) == 1500000000);
  assert(mean({7}) == 7);
  assert(mean({-7, 0}) == -3);
  assert(span({least, most}) == 4294967295LL);
  assert(span({5, 5}) == 0);
}
