// Frequencies of words; as a program it prints those of a sentence.
#include <algorithm>
#include <cctype>
#include <iostream>
#include <string>
#include <vector>

// Words in lower case: runs of letters.
std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> found;
  std::string word;
  for (char c : text + " ") {
    if (std::isalpha(static_cast<unsigned char>(c))) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!word.empty()) {
      found.push_back(word);
      word.clear();
    }
  }
  return found;
}

// Words with their counts, the most frequent first, equally frequent ones by the alphabet.
std::vector<std::pair<std::string, int>> frequencies(const std::string& text) {
  std::map<std::string, int> counts;
  for (const std::string& word : words(text)) ++counts[word];
  std::vector<std::pair<std::string, int>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return sorted;
}

int main() {
  for (const auto& [word, count] : frequencies("The cat and the dog and the bird.")) {
    std::cout << word << ' ' << count << '\n';
  }
}
