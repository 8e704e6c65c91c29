#include "binary_heap.cpp"

#include <algorithm>
#include <cassert>

int main() {
  assert((heap_sorted({3, 3, 1}) == std::vector<int>{1, 3, 3}));
  unsigned random = 2;
  for (int length = 0; length < 60; ++length) {
    std::vector<int> numbers;
    for (int i = 0; i < length; ++i) {
      random = random * 1664525u + 1013904223u;
      numbers.push_back(static_cast<int>((random >> 16) % 50) - 25);
    }
    std::vector<int> sorted = numbers;
    std::sort(sorted.begin(), sorted.end());
    assert(heap_sorted(numbers) == sorted);
    for (std::size_t count : {0u, 1u, 3u, 10u, 100u}) {
      const std::size_t kept = std::min(count, sorted.size());
      assert((largest(numbers, count) ==
              std::vector<int>(sorted.end() - static_cast<std::ptrdiff_t>(kept), sorted.end())));
    }
  }
}
