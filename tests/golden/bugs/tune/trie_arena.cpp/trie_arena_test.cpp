#include "trie_arena.cpp"

#include <cassert>

void an_empty_trie() {
  const Trie trie;
  assert(!trie.contains("a") && trie.complete("").empty());
}

void words_and_prefixes() {
  Trie trie;
  trie.add("car");
  trie.add("cart");
  assert(trie.contains("car") && trie.contains("cart"));
  assert(!trie.contains("ca") && !trie.contains("carts"));
}

void completion_is_sorted() {
  Trie trie;
  for (const char* word : {"tea", "ten", "to", "in"}) trie.add(word);
  assert((trie.complete("te") == std::vector<std::string>{"tea", "ten"}));
}

int main() {
  an_empty_trie();
  words_and_prefixes();
  completion_is_sorted();
}
