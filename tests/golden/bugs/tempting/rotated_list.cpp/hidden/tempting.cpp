// Rotates and reverses lists.
#include <string>
#include <vector>

// The list with every item moved to the right by `places` (0 or more); what leaves the right end
// comes back at the left one.
std::vector<int> rotated(const std::vector<int>& items, std::size_t places) {
  const std::size_t size = items.size();
  std::vector<int> result(size);
  for (std::size_t i = 0; i < size; ++i) result[(i + 1) % size] = items[i];
  return result;
}

// The list with the items from one index up to another, that one excluded, in reverse order.
std::vector<int> reversed(std::vector<int> items, std::size_t begin, std::size_t end) {
  for (; begin + 1 < end; ++begin, --end) std::swap(items[begin], items[end - 1]);
  return items;
}

std::string text(const std::vector<int>& items) {
  std::string result;
  for (int item : items) result += (result.empty() ? "" : " ") + std::to_string(item);
  return result;
}
