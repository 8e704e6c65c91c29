#include "palindrome_words.cpp"

#include <cassert>

int main() {
  assert(is_palindrome("A man, a plan, a canal: Panama!"));
  assert(is_palindrome("12/21") && is_palindrome("1-2-1.") && !is_palindrome("12-3"));
  assert(!is_palindrome("ab!") && is_palindrome("?!") && is_palindrome("Aa"));
  assert(!is_palindrome("1a") && is_palindrome("x, X"));
  assert(longest_palindrome("") == "" && longest_palindrome("abc") == "a");
  assert(longest_palindrome("abba") == "abba" && longest_palindrome("Aa") == "A");
}
