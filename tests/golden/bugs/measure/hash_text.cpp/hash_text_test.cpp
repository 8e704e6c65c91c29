#include "hash_text.cpp"

#include <cassert>

int main() {
  // Short texts.
  assert(hash("") == 0);
  assert(hash("a") == 97);
  assert(hash("ab") == 97 * 31 + 98);
  // Counting.
  Counter counter(3);
  counter.add("tea");
  counter.add("tea");
  counter.add("cup");
  assert(counter.count("tea") == 2 && counter.count("cup") == 1 && counter.count("pot") == 0);
  // A long text.
  assert(hash("polynomial") == 3215128276u);
}
