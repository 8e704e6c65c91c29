#include "engine/decode/memory/buffers.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

namespace engine::decode::memory {

namespace {

size_t slot_of(int32_t state, Token token) {
  const uint64_t key = (static_cast<uint64_t>(state) << 32) | static_cast<uint32_t>(token);
  return static_cast<size_t>((key * 0x9E3779B97F4A7C15ull) >> 32);
}

}  // namespace

// The usual online construction, one token at a time; then counts and places flow from long
// contexts to their ends, and the edges of each state are laid side by side.
class AutomatonBuilder {
 public:
  explicit AutomatonBuilder(std::span<const Token> tokens) {
    size_t capacity = 16;
    while (capacity < tokens.size() * 6 + 16) capacity *= 2;
    slots_.assign(capacity, -1);
    nodes_.reserve(tokens.size() * 2 + 1);
    edges_.reserve(tokens.size() * 3 + 1);
    nodes_.push_back({.length = 0, .link = -1});
    for (size_t i = 0; i < tokens.size(); ++i) append(tokens[i], static_cast<int32_t>(i));
    count();
  }

  void move_into(Buffer& buffer) {
    buffer.last_state_ = last_;
    buffer.states_.reserve(nodes_.size());
    buffer.successors_.reserve(edges_.size());
    for (size_t n = 0; n < nodes_.size(); ++n) {
      const int32_t begin = static_cast<int32_t>(buffer.successors_.size());
      int32_t total = 0;
      for (int32_t e = nodes_[n].first_edge; e >= 0; e = edges_[e].next) {
        const Node& target = nodes_[edges_[e].target];
        buffer.successors_.push_back(
            {edges_[e].token, edges_[e].target, target.count, target.first, target.last});
        total += target.count;
      }
      if (buffer.successors_.size() > static_cast<size_t>(begin) + 1) {
        std::sort(buffer.successors_.begin() + begin, buffer.successors_.end(),
                  [](const Successor& a, const Successor& b) { return a.last > b.last; });
      }
      buffer.states_.push_back({nodes_[n].length, nodes_[n].link, begin,
                                static_cast<int32_t>(buffer.successors_.size()), total});
    }
    size_t in_slots = 0;
    for (const auto& state : buffer.states_)
      in_slots += state.is_wide() ? state.end - state.begin : 0;
    buffer.slots_.assign(std::bit_ceil(in_slots * 3 / 2 + 2), -1);
    const size_t mask = buffer.slots_.size() - 1;
    for (size_t n = 0; n < buffer.states_.size(); ++n) {
      const auto& state = buffer.states_[n];
      for (int32_t s = state.begin; s < state.end && state.is_wide(); ++s) {
        size_t slot = slot_of(static_cast<int32_t>(n), buffer.successors_[s].token);
        while (buffer.slots_[slot & mask] >= 0) ++slot;
        buffer.slots_[slot & mask] = s;
      }
    }
  }

 private:
  struct Node {
    int32_t length;
    int32_t link;
    int32_t count = 0;
    int32_t first = -1, last = -1;  // the last token of the first and the last occurrence
    int32_t first_edge = -1;
  };
  struct Edge {
    int32_t owner;
    Token token;
    int32_t target;
    int32_t next;
  };

  size_t mask() const { return slots_.size() - 1; }

  int32_t find(int32_t node, Token token) const {
    for (size_t slot = slot_of(node, token); slots_[slot & mask()] >= 0; ++slot) {
      const Edge& edge = edges_[slots_[slot & mask()]];
      if (edge.owner == node && edge.token == token) return slots_[slot & mask()];
    }
    return -1;
  }

  void add_edge(int32_t node, Token token, int32_t target) {
    size_t slot = slot_of(node, token);
    while (slots_[slot & mask()] >= 0) ++slot;
    slots_[slot & mask()] = static_cast<int32_t>(edges_.size());
    edges_.push_back({node, token, target, nodes_[node].first_edge});
    nodes_[node].first_edge = static_cast<int32_t>(edges_.size()) - 1;
  }

  void append(Token token, int32_t position) {
    const int32_t added = static_cast<int32_t>(nodes_.size());
    nodes_.push_back({nodes_[last_].length + 1, 0, 1, position, position});
    int32_t node = last_;
    int32_t edge = -1;
    while (node >= 0 && (edge = find(node, token)) < 0) {
      add_edge(node, token, added);
      node = nodes_[node].link;
    }
    if (node >= 0) nodes_[added].link = split(node, edge, token);
    last_ = added;
  }

  // The state of exactly `node` + token: the target of the edge, or a copy of it where the target
  // also stands for longer contexts.
  int32_t split(int32_t node, int32_t edge, Token token) {
    const int32_t target = edges_[edge].target;
    if (nodes_[node].length + 1 == nodes_[target].length) return target;
    const int32_t copy = static_cast<int32_t>(nodes_.size());
    nodes_.push_back({nodes_[node].length + 1, nodes_[target].link, 0, nodes_[target].first,
                      nodes_[target].last});
    for (int32_t e = nodes_[target].first_edge; e >= 0; e = edges_[e].next) {
      const Edge copied = edges_[e];
      add_edge(copy, copied.token, copied.target);
    }
    while (node >= 0 && (edge = find(node, token)) >= 0 && edges_[edge].target == target) {
      edges_[edge].target = copy;
      node = nodes_[node].link;
    }
    nodes_[target].link = copy;
    return copy;
  }

  void count() {
    // Long contexts first, by counting: lengths are at most the number of tokens.
    std::vector<int32_t> ends(static_cast<size_t>(nodes_[last_].length) + 2);
    for (const Node& node : nodes_) ++ends[static_cast<size_t>(node.length) + 1];
    std::partial_sum(ends.begin(), ends.end(), ends.begin());
    std::vector<int32_t> order(nodes_.size());
    for (size_t n = 0; n < nodes_.size(); ++n) {
      order[static_cast<size_t>(ends[static_cast<size_t>(nodes_[n].length)]++)] =
          static_cast<int32_t>(n);
    }
    for (size_t i = order.size(); i-- > 1;) {
      const int32_t n = order[i];
      Node& end = nodes_[nodes_[n].link];
      end.count += nodes_[n].count;
      end.last = std::max(end.last, nodes_[n].last);
      end.first = end.first < 0 ? nodes_[n].first : std::min(end.first, nodes_[n].first);
    }
  }

  std::vector<Node> nodes_;
  std::vector<Edge> edges_;
  std::vector<int32_t> slots_;
  int32_t last_ = 0;
};

Buffer::Buffer(std::vector<Token> tokens) : tokens_(std::move(tokens)) {
  AutomatonBuilder(tokens_).move_into(*this);
}

const Successor* Buffer::find(Match match, Token token) const {
  const State& state = states_[match.state];
  if (!state.is_wide()) {
    for (int32_t s = state.begin; s < state.end; ++s) {
      if (successors_[s].token == token) return &successors_[s];
    }
    return nullptr;
  }
  const size_t mask = slots_.size() - 1;
  for (size_t slot = slot_of(match.state, token); slots_[slot & mask] >= 0; ++slot) {
    const int32_t s = slots_[slot & mask];
    if (state.begin <= s && s < state.end && successors_[s].token == token) return &successors_[s];
  }
  return nullptr;
}

Buffer::Match Buffer::follow(Match match, Token token) const {
  for (;; match = shorter(match)) {
    if (const Successor* next = find(match, token)) return {next->state, match.length + 1};
    if (match.state == 0) return {};
  }
}

Buffer::Match Buffer::shorter(Match match) const {
  const int32_t link = states_[match.state].link;
  return link <= 0 ? Match{} : Match{link, states_[link].length};
}

std::span<const Successor> Buffer::successors(Match match) const {
  const State& state = states_[match.state];
  return std::span(successors_).subspan(state.begin, state.end - state.begin);
}

}  // namespace engine::decode::memory
