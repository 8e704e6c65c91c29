#include "engine/backend/cpu/experts.h"

#include <algorithm>
#include <numeric>

#include "engine/backend/cpu/tile_experts.h"

namespace engine::backend::cpu {
namespace {

constexpr int token_step = 16;  // tokens of one task where the work on each is small

template <typename Task>
void for_each_token(const Machine& machine, int tokens, const Task& task) {
  machine.threads.parallel_for((tokens + token_step - 1) / token_step, [&](int step, int thread) {
    const int first = step * token_step;
    for (int token = first; token < std::min(tokens, first + token_step); ++token) {
      task(token, thread);
    }
  });
}

void add(std::span<float> y, std::span<const float> x, float weight) {
  for (size_t i = 0; i < y.size(); ++i) y[i] += weight * x[i];
}

using Activate = void (*)(float* gate, const float* up, int size);

// gate = silu(gate) ⊙ up, or as `function` has it, and rounded for the next product.
// `prepare` is called with each row before.
template <typename Prepare>
void activate(const Machine& machine, Activate function, Activations& gate, Activations& up,
              const WeightStack& down, const Prepare& prepare) {
  gate.begin_rounding(machine);
  const int tasks = (gate.rows() + token_step - 1) / token_step;
  machine.threads.parallel_for(tasks, [&](int task, int) {
    const int first = task * token_step, end = std::min(gate.rows(), first + token_step);
    for (int row = first; row < end; ++row) {
      prepare(row);
      function(gate.row(row).data(), up.row(row).data(), gate.width());
    }
    if (down.takes_rounded()) gate.quantize_rows(machine, first, end - first);
  });
}

void activate(const Machine& machine, Activations& gate, Activations& up, const WeightStack& down) {
  activate(machine, machine.floats.swiglu, gate, up, down, [](int) {});
}

std::span<const float> bias_of(const model::Vector& biases, int expert, int width) {
  if (biases.empty()) return {};
  return std::span(biases).subspan(size_t(expert) * width, width);
}

// Of the rows of experts, which may have biases.
void activate_experts(const Machine& machine, const model::Experts& config, const Layer& layer,
                      ExpertScratch& s) {
  const model::ExpertWeights& source = layer.source->experts;
  const bool clamped = config.activation == model::Activation::clamped_swiglu;
  const auto function = clamped ? machine.floats.clamped_swiglu : machine.floats.swiglu;
  activate(machine, function, s.gate, s.up, layer.experts.down, [&](int pair) {
    const int expert = s.choices[pair].expert;
    if (expert < 0 || !config.has_biases) return;
    add(s.gate.row(pair), bias_of(source.gate_bias, expert, s.gate.width()), 1);
    add(s.up.row(pair), bias_of(source.up_bias, expert, s.up.width()), 1);
  });
}

void choose(const Machine& machine, const model::Experts& config, const Layer& layer,
            std::span<const Row> x, std::vector<reference::Choice>& choices) {
  const int tokens = static_cast<int>(x.size());
  choices.resize(size_t(tokens) * config.used);
  const int steps = (tokens + token_step - 1) / token_step;
  machine.threads.parallel_for(steps, [&](int step, int thread) {
    const int first = step * token_step, count = std::min(token_step, tokens - first);
    model::Vector logits(size_t(count) * config.count);
    float* targets[token_step];
    for (int t = 0; t < count; ++t) targets[t] = logits.data() + size_t(t) * config.count;
    multiply_groups(machine, {&layer.router, 0, x.subspan(first, count), {targets, size_t(count)}},
                    0, layer.router.groups(), thread);
    const model::Vector& bias = layer.source->experts.router_bias;
    for (int t = 0; t < count; ++t) {
      if (!bias.empty()) add({targets[t], bias.size()}, bias, 1);
      const auto chosen = reference::moe_gate(config, {targets[t], size_t(config.count)},
                                              layer.source->experts.selection_bias);
      std::copy(chosen.begin(), chosen.end(), choices.begin() + size_t(first + t) * config.used);
    }
  });
}

// The rows of one expert: pairs of token and choice, as indices into [token][used].
using Visits = std::vector<std::vector<int>>;

Visits visits_of(std::span<const reference::Choice> choices, int experts) {
  Visits visits(experts);
  for (size_t pair = 0; pair < choices.size(); ++pair) {
    if (choices[pair].expert < 0) continue;
    visits[choices[pair].expert].push_back(static_cast<int>(pair));
  }
  return visits;
}

// Collects products and owns the lists of rows they point to.
class Products {
 public:
  // A product of all rows.
  void add(const WeightStack& weights, const Activations& x, Activations& y) {
    push(weights, 0, x.views(), targets(y));
  }
  // A product of one expert: x(pair) to row `pair` of y.
  template <typename Source>
  void add(const WeightStack& weights, int expert, std::span<const int> pairs, const Source& x,
           Activations& y) {
    std::vector<Row> rows;
    std::vector<float*> results;
    for (const int pair : pairs) {
      rows.push_back(x(pair));
      results.push_back(y.row(pair).data());
    }
    push(weights, expert, std::move(rows), std::move(results));
  }
  void run(const Machine& machine) const { multiply(machine, products_); }

 private:
  void push(const WeightStack& weights, int index, std::vector<Row> x, std::vector<float*> y) {
    inputs_.push_back(std::move(x));
    outputs_.push_back(std::move(y));
    // Moving a vector keeps its elements where they are, so these views stay good.
    products_.push_back({&weights, index, inputs_.back(), outputs_.back()});
  }

  std::vector<std::vector<Row>> inputs_;
  std::vector<std::vector<float*>> outputs_;
  std::vector<Product> products_;
};

void resize_hidden(Activations& gate, Activations& up, Activations& down, int rows,
                   const FeedForward& weights) {
  gate.resize(rows, weights.gate.rows());
  up.resize(rows, weights.gate.rows());
  down.resize(rows, weights.down.rows());
}

// Rows that no product writes are activated with the others.
void clear_unused(ExpertScratch& scratch) {
  for (size_t pair = 0; pair < scratch.choices.size(); ++pair) {
    if (scratch.choices[pair].expert >= 0) continue;
    for (Activations* rows : {&scratch.gate, &scratch.up}) {
      const auto row = rows->row(static_cast<int>(pair));
      std::fill(row.begin(), row.end(), 0.0F);
    }
  }
}

// A branch of all tokens.
Branch whole_branch(const FeedForward& weights, int tokens) {
  Branch branch{&weights, 0, std::vector<int>(tokens), std::vector<float>(tokens, 1.0f)};
  std::iota(branch.tokens.begin(), branch.tokens.end(), 0);
  return branch;
}

std::vector<Branch> branches_of(const model::Experts& config, const Layer& layer, bool shared,
                                int tokens, std::span<const reference::Choice> choices) {
  std::vector<Branch> visited(config.count), result;
  for (size_t pair = 0; pair < choices.size(); ++pair) {
    if (choices[pair].expert < 0) continue;
    Branch& branch = visited[choices[pair].expert];
    branch.tokens.push_back(static_cast<int>(pair) / config.used);
    branch.shares.push_back(choices[pair].weight);
  }
  if (shared) result.push_back(whole_branch(layer.shared, tokens));
  for (int expert = 0; expert < config.count; ++expert) {
    if (visited[expert].tokens.empty()) continue;
    visited[expert].weights = &layer.experts;
    visited[expert].index = expert;
    result.push_back(std::move(visited[expert]));
  }
  return result;
}

}  // namespace

RunEnd feed_forward(const Machine& machine, const FeedForward& weights, Activations& x,
                    Activations& y, ExpertScratch& scratch, const KeepGoing& keep_going) {
  ExpertScratch& s = scratch;
  if (takes_tiles(machine, weights)) {
    const Branch branch = whole_branch(weights, x.rows());
    return run_branches(machine, {&branch, 1}, x, y, s.hidden, keep_going);
  }
  resize_hidden(s.shared_gate, s.shared_up, s.shared_down, x.rows(), weights);
  Products in, out;
  in.add(weights.gate, x, s.shared_gate);
  in.add(weights.up, x, s.shared_up);
  in.run(machine);
  activate(machine, s.shared_gate, s.shared_up, weights.down);
  out.add(weights.down, s.shared_gate, s.shared_down);
  out.run(machine);
  for_each_token(machine, y.rows(), [&](int t, int) { add(y.row(t), s.shared_down.row(t), 1); });
  return RunEnd::finished;
}

RunEnd experts(const Machine& machine, const model::Experts& config, const Layer& layer,
               Activations& x, Activations& y, ExpertScratch& scratch,
               const KeepGoing& keep_going) {
  choose(machine, config, layer, x.views(), scratch.choices);
  const auto shared = config.shared > 0 ? SharedExperts::yes : SharedExperts::no;
  return chosen_experts(machine, config, layer, shared, x, y, scratch, keep_going);
}

RunEnd chosen_experts(const Machine& machine, const model::Experts& config, const Layer& layer,
                      SharedExperts with_shared, Activations& x, Activations& y,
                      ExpertScratch& scratch, const KeepGoing& keep_going) {
  ExpertScratch& s = scratch;
  const auto rows = x.views();
  const bool shared = with_shared == SharedExperts::yes;
  const bool plain = !config.has_biases && config.activation == model::Activation::swiglu;
  if (plain && takes_tiles(machine, layer.experts) &&
      (!shared || takes_tiles(machine, layer.shared))) {
    return run_branches(machine, branches_of(config, layer, shared, x.rows(), s.choices), x, y,
                        s.hidden, keep_going);
  }
  const Visits visits = visits_of(s.choices, config.count);
  resize_hidden(s.gate, s.up, s.down, x.rows() * config.used, layer.experts);
  if (shared) resize_hidden(s.shared_gate, s.shared_up, s.shared_down, x.rows(), layer.shared);
  clear_unused(s);

  Products in, out;
  const auto token_row = [&](int pair) { return rows[pair / config.used]; };
  for (int expert = 0; expert < config.count; ++expert) {
    if (visits[expert].empty()) continue;
    in.add(layer.experts.gate, expert, visits[expert], token_row, s.gate);
    in.add(layer.experts.up, expert, visits[expert], token_row, s.up);
  }
  if (shared) in.add(layer.shared.gate, x, s.shared_gate);
  if (shared) in.add(layer.shared.up, x, s.shared_up);
  in.run(machine);
  activate_experts(machine, config, layer, s);
  if (shared) activate(machine, s.shared_gate, s.shared_up, layer.shared.down);

  for (int expert = 0; expert < config.count; ++expert) {
    if (visits[expert].empty()) continue;
    const auto pair_row = [&](int pair) { return s.gate.view(pair); };
    out.add(layer.experts.down, expert, visits[expert], pair_row, s.down);
  }
  if (shared) out.add(layer.shared.down, s.shared_gate, s.shared_down);
  out.run(machine);
  for_each_token(machine, y.rows(), [&](int token, int) {
    for (int pair = token * config.used; pair < (token + 1) * config.used; ++pair) {
      if (s.choices[pair].expert < 0) continue;
      const auto [expert, weight] = s.choices[pair];
      add(y.row(token), s.down.row(pair), weight);
      if (!config.has_biases) continue;
      add(y.row(token), bias_of(layer.source->experts.down_bias, expert, y.width()), weight);
    }
    if (shared) add(y.row(token), s.shared_down.row(token), 1);
  });
  return RunEnd::finished;
}

}  // namespace engine::backend::cpu
