#include "engine/decode/memory/neighbours.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace engine::decode::memory {

namespace {

// As the language server has it (lsp/context/workspace.cpp, buffers.cpp): seven files, half a
// megabyte together, and the names within forty lines before and ten after.
constexpr size_t most_neighbours = 7;
constexpr size_t most_tokens = 130'000;
constexpr size_t largest_neighbour = 32'000;  // tokens
constexpr size_t tokens_before = 400, tokens_after = 100;
constexpr size_t most_buffered_tokens = 10'000'000;  // some 80 bytes each

}  // namespace

Neighbours::Neighbours(const Corpus& corpus, std::span<const Text* const> texts) : corpus_(corpus) {
  for (const Text* text : texts) {
    Project& project = projects_[{text->family, text->project}];
    const size_t index = project.texts.size();
    project.texts.push_back(text);
    for (const Token token : std::set<Token>(text->tokens.begin(), text->tokens.end())) {
      if (is_word(token)) project.having[token].push_back(index);
    }
  }
}

bool Neighbours::is_word(Token token) const {
  const Shape shape = corpus_.traits(token).shape;
  return shape == Shape::word || shape == Shape::spaced_word || shape == Shape::joined_word;
}

std::vector<const Text*> Neighbours::most_related(const Text& text, std::span<const Token> before,
                                                  std::span<const Token> after) const {
  const Project& project = projects_.at({text.family, text.project});
  before = before.last(std::min(before.size(), tokens_before));
  after = after.first(std::min(after.size(), tokens_after));
  std::set<Token> near(before.begin(), before.end());
  near.insert(after.begin(), after.end());

  const auto count = static_cast<float>(project.texts.size());
  std::vector<std::pair<float, size_t>> scores(project.texts.size());
  for (size_t i = 0; i < scores.size(); ++i) scores[i].second = i;
  for (const Token token : near) {
    const auto found = project.having.find(token);
    if (found == project.having.end()) continue;
    // Where all texts of a small project have a word, it still tells a little.
    const float rarity = std::log((count + 1) / static_cast<float>(found->second.size()));
    for (const size_t index : found->second) scores[index].first -= rarity;
  }
  std::sort(scores.begin(), scores.end());
  std::vector<const Text*> related;
  size_t tokens = 0;
  for (const auto& [score, index] : scores) {
    const Text* other = project.texts[index];
    if (related.size() == most_neighbours || score == 0) break;
    if (other == &text || other->tokens.size() > largest_neighbour) continue;
    tokens += other->tokens.size();
    if (tokens > most_tokens) break;
    related.push_back(other);
  }
  return related;
}

std::shared_ptr<const Buffer> Neighbours::buffer(const Text& text) {
  if (const auto found = buffers_.find(&text); found != buffers_.end()) return found->second;
  if (buffered_tokens_ > most_buffered_tokens) {
    buffers_.clear();
    buffered_tokens_ = 0;
  }
  buffered_tokens_ += text.tokens.size();
  return buffers_[&text] = std::make_shared<const Buffer>(text.tokens);
}

std::vector<std::shared_ptr<const Buffer>> Neighbours::of(const Text& text,
                                                          std::span<const Token> before,
                                                          std::span<const Token> after) {
  std::vector<std::shared_ptr<const Buffer>> result;
  for (const Text* other : most_related(text, before, after)) result.push_back(buffer(*other));
  return result;
}

}  // namespace engine::decode::memory
