// A hash of texts and a table of counts that uses it.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

// The polynomial hash c0 * 31^(n-1) + ... + c(n-1), modulo 2^32, of the text's bytes.
std::uint32_t hash(const std::string& text) {
  std::uint32_t value = 0;
  for (unsigned char byte : text) value = value * 31 + byte;
  return value;
}

// Counts texts.
class Counter {
 public:
  // The number of buckets is at least 1.
  explicit Counter(std::size_t buckets) : buckets_(buckets) {}

  void add(const std::string& text) { ++slot(text); }
  int count(const std::string& text) { return slot(text); }

 private:
  int& slot(const std::string& text) {
    auto& bucket = buckets_[hash(text) % buckets_.size()];
    for (auto& entry : bucket) {
      if (entry.first == text) return entry.second;
    }
    bucket.emplace_back(text, 0);
    return bucket.back().second;
  }

  std::vector<std::vector<std::pair<std::string, int>>> buckets_;
};
