// One pass over the texts for each order. An n-gram can only occur in two projects if the context
// does, and if the n-gram without its first token does: each pass visits what the last one left
// alive, so that the tables stay small however long the contexts get.

#include "engine/decode/memory/counts.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "engine/decode/memory/corpus.h"

namespace engine::decode::memory {

namespace {

constexpr uint32_t no_project = 0xFFFFFFFF;
constexpr float discount = 0.5f;
constexpr float unseen = 1e-5f;

// The texts of a project one after another: a tally that remembers the last project it met can then
// count projects.
std::vector<const Text*> by_project(std::span<const Text* const> texts) {
  std::vector<const Text*> sorted(texts.begin(), texts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Text* a, const Text* b) { return a->project < b->project; });
  return sorted;
}

// From a hash (never 0) to a tally; open addressing.
class Tallies {
 public:
  struct Tally {
    uint64_t key = 0;
    uint32_t last_project = no_project;
    uint32_t projects = 0;  // or, for a context, (token, project) pairs
    bool emitted = false;
  };

  Tally& of(uint64_t key) {
    if (used_ * 3 > tallies_.size() * 2) grow();
    key |= 1;
    size_t i = key >> 20;
    while (tallies_[i & mask()].key != 0 && tallies_[i & mask()].key != key) ++i;
    Tally& tally = tallies_[i & mask()];
    used_ += tally.key == 0;
    tally.key = key;
    return tally;
  }

 private:
  size_t mask() const { return tallies_.size() - 1; }
  void grow() {
    std::vector<Tally> old(tallies_.size() * 2);
    old.swap(tallies_);
    for (const Tally& tally : old) {
      if (tally.key == 0) continue;
      size_t i = tally.key >> 20;
      while (tallies_[i & mask()].key != 0) ++i;
      tallies_[i & mask()] = tally;
    }
  }

  std::vector<Tally> tallies_ = std::vector<Tally>(1 << 8);
  size_t used_ = 0;
};

// The n-grams of one order, with the hash of the context one token shorter.
struct Order {
  struct Item {
    Ngram ngram;
    uint64_t shorter;
    float probability;  // blended with the shorter contexts
  };
  std::vector<Item> items;  // in order of context and token

  float probability(uint64_t context, Token token) const {
    const auto found =
        std::lower_bound(items.begin(), items.end(), std::pair(context, token),
                         [](const Item& item, const auto& key) {
                           return std::pair(item.ngram.context, item.ngram.token) < key;
                         });
    const bool hit =
        found != items.end() && found->ngram.context == context && found->ngram.token == token;
    return hit ? found->probability : unseen;
  }
};

// The state of all positions of all texts between two passes.
class Counter {
 public:
  Counter(std::span<const Text* const> texts, int family) : texts_(by_project(texts)) {
    size_t size = 0;
    for (const Text* text : texts) size += text->tokens.size();
    contexts_.assign(size, empty_context(family));
    shorter_.assign(size, 0);
    alive_.assign(size, true);
  }

  Order count(int order) {
    if (order > 0) extend(order);
    Tallies ngrams, totals;
    for_each_place(order, [&](size_t place, Token token, uint32_t project) {
      Tallies::Tally& ngram = ngrams.of(extend_context(contexts_[place], token));
      if (ngram.last_project == project) return;
      ngram.last_project = project;
      ++ngram.projects;
      ++totals.of(contexts_[place]).projects;
    });
    Order result;
    std::vector<bool> alive(alive_.size(), false);
    for_each_place(order, [&](size_t place, Token token, uint32_t) {
      Tallies::Tally& ngram = ngrams.of(extend_context(contexts_[place], token));
      if (ngram.projects < 2) return;
      alive[place] = true;
      if (ngram.emitted) return;
      ngram.emitted = true;
      const float share = (static_cast<float>(ngram.projects) - discount) /
                          static_cast<float>(totals.of(contexts_[place]).projects);
      result.items.push_back(
          {{contexts_[place], token, share, ngram.projects, 0}, shorter_[place], share});
    });
    alive_.swap(alive);
    std::sort(result.items.begin(), result.items.end(), [](const auto& a, const auto& b) {
      return std::pair(a.ngram.context, a.ngram.token) < std::pair(b.ngram.context, b.ngram.token);
    });
    return result;
  }

 private:
  // Places whose context of `order` tokens lies inside the text and is alive.
  template <typename Visit>
  void for_each_place(int order, const Visit& visit) {
    size_t base = 0;
    for (const Text* text : texts_) {
      for (size_t i = order; i < text->tokens.size(); ++i) {
        if (order == 0 || alive_[base + i - 1]) visit(base + i, text->tokens[i], text->project);
      }
      base += text->tokens.size();
    }
  }

  void extend(int order) {
    shorter_ = contexts_;
    size_t base = 0;
    for (const Text* text : texts_) {
      for (size_t i = order; i < text->tokens.size(); ++i) {
        contexts_[base + i] = extend_context(contexts_[base + i], text->tokens[i - order]);
      }
      base += text->tokens.size();
    }
  }

  std::vector<const Text*> texts_;
  std::vector<uint64_t> contexts_;  // [place] of the tokens before it
  std::vector<uint64_t> shorter_;   // [place] of one token fewer
  std::vector<bool> alive_;         // [place] the n-gram that ends here has two projects
};

// Blends the shares of an order with the one below, and says what each n-gram adds to it.
void weigh(Order& order, const Order& below) {
  for (size_t begin = 0; begin < order.items.size();) {
    size_t end = begin;
    float sum = 0;
    while (end < order.items.size() &&
           order.items[end].ngram.context == order.items[begin].ngram.context) {
      sum += order.items[end++].ngram.share;
    }
    const float left_over = std::max(0.02f, 1 - sum);
    for (; begin < end; ++begin) {
      Order::Item& item = order.items[begin];
      const float without = below.probability(item.shorter, item.ngram.token);
      item.probability = item.ngram.share + left_over * without;
      item.ngram.gain = static_cast<float>(item.ngram.projects) *
                        std::log(item.probability / std::max(without, unseen));
    }
  }
}

}  // namespace

std::vector<Ngram> count_ngrams(std::span<const Text* const> texts, int family, int max_order) {
  Counter counter(texts, family);
  Order below = counter.count(0);
  std::vector<Ngram> result;
  for (int k = 1; k <= max_order; ++k) {
    Order order = counter.count(k);
    weigh(order, below);
    for (const Order::Item& item : order.items) result.push_back(item.ngram);
    below = std::move(order);
  }
  std::sort(result.begin(), result.end(), [](const Ngram& a, const Ngram& b) {
    return std::pair(a.context, a.token) < std::pair(b.context, b.token);
  });
  return result;
}

std::vector<uint32_t> count_tokens(std::span<const Text* const> texts, size_t vocabulary) {
  std::vector<uint32_t> projects(vocabulary, 0), last(vocabulary, no_project);
  for (const Text* text : by_project(texts)) {
    for (const Token token : text->tokens) {
      if (last[token] == text->project) continue;
      last[token] = text->project;
      ++projects[token];
    }
  }
  return projects;
}

}  // namespace engine::decode::memory
