#include "engine/session/prefix_cache.h"

#include <algorithm>

#include "engine/base/check.h"

namespace engine::session {

using backend::block_tokens;
using backend::BlockId;

struct PrefixCache::Node {
  Node* parent = nullptr;
  uint64_t partition = 0;
  std::vector<Token> tokens;
  BlockId block = -1;
  PrefixKey key{};
  std::chrono::steady_clock::time_point inserted, used;
  Children children;  // keys view their nodes' tokens; none is the beginning of another
  Order::iterator place;
};

namespace {

int common_beginning(std::span<const Token> a, std::span<const Token> b) {
  const auto [end, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<int>(end - a.begin());
}

bool begins_with(std::span<const Token> text, std::span<const Token> beginning) {
  return common_beginning(text, beginning) == static_cast<int>(beginning.size());
}

}  // namespace

bool PrefixCache::Lexicographic::operator()(std::span<const Token> a,
                                            std::span<const Token> b) const {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

PrefixCache::PrefixCache(backend::BlockPool& pool, PrefixKey empty) : pool_(pool), empty_(empty) {}

PrefixCache::~PrefixCache() {
  for (const auto& node : nodes_) pool_.release(node->block);
}

PrefixCache::Node* PrefixCache::root(uint64_t partition) {
  auto& root = roots_[partition];
  if (!root) {
    root = std::make_unique<Node>();
    root->partition = partition;
    root->key = empty_;
  }
  return root.get();
}

BlockId PrefixCache::block(const Node& node) { return node.block; }

std::span<const Token> PrefixCache::tokens(const Node& node) { return node.tokens; }

const PrefixKey& PrefixCache::key(const Node& node) { return node.key; }

uint64_t PrefixCache::partition(const Node& node) { return node.partition; }

std::chrono::steady_clock::duration PrefixCache::age(const Node& node) {
  return node.used - node.inserted;
}

PrefixCache::Node* PrefixCache::find(Node* parent, std::span<const Token> tokens) {
  INVARIANT(tokens.size() == block_tokens);
  const auto child = parent->children.find(tokens);
  if (child == parent->children.end()) return nullptr;
  touch(child->second);
  return child->second;
}

PrefixCache::Tail PrefixCache::best_tail(Node* parent, std::span<const Token> tokens) {
  // In lexicographic order the keys that agree with `tokens` for longest are its neighbours.
  const auto next = parent->children.lower_bound(tokens);
  Tail best;
  const auto consider = [&](const Children::value_type& child) {
    const int agree = common_beginning(child.first, tokens);
    if (agree <= best.tokens) return;
    best = {child.second->block, agree};
    touch(child.second);
  };
  if (next != parent->children.end()) consider(*next);
  if (next != parent->children.begin()) consider(*std::prev(next));
  return best;
}

PrefixCache::Node* PrefixCache::insert(Node* parent, std::span<const Token> tokens, BlockId block) {
  INVARIANT(!tokens.empty() && tokens.size() <= block_tokens);
  const auto next = parent->children.lower_bound(tokens);
  if (next != parent->children.end() && begins_with(next->first, tokens)) {
    touch(next->second);
    return next->second;
  }
  if (next != parent->children.begin()) {
    const auto previous = std::prev(next);
    if (begins_with(tokens, previous->first)) remove(previous->second);  // this one says more
  }
  pool_.retain(block);
  auto owned = std::make_unique<Node>();
  Node* node = owned.get();
  node->parent = parent;
  node->partition = parent->partition;
  node->tokens.assign(tokens.begin(), tokens.end());
  node->block = block;
  node->key = extend_prefix(parent->key, tokens);
  node->inserted = std::chrono::steady_clock::now();
  nodes_.push_front(std::move(owned));
  node->place = nodes_.begin();
  parent->children.emplace(node->tokens, node);
  touch(node);
  return node;
}

// A touched path lies at the front of its partition's, from the root on.
std::vector<const PrefixCache::Node*> PrefixCache::latest() const {
  std::vector<const Node*> path;
  for (const auto& node : nodes_) {
    if (node->partition != 0) continue;
    const bool goes_on = path.empty() || node->parent == path.back();
    if (!goes_on) break;
    path.push_back(node.get());
  }
  return path;
}

std::vector<PrefixCache::Text> PrefixCache::recent(size_t most) const {
  std::vector<Text> texts;
  std::vector<const Node*> parents;
  for (auto place = nodes_.begin(); place != nodes_.end() && texts.size() < most; ++place) {
    const Node* const leaf = place->get();
    if (leaf->partition != 0 || !leaf->children.empty()) continue;
    if (std::find(parents.begin(), parents.end(), leaf->parent) != parents.end()) continue;
    parents.push_back(leaf->parent);
    std::vector<const Node*> path;
    for (const Node* node = leaf; node->parent; node = node->parent) path.push_back(node);
    Text& text = texts.emplace_back();
    for (auto node = path.rbegin(); node != path.rend(); ++node) {
      text.tokens.insert(text.tokens.end(), (*node)->tokens.begin(), (*node)->tokens.end());
      text.blocks.push_back((*node)->block);
    }
  }
  return texts;
}

bool PrefixCache::evict(const std::function<void(const Node&)>& before) {
  for (auto place = nodes_.rbegin(); place != nodes_.rend(); ++place) {
    Node* node = place->get();
    if (!node->children.empty() || pool_.references(node->block) > 1) continue;
    if (before) before(*node);
    remove(node);
    return true;
  }
  return false;
}

// Parents come after their children here and so before them in the order.
void PrefixCache::touch(Node* node) {
  const auto now = std::chrono::steady_clock::now();
  for (; node->parent; node = node->parent) {
    nodes_.splice(nodes_.begin(), nodes_, node->place);
    node->used = now;
  }
}

void PrefixCache::remove(Node* node) {
  INVARIANT(node->children.empty());
  node->parent->children.erase(node->tokens);
  pool_.release(node->block);
  nodes_.erase(node->place);
}

}  // namespace engine::session
