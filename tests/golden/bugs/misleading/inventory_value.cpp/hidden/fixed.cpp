// Worth of a stock.
#include <cstdint>
#include <vector>

struct Item {
  int cents;
  int count;
};

// Cents of all items together; each part fits into an int, their products and sum may not.
std::int64_t value(const std::vector<Item>& items) {
  std::int64_t sum = 0;
  for (const Item& item : items) sum += static_cast<std::int64_t>(item.cents) * item.count;
  return sum;
}

// Mean value of one item in cents, rounded down; 0 for an empty stock.
std::int64_t mean_value(const std::vector<Item>& items) {
  std::int64_t count = 0;
  for (const Item& item : items) count += item.count;
  return count == 0 ? 0 : value(items) / count;
}
