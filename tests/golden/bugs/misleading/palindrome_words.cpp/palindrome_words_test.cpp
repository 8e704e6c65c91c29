#include "palindrome_words.cpp"

#include <cassert>

int main() {
  // Plain words.
  assert(is_palindrome("level") && !is_palindrome("levels") && is_palindrome(""));
  // Spaces.
  assert(is_palindrome("nurses run"));
  // Parts of words.
  assert(longest_palindrome("bananas") == "anana");
  // Case.
  assert(is_palindrome("Never odd or even"));
}
