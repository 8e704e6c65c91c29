// What every backend asks of a batch before it touches its cache, and how it sees one: as runs of
// consecutive tokens of one sequence.
#pragma once

#include <string>
#include <vector>

#include "engine/backend/backend.h"

namespace engine::backend {

struct SequenceRun {
  size_t first;  // index of its first token in the batch
  size_t count;
  int position;  // of its first token
  std::span<const BlockId> block_table;
};

// The runs of a batch in order. An error names the token and what is wrong with it: an id,
// position, sequence or block out of range, a sequence in two places, positions that do not ascend
// by one, two tokens written to one slot, or `logits` of another size than the wanted rows need.
base::Result<std::vector<SequenceRun>> check_batch(const Batch& batch, size_t logits_size,
                                                   int vocab_size, int block_count);

// The number of tokens that want logits.
size_t wanted_rows(const Batch& batch);

// The blocks of a pool for `kv_tokens` positions; the error says which numbers are possible.
base::Result<int> pool_blocks(int kv_tokens);

// Counts a run in progress, as long as it lives: also while an exception leaves the run.
class InProgress {
 public:
  explicit InProgress(int& depth) : depth_(depth) { ++depth_; }
  InProgress(const InProgress&) = delete;
  InProgress& operator=(const InProgress&) = delete;
  ~InProgress() { --depth_; }

 private:
  int& depth_;
};

}  // namespace engine::backend
