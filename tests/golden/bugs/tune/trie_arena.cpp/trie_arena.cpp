// A trie of lower-case words whose nodes lie in one vector and name each other by index.
#include <array>
#include <string>
#include <vector>

class Trie {
 public:
  // Adds a word of the letters a to z; adding it again changes nothing.
  void add(const std::string& word) {
    int at = 0;
    for (char c : word) {
      const int letter = c - 'a';
      Node& node = nodes_[at];
      if (node.next[letter] != 0) {
        at = node.next[letter];
        continue;
      }
      nodes_.emplace_back();
      node.next[letter] = static_cast<int>(nodes_.size()) - 1;
      at = node.next[letter];
    }
    nodes_[at].is_word = true;
  }

  bool contains(const std::string& word) const {
    const int at = find(word);
    return at >= 0 && nodes_[at].is_word;
  }

  // Every word that begins with a prefix, in alphabetical order.
  std::vector<std::string> complete(const std::string& prefix) const {
    std::vector<std::string> words;
    const int at = find(prefix);
    if (at >= 0) collect(at, prefix, words);
    return words;
  }

 private:
  struct Node {
    std::array<int, 26> next{};  // 0: no such child, as the root is nobody's child
    bool is_word = false;
  };

  // Index of the node that a prefix leads to, -1 if there is none.
  int find(const std::string& prefix) const {
    int at = 0;
    for (char c : prefix) {
      at = nodes_[at].next[c - 'a'];
      if (at == 0) return -1;
    }
    return at;
  }

  void collect(int at, const std::string& text, std::vector<std::string>& words) const {
    if (nodes_[at].is_word) words.push_back(text);
    for (int letter = 0; letter < 26; ++letter) {
      const int child = nodes_[at].next[letter];
      if (child != 0) collect(child, text + static_cast<char>('a' + letter), words);
    }
  }

  std::vector<Node> nodes_{1};
};
