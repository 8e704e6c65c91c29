#include "rotated_list.cpp"

#include <cassert>

int main() {
  assert(text(rotated({1, 2, 3, 4}, 0)) == "1 2 3 4");
  assert(text(rotated({1, 2, 3, 4}, 3)) == "2 3 4 1");
  assert(text(rotated({1, 2, 3}, 8)) == "2 3 1");
  std::vector<int> items;
  for (int size = 0; size < 8; ++size) {
    std::vector<int> once = items;
    for (std::size_t places = 0; places < 20; ++places) {
      assert(rotated(items, places) == once);
      once = rotated(once, 1);
    }
    items.push_back(size);
  }
  assert(text(reversed({1, 2, 3, 4}, 0, 4)) == "4 3 2 1");
  assert(text(reversed({1, 2}, 1, 1)) == "1 2");
}
