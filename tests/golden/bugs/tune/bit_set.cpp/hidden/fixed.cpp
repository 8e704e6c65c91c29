// A set of small numbers, 0 to 63, in one word.
#include <cstdint>
#include <string>

class BitSet {
 public:
  void insert(int n) { bits_ |= bit(n); }
  void erase(int n) { bits_ &= ~bit(n); }
  bool contains(int n) const { return (bits_ & bit(n)) != 0; }
  bool empty() const { return bits_ == 0; }

  int size() const {
    int count = 0;
    for (std::uint64_t rest = bits_; rest != 0; rest &= rest - 1) ++count;
    return count;
  }

  // The numbers in this set and not in the other one.
  BitSet without(const BitSet& other) const {
    BitSet result;
    result.bits_ = bits_ & ~other.bits_;
    return result;
  }

  // Such as "{1, 5, 63}", ascending.
  std::string text() const {
    std::string text = "{";
    for (int n = 0; n < 64; ++n) {
      if (!contains(n)) continue;
      if (text.size() > 1) text += ", ";
      text += std::to_string(n);
    }
    return text + "}";
  }

 private:
  static std::uint64_t bit(int n) { return std::uint64_t{1} << n; }

  std::uint64_t bits_ = 0;
};
