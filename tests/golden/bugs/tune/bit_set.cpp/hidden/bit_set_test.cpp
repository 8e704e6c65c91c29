#include "bit_set.cpp"

#include <cassert>
#include <set>

int main() {
  BitSet set, other;
  std::set<int> model;
  unsigned random = 1;
  for (int i = 0; i < 500; ++i) {
    random = random * 1664525u + 1013904223u;
    const int n = (random >> 10) % 64;
    if ((random >> 20) % 2) {
      set.insert(n);
      model.insert(n);
    } else {
      set.erase(n);
      model.erase(n);
    }
    if (i % 3 == 0) other.insert(63 - n);
    assert(set.size() == static_cast<int>(model.size()));
    assert(set.empty() == model.empty());
    const BitSet rest = set.without(other);
    for (int k = 0; k < 64; ++k) {
      assert(set.contains(k) == (model.count(k) != 0));
      assert(rest.contains(k) == (set.contains(k) && !other.contains(k)));
    }
  }
  BitSet twice;
  twice.erase(0);
  twice.erase(63);
  assert(twice.empty() && twice.text() == "{}");
}
