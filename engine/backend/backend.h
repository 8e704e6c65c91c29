// A backend owns one model's whole step on one kind of hardware: its weights, its KV cache and
// every operation between token ids and logits. There is no call for a single operation: how a step
// is cut into kernels is the backend's own affair.
//
// The float32 reference backend (backend/reference) is the specification; every other backend is
// tested against it by tests/engine/conformance.
//
// KV cache: a pool of blocks of `block_tokens` positions. A sequence is a block table: position p
// lives in slot p % block_tokens of block table[p / block_tokens]. The backend does not know who
// shares a block; reference counts are BlockPool's (block_pool.h). MLA models store, for each layer
// and position, the normalised latent [kv_lora_rank] and the rotated k_pe [rope_dim] alone.
//
// Thread safety: one call at a time, with one exception: from inside the `keep_going` of a run,
// `run` and `predict` may be called (one level deep), and blocks that the outer run does not use
// may be copied, read and written. That is how a keystroke overtakes a long prefill between two
// layers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/model/config.h"

namespace engine::backend {

inline constexpr int block_tokens = 32;
// In batches of up to so many tokens each row of logits, and what is kept for each position, has
// the bits that it has in a batch of its own.
inline constexpr int exact_rows = 16;
using BlockId = int32_t;

struct BatchToken {
  int32_t id;        // token id, < vocab_size
  int32_t position;  // from 0; decides rotation and the place in the block table
  int32_t sequence;  // index into Batch::block_tables
  bool wants_logits;
};

struct Routing;

// Many sequences in one batch. The tokens of one sequence are consecutive and ascend by one
// position each; all earlier positions of that sequence are in the cache already, or, where the
// backend shifts, in the batch too, as another sequence over the same block table.
// Tokens of a sequence attend to its own positions up to themselves.
struct Batch {
  std::span<const BatchToken> tokens;
  std::span<const std::span<const BlockId>> block_tables;  // [sequence]
  Routing* routing = nullptr;                              // to be told, where somebody asks
};

// The experts of the tokens whose logits are wanted, ascending: [wanted][layer][used]. Layers
// without experts are left out; none are there where a backend does not tell.
struct Routing {
  int layers = 0;
  int used = 0;
  std::vector<int16_t> experts;

  void start(const model::Config& config, size_t wanted) {
    layers = config.experts.count > 0 ? config.layers - config.dense_layers : 0;
    used = config.experts.used;
    experts.assign(wanted * size_t(layers) * size_t(used), 0);
  }
  std::span<int16_t> of(size_t token, int layer) {
    return std::span(experts).subspan((token * layers + layer) * used, used);
  }
};

// A position of a sequence.
struct Place {
  std::span<const BlockId> block_table;
  int position;
};

enum class RunEnd { finished, interrupted };

// Asked between layers and, where these take long, within them, on the calling thread; false ends
// the run at once. After an interrupted run
// the positions of the batch hold nothing of use; earlier positions are untouched.
using KeepGoing = std::function<bool()>;

class Backend {
 public:
  virtual ~Backend() = default;

  virtual const model::Config& config() const = 0;
  virtual const char* name() const = 0;  // "reference", "cpu (avx512)", …

  // Blocks in the pool; ids are 0 … block_count() − 1. The pool is sized once, at creation.
  virtual int block_count() const = 0;
  virtual void copy_block(BlockId from, BlockId to) = 0;

  // A block as bytes, for those who keep it elsewhere: all that later positions need of it.
  // `block_form` names what the bytes are; written to a backend of the same model and form, they
  // are the block again. A backend that cannot has blocks of 0 bytes. Errors: the device.
  virtual size_t block_bytes() const { return 0; }
  virtual std::string block_form() const { return {}; }
  virtual base::Status read_block(BlockId, std::span<std::byte> /*to*/) const {
    return base::Error{"this backend has no blocks as bytes"};
  }
  virtual base::Status write_block(BlockId, std::span<const std::byte> /*from*/) {
    return base::Error{"this backend has no blocks as bytes"};
  }

  // Whether cells can be copied to other positions.
  virtual bool shifts() const { return false; }

  // Copies what is kept of `count` positions to other ones, and turns the keys by the difference;
  // latents and values stay as they are. That is what a run would store there in a first layer, and
  // near to it in the others, which still know the text that stood before `from`. No block is
  // written that is read. Only where shifts(). Errors: the device, memory; the positions at `to`
  // then hold nothing of use.
  virtual base::Status copy_cells(const Place& /*from*/, const Place& /*to*/, int /*count*/) {
    return base::Error{"this backend copies no cells"};
  }

  // Runs the batch. `logits` receives one row of vocab_size floats for each token that wants them,
  // in the order of the batch: [wanted][vocab_size]. Ids, positions, sequences and blocks out of
  // range and a `logits` of another size are errors; the cache is then unchanged.
  virtual base::Result<RunEnd> run(const Batch& batch, std::span<float> logits,
                                   const KeepGoing& keep_going) = 0;

  // Whether the model has a layer for multi-token prediction that this backend computes.
  virtual bool predicts() const { return false; }

  // Runs that layer (model::PredictionWeights): the logits of a token say what follows it, guessed
  // from less than `run` takes. Each token is joined with the state of the token before it, which
  // is token `before[i]` of the batch of the last finished run; −1: that state is not known, and
  // the embedding counts alone. What later tokens need is stored in the blocks, so all positions of
  // a sequence must come by, in order; the latest may come again. `batch` and `logits` as for run;
  // only where predicts().
  virtual base::Status predict(const Batch& /*batch*/, std::span<const int> /*before*/,
                               std::span<float> /*logits*/) {
    return base::Error{"this backend computes no layer for multi-token prediction"};
  }
};

}  // namespace engine::backend
