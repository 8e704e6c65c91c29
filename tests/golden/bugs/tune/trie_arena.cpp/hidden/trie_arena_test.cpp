#include "trie_arena.cpp"

#include <cassert>
#include <set>

int main() {
  Trie trie;
  std::set<std::string> model;
  unsigned random = 11;
  for (int i = 0; i < 300; ++i) {
    std::string word;
    random = random * 1664525u + 1013904223u;
    const int length = (random >> 10) % 5;
    for (int k = 0; k < length; ++k) {
      random = random * 1664525u + 1013904223u;
      word += static_cast<char>('a' + (random >> 16) % 4 * 8);
    }
    assert(trie.contains(word) == (model.count(word) != 0));
    trie.add(word);
    model.insert(word);
    assert(trie.contains(word));
  }
  assert((trie.complete("") == std::vector<std::string>(model.begin(), model.end())));
  for (const std::string& word : trie.complete("ai")) {
    assert(word.rfind("ai", 0) == 0 && model.count(word));
  }
  assert(trie.complete("aza").empty());
  Trie with_nothing;
  with_nothing.add("");
  assert(with_nothing.contains("") && with_nothing.complete("z").empty());
}
