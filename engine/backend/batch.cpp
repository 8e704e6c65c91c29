#include "engine/backend/batch.h"

#include <algorithm>

#include "engine/base/format.h"

namespace engine::backend {
namespace {

using base::fail;
using base::Result;
using base::Status;

Status check_token(const Batch& batch, size_t index, int vocab_size) {
  const BatchToken& token = batch.tokens[index];
  if (token.id < 0 || token.id >= vocab_size) {
    return fail("batch token ", index, ": id ", token.id, " is outside the vocabulary of ",
                vocab_size);
  }
  if (token.sequence < 0 || static_cast<size_t>(token.sequence) >= batch.block_tables.size()) {
    return fail("batch token ", index, ": sequence ", token.sequence, " has no block table (",
                batch.block_tables.size(), " given)");
  }
  const auto table = batch.block_tables[token.sequence];
  if (token.position < 0 || static_cast<size_t>(token.position / block_tokens) >= table.size()) {
    return fail("batch token ", index, ": position ", token.position, " is outside the ",
                table.size(), " blocks of sequence ", token.sequence);
  }
  return base::Done{};
}

// Blocks up to the last position are read or written.
Status check_blocks(const SequenceRun& run, int block_count) {
  const size_t last = (run.position + run.count - 1) / block_tokens;
  for (size_t i = 0; i <= last; ++i) {
    const BlockId block = run.block_table[i];
    if (block < 0 || block >= block_count) {
      return fail("batch token ", run.first, ": entry ", i, " of its block table is ", block,
                  "; the pool has ", block_count, " blocks");
    }
  }
  return base::Done{};
}

Status check_slots(const Batch& batch, std::span<const SequenceRun> runs) {
  std::vector<int64_t> slots;
  slots.reserve(batch.tokens.size());
  for (const SequenceRun& run : runs) {
    for (size_t i = 0; i < run.count; ++i) {
      const int64_t position = run.position + static_cast<int64_t>(i);
      const int64_t block = run.block_table[position / block_tokens];
      slots.push_back(block * block_tokens + position % block_tokens);
    }
  }
  std::sort(slots.begin(), slots.end());
  const auto twice = std::adjacent_find(slots.begin(), slots.end());
  if (twice == slots.end()) return base::Done{};
  return fail("batch: two tokens are written to slot ", *twice % block_tokens, " of block ",
              *twice / block_tokens);
}

}  // namespace

Result<std::vector<SequenceRun>> check_batch(const Batch& batch, size_t logits_size, int vocab_size,
                                             int block_count) {
  std::vector<SequenceRun> runs;
  std::vector<bool> seen(batch.block_tables.size(), false);
  for (size_t i = 0; i < batch.tokens.size(); ++i) {
    if (auto status = check_token(batch, i, vocab_size); !status.ok()) return status.error();
    const BatchToken& token = batch.tokens[i];
    if (i > 0 && token.sequence == batch.tokens[i - 1].sequence) {
      if (token.position != batch.tokens[i - 1].position + 1) {
        return fail("batch token ", i, ": position ", token.position, " does not follow ",
                    batch.tokens[i - 1].position);
      }
      ++runs.back().count;
      continue;
    }
    if (seen[token.sequence]) {
      return fail("batch token ", i, ": sequence ", token.sequence, " is in two places");
    }
    seen[token.sequence] = true;
    runs.push_back({i, 1, token.position, batch.block_tables[token.sequence]});
  }
  for (const SequenceRun& run : runs) {
    if (auto status = check_blocks(run, block_count); !status.ok()) return status.error();
  }
  if (auto status = check_slots(batch, runs); !status.ok()) return status.error();
  if (logits_size != wanted_rows(batch) * vocab_size) {
    return fail("batch: logits have room for ", logits_size, " values; ", wanted_rows(batch),
                " rows of ", vocab_size, " are wanted");
  }
  return runs;
}

size_t wanted_rows(const Batch& batch) {
  return std::count_if(batch.tokens.begin(), batch.tokens.end(),
                       [](const BatchToken& token) { return token.wants_logits; });
}

Result<int> pool_blocks(int kv_tokens) {
  constexpr int most = 1 << 30;
  if (kv_tokens < 1 || kv_tokens > most) {
    return fail("kv_tokens is ", kv_tokens, "; it must be between 1 and ", most);
  }
  return (kv_tokens + block_tokens - 1) / block_tokens;
}

}  // namespace engine::backend
