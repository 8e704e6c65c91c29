#include "engine/backend/cuda/step.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/base/check.h"

namespace engine::backend::cuda {
namespace {

static_assert(block_slots == block_tokens);

int multiple_of_4(int count) { return (count + 3) / 4 * 4; }

// Ids, positions, slots, starts of tables, wanted rows and states, in this order, then the tables.
constexpr int lists = 6;

int heads_of(const model::Config& config) {
  return config.is_latent() ? config.mla.heads : config.gqa.heads;
}

int splits_for(int positions, int heads, bool whole) {
  const int chunk = chunk_of(positions, heads, whole);
  int splits = 1;
  while (splits * chunk < positions) splits *= 2;
  return splits;
}

using RowSizes = std::vector<std::pair<Buffer<float> Step::Rows::*, size_t>>;

// Floats of each kind of row for `count` tokens.
RowSizes row_sizes(const model::Config& config, const Widths& widths, int count) {
  const int heads = heads_of(config);
  const size_t used = config.experts.used;
  using Rows = Step::Rows;
  RowSizes sizes{
      {&Rows::hidden, widths.hidden},   {&Rows::projected, size_t(heads) * widths.q_head},
      {&Rows::queries, widths.queries}, {&Rows::keys, widths.keys},
      {&Rows::values, widths.values},   {&Rows::low, widths.low},
      {&Rows::latents, widths.latents}, {&Rows::attended, size_t(heads) * widths.attended_head},
      {&Rows::heads, widths.heads},     {&Rows::router, config.experts.count},
      {&Rows::weights, used},           {&Rows::joined, widths.joined},
      {&Rows::act, used * widths.act},  {&Rows::shared_act, widths.shared_act}};
  // 32 more: the last unit of a head may reach past it.
  for (auto& [buffer, size] : sizes) size = size == 0 ? 0 : size * count + unit_values;
  const size_t split_rows =
      std::max<size_t>(size_t(std::min(count, small_batch)) * most_splits(heads), count) * heads;
  sizes.emplace_back(&Rows::partial, split_rows * widths.value);
  sizes.emplace_back(&Rows::stats, split_rows * 2);
  return sizes;
}

template <typename T>
base::Status grow(Buffer<T>& buffer, size_t count, const char* purpose, Stream& stream) {
  buffer = {};
  auto grown = Buffer<T>::allocate(count, purpose);
  if (!grown.ok()) return grown.error();
  buffer = std::move(*grown);
  // Interleaved rows end in padding that is read with weights of zero.
  if (count > 0) stream.fill_with_zeros(buffer.data(), count * sizeof(T));
  return base::Done{};
}

}  // namespace

Widths::Widths(const model::Weights& weights) {
  const model::Config& config = weights.config;
  const model::Mla& mla = config.mla;
  const model::Gqa& gqa = config.gqa;
  const bool latent = config.is_latent();
  const auto group_for = [](int columns) { return group_of(units_of(columns)); };
  hidden = row_floats(config.hidden);
  group = group_for(config.hidden);
  q_head = latent ? multiple_of_4(mla.query_dim()) : gqa.key_dim;
  query_head = latent ? mla.cache_dim() : 0;
  queries = latent ? mla.heads * query_head : 0;
  keys = latent ? 0 : gqa.key_width();
  values = latent ? 0 : gqa.value_width();
  low = mla.q_lora_rank > 0 ? row_floats(mla.q_lora_rank) : 0;
  latents = latent ? mla.cache_dim() : 0;
  value = latent ? mla.kv_lora_rank : gqa.value_dim;
  attended_head = latent ? multiple_of_4(mla.kv_lora_rank) : 0;
  const int head_values = latent ? mla.heads * mla.value_dim : gqa.heads * gqa.value_dim;
  heads = row_floats(head_values);
  heads_group = group_for(head_values);
  const int expert = std::max(1, config.experts.feed_forward);
  act = config.experts.count > 0 ? row_floats(expert) : 0;
  act_group = group_for(expert);
  // Dense layers and shared experts take turns; each writes with its own group.
  const int shared = std::max(1, config.experts.shared * config.experts.feed_forward);
  shared_act = std::max(row_floats(shared), row_floats(std::max(1, config.feed_forward)));
  shared_group = group_for(shared);
  joined = weights.prediction ? row_floats(2 * config.hidden) : 0;
  joined_group = group_for(2 * config.hidden);
}

void Step::forget_recorded() {
  graphs.clear();
  prediction_graphs.clear();
  phase_lists.clear();
}

base::Status Step::grow_rows(const model::Config& config, const Widths& widths, int count,
                             Stream& stream) {
  forget_recorded();
  capacity_ = 0;
  const char* const purpose = "the activations of a batch";
  for (const auto& [buffer, size] : row_sizes(config, widths, count)) {
    if (auto status = grow(rows.*buffer, size, purpose, stream); !status.ok()) return status;
  }
  const size_t choices = size_t(count) * config.experts.used;
  if (auto s = grow(rows.chosen, choices, purpose, stream); !s.ok()) return s;
  if (auto s = grow(rows.finished, 1, purpose, stream); !s.ok()) return s;
  capacity_ = count;
  return base::Done{};
}

size_t Step::bytes_for(const model::Config& config, const Widths& widths, int tokens) {
  size_t floats = 0;
  for (const auto& [buffer, size] : row_sizes(config, widths, tokens)) floats += size;
  return floats * sizeof(float);
}

base::Status Step::grow_batch(size_t ints) {
  forget_recorded();
  auto device = Buffer<int32_t>::allocate(ints, "a batch");
  if (!device.ok()) return device.error();
  auto host = Buffer<int32_t>::allocate(ints, "a batch", Where::host);
  if (!host.ok()) return host.error();
  batch_ = std::move(*device);
  batch_on_host_ = std::move(*host);
  return base::Done{};
}

base::Status Step::make_told(const model::Config& config) {
  const size_t layers = config.layers - config.dense_layers;
  const size_t size = layers * tokens.count * config.experts.used;
  if (size <= told.size()) return base::Done{};
  auto host = Buffer<int32_t>::allocate(size, "the experts of a batch", Where::host);
  if (!host.ok()) return host.error();
  told = std::move(*host);
  return base::Done{};
}

base::Status Step::begin(const model::Config& config, const Widths& widths, const Batch& batch,
                         std::span<const SequenceRun> runs, std::span<const int> state_rows,
                         Stream& stream) {
  const int count = static_cast<int>(batch.tokens.size());
  const int previous = capacity_;
  if (count > capacity_) {
    if (auto s = grow_rows(config, widths, std::max(count, small_batch), stream); !s.ok()) return s;
  }
  size_t entries = 0;
  for (const SequenceRun& run : runs) {
    entries += (run.position + run.count + block_tokens - 1) / block_tokens;
  }
  if (previous != capacity_ || entries > table_capacity_) {
    table_capacity_ = std::max<size_t>(2 * entries, 1024);
    const size_t ints = size_t(capacity_) * lists + table_capacity_;
    if (auto s = grow_batch(ints); !s.ok()) {
      capacity_ = 0;
      return s;
    }
  }
  int32_t* const ids = batch_on_host_.data();
  int32_t *const positions = ids + capacity_, *const slots = positions + capacity_;
  int32_t *const starts = slots + capacity_, *const rows_wanted = starts + capacity_;
  int32_t* const tables = rows_wanted + 2 * capacity_;
  std::copy(state_rows.begin(), state_rows.end(), rows_wanted + capacity_);
  int32_t* next_table = tables;
  wanted_count = 0;
  splits = 1;
  for (const SequenceRun& run : runs) {
    for (size_t i = 0; i < run.count; ++i) {
      const size_t t = run.first + i;
      const int position = run.position + static_cast<int>(i);
      ids[t] = batch.tokens[t].id;
      positions[t] = position;
      slots[t] = run.block_table[position / block_tokens] * block_tokens + position % block_tokens;
      starts[t] = static_cast<int32_t>(next_table - tables);
      if (batch.tokens[t].wants_logits) rows_wanted[wanted_count++] = static_cast<int32_t>(t);
      splits = std::max(splits, splits_for(position + 1, heads_of(config), count > small_batch));
    }
    const size_t blocks = (run.position + run.count + block_tokens - 1) / block_tokens;
    next_table = std::copy_n(run.block_table.begin(), blocks, next_table);
  }
  stream.copy(batch_.data(), batch_on_host_.data(),
              (next_table - batch_on_host_.data()) * sizeof(int32_t));

  const View<const int32_t> all = batch_.view();
  const size_t each = capacity_;
  const auto list = [&](size_t index) {
    return View<const int32_t>{all.data + index * each, each};
  };
  tokens = {list(0), list(1), list(2), list(3), all.from(each * lists), count};
  wanted = list(4);
  states = list(5);
  const size_t logits = size_t(wanted_count) * config.vocab_size;
  if (logits > rows.logits.size()) {
    forget_recorded();
    const char* const purpose = "logits";
    if (auto s = grow(rows.logits, logits, purpose, stream); !s.ok()) return s;
    auto host = Buffer<float>::allocate(logits, purpose, Where::host);
    if (!host.ok()) return host.error();
    logits_on_host = std::move(*host);
  }
  tells = batch.routing != nullptr && config.experts.count > 0;
  return tells ? make_told(config) : base::Status(base::Done{});
}

}  // namespace engine::backend::cuda
