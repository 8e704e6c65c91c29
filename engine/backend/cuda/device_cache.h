// The KV cache on the device, and the rotary positions that its keys are turned by.
#pragma once

#include <span>
#include <string>

#include "engine/backend/backend.h"
#include "engine/backend/cuda/rotate.h"
#include "engine/backend/cuda/weights.h"
#include "engine/backend/kv_cache.h"

namespace engine::backend::cuda {

class DeviceCache {
 public:
  // Of `blocks` blocks of 32 positions. The error says how much memory was asked for and how much
  // there is.
  static base::Result<std::unique_ptr<DeviceCache>> create(const model::Weights& weights,
                                                           KvCache form, Precision precision,
                                                           int blocks, Stream& stream);

  int positions() const { return blocks_ * block_slots; }
  LayerCache layer(int layer) const;
  const Rotation& rotation() const { return rotation_; }
  const Rotation& windowed_rotation() const { return windowed_rotation_; }

  // As Backend has them.
  void copy_block(BlockId from, BlockId to);
  size_t block_bytes() const { return layers_ * layer_bytes(); }
  std::string form() const;
  base::Status read_block(BlockId block, std::span<std::byte> to);
  base::Status write_block(BlockId block, std::span<const std::byte> from);
  base::Status copy_cells(const Place& from, const Place& to, int count);

 private:
  DeviceCache(const model::Weights& weights, KvCache form, Precision precision, int blocks,
              Stream& stream);
  base::Status allocate(const model::Weights& weights);
  base::Result<Rotation> upload_rotation(const model::Weights& weights, const model::Rope& rope,
                                         Buffer<float>& memory);
  bool is_fp8() const { return form_ == KvCache::fp8; }
  bool has_halves() const { return is_fp8() || precision_ == Precision::fast; }
  LatentSlot latent() const { return latent_slot(config_.mla.kv_lora_rank, config_.mla.rope_dim); }
  size_t slot_bytes() const;
  size_t layer_bytes() const { return block_slots * slot_bytes(); }  // of a block
  uint8_t* at(int layer, BlockId block) const;
  base::Status upload_slots(const Place& from, const Place& to, int count);

  const model::Config& config_;
  const KvCache form_;
  const Precision precision_;
  const int blocks_;
  const size_t layers_;
  Stream& stream_;
  Buffer<uint8_t> cache_;  // [layer][block][slot]
  Buffer<float> rotations_, windowed_rotations_;
  Rotation rotation_, windowed_rotation_;
  Buffer<std::byte> block_on_host_;
  Buffer<int32_t> slots_, slots_on_host_;  // of copy_cells
};

}  // namespace engine::backend::cuda
