#define main program_main
#include "subset_sums.cpp"
#undef main

int brute(const std::vector<int>& values, int target) {
  int found = 0;
  for (unsigned chosen = 0; chosen < (1u << values.size()); ++chosen) {
    int sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) sum += (chosen >> i) & 1 ? values[i] : 0;
    found += sum == target;
  }
  return found;
}

int main() {
  const std::vector<std::vector<int>> lists{
      {}, {0}, {0, 0}, {1, 2, 3}, {3, -3, 3, -3}, {2, 2, 2}, {5, -1, 0, 4}};
  for (const auto& values : lists) {
    for (int target = -8; target < 12; ++target) {
      assert(subsets(values, 0, target) == brute(values, target));
    }
  }
  assert(subsets({1, 2}, 1, 2) == 1 && subsets({1, 2}, 1, 1) == 0);
}
