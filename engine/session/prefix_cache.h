// The KV blocks of all that was computed lately, as a tree: a node is one block, its key the tokens
// in it, and the path from the root the whole text before it. Any sequence that begins with the
// same tokens shares the blocks; sharing is exact, since a block depends on nothing but that path.
//
// Full blocks are shared as they are. A block that is only partly full, or of which only the
// beginning agrees, can be copied: its first positions are as good (`best_tail`).
//
// The tree counts each of its blocks once in the pool. It grows until the pool is full; then
// `evict` gives up the least recently used block that nobody else holds, leaves first.
//
// Partitions are trees of their own over one pool: a text of one is never found from another.
//
// Not thread-safe: owned by the engine's thread.
#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "engine/backend/block_pool.h"
#include "engine/session/prefix_key.h"
#include "engine/tokenizer/tokenizer.h"

namespace engine::session {

using tokenizer::Token;

class PrefixCache {
 public:
  struct Node;
  struct Tail {
    backend::BlockId block = -1;
    int tokens = 0;  // that agree; 0: none
  };

  // `empty` is the key of the empty text.
  explicit PrefixCache(backend::BlockPool& pool, PrefixKey empty = {});
  PrefixCache(const PrefixCache&) = delete;
  PrefixCache& operator=(const PrefixCache&) = delete;
  ~PrefixCache();

  Node* root(uint64_t partition = 0);
  static backend::BlockId block(const Node& node);
  static std::span<const Token> tokens(const Node& node);
  static const PrefixKey& key(const Node& node);  // of the text up to its end, where it is full
  static uint64_t partition(const Node& node);
  // From when it was inserted to its last use.
  static std::chrono::steady_clock::duration age(const Node& node);
  size_t size() const { return nodes_.size(); }  // blocks in the tree

  // The full block `tokens` [block_tokens] below `parent`, or null. A node stays where it is while
  // somebody else holds its block or that of a node below it.
  Node* find(Node* parent, std::span<const Token> tokens);

  // The block below `parent` that begins with the most of `tokens`.
  Tail best_tail(Node* parent, std::span<const Token> tokens);

  // Adds a block holding `tokens` (1 … block_tokens) below `parent`, and counts it. Returns the
  // node that is there afterwards: an older one where a block with these tokens, or with more of
  // the same, was there already.
  Node* insert(Node* parent, std::span<const Token> tokens, backend::BlockId block);

  // The blocks of partition 0's text used last, in order.
  std::vector<const Node*> latest() const;

  struct Text {
    std::vector<Token> tokens;
    std::vector<backend::BlockId> blocks;
  };
  // Up to `most` texts of partition 0, those used last first; of several that differ in their last
  // block alone one.
  std::vector<Text> recent(size_t most) const;

  // Frees one block, after `before` was told. False when every block is held by somebody else too.
  bool evict(const std::function<void(const Node&)>& before = {});

 private:
  struct Lexicographic {
    bool operator()(std::span<const Token> a, std::span<const Token> b) const;
  };
  using Children = std::map<std::span<const Token>, Node*, Lexicographic>;
  using Order = std::list<std::unique_ptr<Node>>;

  void touch(Node* node);
  void remove(Node* node);

  backend::BlockPool& pool_;
  const PrefixKey empty_;
  std::map<uint64_t, std::unique_ptr<Node>> roots_;  // by partition; they have no parent
  Order nodes_;  // most recently used first, a parent before its children
};

}  // namespace engine::session
