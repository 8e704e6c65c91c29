#include "sorted_list.cpp"

#include <cassert>
#include <set>

int main() {
  SortedList list;
  std::multiset<int> model;
  unsigned random = 9;
  for (int i = 0; i < 400; ++i) {
    random = random * 1664525u + 1013904223u;
    const int value = static_cast<int>((random >> 12) % 20) - 10;
    if ((random >> 24) % 5 < 3) {
      list.insert(value);
      model.insert(value);
    } else {
      const auto found = model.find(value);
      assert(list.remove(value) == (found != model.end()));
      if (found != model.end()) model.erase(found);
    }
    assert(list.values() == std::vector<int>(model.begin(), model.end()));
  }
}
