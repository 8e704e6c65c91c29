#include "tests/engine/session/toy_backend.h"

#include <algorithm>
#include <cstring>

#include "engine/backend/batch.h"

namespace support {
namespace {

using engine::backend::block_tokens;
using engine::backend::Place;
using engine::backend::RunEnd;

uint64_t mix(uint64_t a, uint64_t b) {
  a = (a ^ b) * 0x9e3779b97f4a7c15;
  return a ^ (a >> 29);
}

}  // namespace

ToyBackend::ToyBackend(ToyOptions options) : options_(options) {
  config_.vocab_size = options.vocabulary;
  config_.context_length = options.context;
  config_.layers = toy_layers;
  cells_.resize(static_cast<size_t>(toy_layers * options.blocks * block_tokens), 1);
  ids_.resize(static_cast<size_t>(options.blocks * block_tokens));
  taken_.resize(ids_.size(), -1);
}

void ToyBackend::copy_block(BlockId from, BlockId to) {
  if (busy_.contains(to)) violations.emplace_back("a block of a run in progress is overwritten");
  for (int layer = 0; layer < toy_layers; ++layer) {
    for (int slot = 0; slot < block_tokens; ++slot) cell(layer, to, slot) = cell(layer, from, slot);
  }
  for (auto* const slots : {&ids_, &taken_}) {
    std::copy_n(slots->begin() + from * block_tokens, block_tokens,
                slots->begin() + to * block_tokens);
  }
}

// Turned by nothing: whatever is computed behind them shows that they are not what a run stores.
engine::base::Status ToyBackend::copy_cells(const Place& from, const Place& to, int count) {
  for (int i = 0; i < count; ++i) {
    const auto slot_of = [i](const Place& place) {
      const int position = place.position + i;
      const BlockId block = place.block_table[static_cast<size_t>(position / block_tokens)];
      return std::pair{block, position % block_tokens};
    };
    const auto [from_block, from_slot] = slot_of(from);
    const auto [to_block, to_slot] = slot_of(to);
    if (busy_.contains(to_block)) violations.emplace_back("cells of a run in progress are written");
    for (int layer = 0; layer < toy_layers; ++layer) {
      cell(layer, to_block, to_slot) = cell(layer, from_block, from_slot);
    }
    for (auto* const slots : {&ids_, &taken_}) {
      (*slots)[static_cast<size_t>(to_block * block_tokens + to_slot)] =
          (*slots)[static_cast<size_t>(from_block * block_tokens + from_slot)];
    }
  }
  return engine::base::Done{};
}

size_t ToyBackend::block_bytes() const {
  return block_tokens * (toy_layers * sizeof(uint64_t) + 2 * sizeof(int32_t));
}

engine::base::Status ToyBackend::read_block(BlockId block, std::span<std::byte> to) const {
  INVARIANT(to.size() == block_bytes());
  std::byte* at = to.data();
  for (int layer = 0; layer < toy_layers; ++layer, at += block_tokens * sizeof(uint64_t)) {
    std::memcpy(at, &cells_[static_cast<size_t>((layer * options_.blocks + block) * block_tokens)],
                block_tokens * sizeof(uint64_t));
  }
  for (const auto* const slots : {&ids_, &taken_}) {
    std::memcpy(at, &(*slots)[static_cast<size_t>(block * block_tokens)],
                block_tokens * sizeof(int32_t));
    at += block_tokens * sizeof(int32_t);
  }
  return engine::base::Done{};
}

engine::base::Status ToyBackend::write_block(BlockId block, std::span<const std::byte> from) {
  INVARIANT(from.size() == block_bytes());
  if (busy_.contains(block)) violations.emplace_back("a block of a run in progress is written");
  const std::byte* at = from.data();
  for (int layer = 0; layer < toy_layers; ++layer, at += block_tokens * sizeof(uint64_t)) {
    std::memcpy(&cell(layer, block, 0), at, block_tokens * sizeof(uint64_t));
  }
  for (auto* const slots : {&ids_, &taken_}) {
    std::memcpy(&(*slots)[static_cast<size_t>(block * block_tokens)], at,
                block_tokens * sizeof(int32_t));
    at += block_tokens * sizeof(int32_t);
  }
  return engine::base::Done{};
}

engine::base::Result<RunEnd> ToyBackend::run(const Batch& batch, std::span<float> logits,
                                             const engine::backend::KeepGoing& keep_going) {
  if (!error.empty()) return engine::base::Error{error};
  const auto runs =
      engine::backend::check_batch(batch, logits.size(), options_.vocabulary, options_.blocks);
  if (!runs) {
    violations.push_back(runs.message());
    return engine::base::Error(runs.error());
  }
  const std::multiset<BlockId> busy_before = busy_;
  enter(batch);
  bool finished = true;
  for (int layer = 0; layer < toy_layers && finished; ++layer) {
    for (const auto& token : batch.tokens) compute(batch, token, layer);
    ++layers_run;
    if (layer + 1 == toy_layers) break;
    if (on_layer) on_layer(batch);
    finished = keep_going();
  }
  --depth_;
  busy_ = busy_before;
  if (!finished) {
    spoil(batch);
    ++interrupted_runs;
    return RunEnd::interrupted;
  }
  tokens_computed += static_cast<int64_t>(batch.tokens.size());
  states_.clear();
  for (const auto& token : batch.tokens) {
    states_.push_back(slot(batch, token.sequence, token.position));
  }
  write_logits(batch, logits);
  return RunEnd::finished;
}

uint64_t& ToyBackend::cell(int layer, BlockId block, int slot) {
  return cells_[static_cast<size_t>((layer * options_.blocks + block) * block_tokens + slot)];
}

uint64_t& ToyBackend::cell(const Batch& batch, int sequence, int layer, int position) {
  const auto table = batch.block_tables[static_cast<size_t>(sequence)];
  return cell(layer, table[static_cast<size_t>(position / block_tokens)], position % block_tokens);
}

size_t ToyBackend::slot(const Batch& batch, int sequence, int position) {
  const auto table = batch.block_tables[static_cast<size_t>(sequence)];
  const BlockId block = table[static_cast<size_t>(position / block_tokens)];
  return static_cast<size_t>(block * block_tokens + position % block_tokens);
}

// All there is to the token in the last layer, its own cells left as they are.
uint64_t ToyBackend::last_hash(const Batch& batch, const engine::backend::BatchToken& token) {
  uint64_t hash = mix(static_cast<uint64_t>(token.id) + 7, static_cast<uint64_t>(token.position));
  for (int layer = 0; layer < toy_layers; ++layer) {
    for (int position = 0; position < token.position; ++position) {
      hash = mix(hash, cell(batch, token.sequence, layer, position));
    }
  }
  return hash;
}

engine::base::Status ToyBackend::predict(const Batch& batch, std::span<const int> before,
                                         std::span<float> logits) {
  const auto runs =
      engine::backend::check_batch(batch, logits.size(), options_.vocabulary, options_.blocks);
  if (!runs) {
    violations.push_back(runs.message());
    return engine::base::Error(runs.error());
  }
  for (size_t i = 0; i < batch.tokens.size(); ++i) {
    const auto& token = batch.tokens[i];
    take_in(batch, token, before[i]);
    if (!token.wants_logits) continue;
    const auto row = logits.first(static_cast<size_t>(options_.vocabulary));
    write_row(batch, token, last_hash(batch, token), row);
    *std::max_element(row.begin(), row.end()) += 100;  // it is sure of itself
    logits = logits.subspan(row.size());
  }
  return engine::base::Done{};
}

void ToyBackend::take_in(const Batch& batch, const engine::backend::BatchToken& token, int before) {
  ++tokens_predicted;
  taken_[slot(batch, token.sequence, token.position)] = token.id;
  if (token.position == 0) return;
  const size_t last = slot(batch, token.sequence, token.position - 1);
  if (taken_[last] != ids_[last]) violations.emplace_back("a token is not taken in");
  if (before < 0) {
    ++states_missing;
  } else if (states_.at(static_cast<size_t>(before)) != last) {
    violations.emplace_back("a state is of another token than the one before");
  }
}

void ToyBackend::enter(const Batch& batch) {
  deepest = std::max(deepest, ++depth_);
  if (depth_ > 2) violations.emplace_back("runs are nested more than one level deep");
  largest_batch = std::max(largest_batch, batch.tokens.size());
  most_sequences = std::max(most_sequences, batch.block_tables.size());
  for (const auto& token : batch.tokens) {
    const auto table = batch.block_tables[static_cast<size_t>(token.sequence)];
    const BlockId block = table[static_cast<size_t>(token.position / block_tokens)];
    if (busy_.contains(block)) {
      violations.emplace_back("an inner run writes to a block of the outer one");
    }
  }
  for (const auto& table : batch.block_tables) busy_.insert(table.begin(), table.end());
  spoil(batch);
}

void ToyBackend::spoil(const Batch& batch) {
  for (int layer = 0; layer < toy_layers; ++layer) {
    for (const auto& token : batch.tokens) {
      cell(batch, token.sequence, layer, token.position) = mix(0xdead, ++garbage_);
    }
  }
}

void ToyBackend::compute(const Batch& batch, const engine::backend::BatchToken& token, int layer) {
  uint64_t hash =
      layer == 0 ? mix(static_cast<uint64_t>(token.id) + 7, static_cast<uint64_t>(token.position))
                 : cell(batch, token.sequence, layer - 1, token.position);
  for (int position = 0; position < token.position; ++position) {
    hash = mix(hash, cell(batch, token.sequence, layer, position));
  }
  cell(batch, token.sequence, layer, token.position) = hash;
  if (layer == 0) ids_[slot(batch, token.sequence, token.position)] = token.id;
}

void ToyBackend::write_logits(const Batch& batch, std::span<float> logits) {
  const auto vocabulary = static_cast<size_t>(options_.vocabulary);
  for (const auto& token : batch.tokens) {
    if (!token.wants_logits) continue;
    write_row(batch, token, cell(batch, token.sequence, toy_layers - 1, token.position),
              logits.first(vocabulary));
    logits = logits.subspan(vocabulary);
  }
}

void ToyBackend::write_row(const Batch& batch, const engine::backend::BatchToken& token,
                           uint64_t hash, std::span<float> row) {
  for (size_t id = 0; id < row.size(); ++id) {
    const uint64_t bits = mix(mix(hash, id), 0x632be59bd9b4e019);
    row[id] = static_cast<float>(bits >> 40) * 0x1p-22F - 2;  // −2 … 2
  }
  const int position = token.position + 1 - options_.period;
  if (options_.period == 0 || position < 0 || hash % 8 == 0) return;
  row[static_cast<size_t>(ids_[slot(batch, token.sequence, position)])] += 8;
}

}  // namespace support
