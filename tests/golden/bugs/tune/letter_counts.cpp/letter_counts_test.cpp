#include "letter_counts.cpp"

#include <cassert>

int main() {
  // Anagrams.
  assert(anagrams("Listen", "Silent!"));
  assert(!anagrams("tea", "tee"));
  // The most frequent letter.
  assert(most_frequent("banana") == 'a');
}
