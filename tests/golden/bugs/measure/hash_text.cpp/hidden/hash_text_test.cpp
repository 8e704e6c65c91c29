#include "hash_text.cpp"

#include <cassert>

int main() {
  const std::string text = "the quick brown fox jumps over the lazy dog";
  unsigned long long expected = 0;
  for (std::size_t length = 0; length < text.size(); ++length) {
    assert(hash(text.substr(0, length)) == expected);
    expected = (expected * 31 + text[length]) & 0xFFFFFFFFull;
  }
  assert(hash("\xff\xff") == 255u * 31 + 255);
  Counter counter(7);
  for (int i = 0; i < 300; ++i) counter.add("number " + std::to_string(i % 100));
  for (int i = 0; i < 100; ++i) assert(counter.count("number " + std::to_string(i)) == 3);
  assert(counter.count("none") == 0);
}
