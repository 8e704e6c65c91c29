// A hash table from whole numbers to texts, with chains.
#include <string>
#include <utility>
#include <vector>

class Table {
 public:
  // Sets the text of a key, any int.
  void set(int key, const std::string& text) {
    if (std::string* found = find(key)) {
      *found = text;
      return;
    }
    if (size_ == 2 * static_cast<int>(buckets_.size())) grow();
    buckets_[bucket_of(key)].push_back({key, text});
    ++size_;
  }

  // The text of a key, null if it has none; valid until the next call of set or erase.
  const std::string* get(int key) const { return const_cast<Table*>(this)->find(key); }

  // Forgets a key; says whether it was there.
  bool erase(int key) {
    Chain& chain = buckets_[bucket_of(key)];
    for (std::size_t i = 0; i < chain.size(); ++i) {
      if (chain[i].first != key) continue;
      chain.erase(chain.begin() + static_cast<std::ptrdiff_t>(i));
      --size_;
      return true;
    }
    return false;
  }

  int size() const { return size_; }

 private:
  using Chain = std::vector<std::pair<int, std::string>>;

  int bucket_of(int key) const {
    const int count = static_cast<int>(buckets_.size());
    const int rest = key % count;
    return rest < 0 ? rest + count : rest;
  }

  std::string* find(int key) {
    for (auto& [other, text] : buckets_[bucket_of(key)]) {
      if (other == key) return &text;
    }
    return nullptr;
  }

  void grow() {
    std::vector<Chain> old(buckets_.size() * 2 + 1);
    old.swap(buckets_);
    for (Chain& chain : old) {
      for (auto& entry : chain) buckets_[bucket_of(entry.first)].push_back(std::move(entry));
    }
  }

  std::vector<Chain> buckets_ = std::vector<Chain>(3);
  int size_ = 0;
};
