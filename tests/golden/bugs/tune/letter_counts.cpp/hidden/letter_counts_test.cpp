#include "letter_counts.cpp"

#include <cassert>

int main() {
  assert(most_frequent("") == 0);
  assert(most_frequent("123 !") == 0);
  assert(most_frequent("zz top") == 'z');
  assert(most_frequent("Bb aA") == 'a');
  assert(anagrams("", "?"));
  assert(anagrams("A gentleman", "Elegant man"));
  assert(!anagrams("ab", "aab"));
  auto counts = std::make_unique<LetterCounts>();
  counts->add("Hello");
  counts->add("World");
  assert(counts->of('l') == 3 && counts->of('o') == 2 && counts->of('z') == 0);
  std::unique_ptr<LetterCounts> plain(new LetterCounts);
  for (char c = 'a'; c <= 'z'; ++c) assert(plain->of(c) == 0);
}
