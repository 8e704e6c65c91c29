// Letters of a text.
#include <memory>
#include <string>

// How often each of the letters a to z occurs, in either case.
struct LetterCounts {
  int counts[26];

  void add(const std::string& text) {
    for (char c : text) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
      if (c >= 'a' && c <= 'z') ++counts[c - 'a'];
    }
  }

  int of(char letter) const { return counts[letter - 'a']; }
};

// Whether two texts have the same letters equally often, other characters left aside.
bool anagrams(const std::string& a, const std::string& b) {
  const auto left = std::make_unique<LetterCounts>();
  const auto right = std::make_unique<LetterCounts>();
  left->add(a);
  right->add(b);
  for (char c = 'a'; c <= 'z'; ++c) {
    if (left->of(c) != right->of(c)) return false;
  }
  return true;
}

// The most frequent letter, the first in the alphabet of several; 0 if there are no letters.
char most_frequent(const std::string& text) {
  std::unique_ptr<LetterCounts> found(new LetterCounts);
  found->add(text);
  char best = 0;
  int most = 0;
  for (char c = 'a'; c <= 'z'; ++c) {
    if (found->of(c) > most) {
      most = found->of(c);
      best = c;
    }
  }
  return best;
}
