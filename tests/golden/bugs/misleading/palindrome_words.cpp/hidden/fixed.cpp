// Palindromes.
#include <cctype>
#include <string>

// Whether the letters and digits of a text read the same in both directions; case and all other
// characters do not matter.
bool is_palindrome(const std::string& text) {
  std::string kept;
  for (unsigned char c : text) {
    if (std::isalnum(c)) kept += static_cast<char>(std::tolower(c));
  }
  return std::string(kept.rbegin(), kept.rend()) == kept;
}

// The longest part of a word, of characters side by side, that is a palindrome as it is; the first
// of several.
std::string longest_palindrome(const std::string& word) {
  std::string best;
  for (std::size_t begin = 0; begin < word.size(); ++begin) {
    for (std::size_t length = 1; begin + length <= word.size(); ++length) {
      const std::string part = word.substr(begin, length);
      if (part.size() > best.size() && std::string(part.rbegin(), part.rend()) == part) best = part;
    }
  }
  return best;
}
