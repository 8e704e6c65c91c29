#include "engine/backend/cuda/device_cache.h"

#include <cmath>
#include <cstdlib>
#include <cstring>

#include "engine/backend/cuda/cells.h"
#include "engine/backend/reference/operations.h"
#include "engine/base/check.h"
#include "engine/base/format.h"

namespace engine::backend::cuda {

using base::Result;
using base::Status;

static_assert(block_slots == block_tokens);

DeviceCache::DeviceCache(const model::Weights& weights, KvCache form, Precision precision,
                         int blocks, Stream& stream)
    : config_(weights.config),
      form_(form),
      precision_(precision),
      blocks_(blocks),
      layers_(weights.layer_count()),
      stream_(stream) {}

Result<std::unique_ptr<DeviceCache>> DeviceCache::create(const model::Weights& weights,
                                                         KvCache form, Precision precision,
                                                         int blocks, Stream& stream) {
  std::unique_ptr<DeviceCache> cache(new DeviceCache(weights, form, precision, blocks, stream));
  if (auto status = cache->allocate(weights); !status.ok()) return status.error();
  return base::Result<std::unique_ptr<DeviceCache>>(std::move(cache));
}

Status DeviceCache::allocate(const model::Weights& weights) {
  auto cache = Buffer<uint8_t>::allocate(layers_ * blocks_ * layer_bytes(),
                                         base::concat("a KV cache of ", positions(), " tokens"));
  if (!cache.ok()) return cache.error();
  cache_ = std::move(*cache);
  auto block = Buffer<std::byte>::allocate(block_bytes(), "a block of the cache", Where::host);
  if (!block.ok()) return block.error();
  block_on_host_ = std::move(*block);
  const auto rotation = upload_rotation(weights, config_.rope, rotations_);
  if (!rotation.ok()) return rotation.error();
  rotation_ = *rotation;
  if (config_.windowed.empty()) return base::Done{};
  const auto windowed = upload_rotation(weights, config_.windowed_rope, windowed_rotations_);
  if (!windowed.ok()) return windowed.error();
  windowed_rotation_ = *windowed;
  return base::Done{};
}

Result<Rotation> DeviceCache::upload_rotation(const model::Weights& weights,
                                              const model::Rope& rope, Buffer<float>& memory) {
  const int dim = config_.rope_dim();
  const auto frequencies = reference::rope_frequencies(rope, dim, weights.rope_factors);
  const size_t count = positions();
  auto host = Buffer<float>::allocate(count * dim, "rotary positions", Where::host);
  if (!host.ok()) return host.error();
  auto device = Buffer<float>::allocate(count * dim, "rotary positions");
  if (!device.ok()) return device.error();
  for (size_t position = 0; position < count; ++position) {
    for (size_t pair = 0; pair < frequencies.size(); ++pair) {
      const double angle = static_cast<double>(position) * frequencies[pair];
      host->data()[position * dim + 2 * pair] = static_cast<float>(std::cos(angle));
      host->data()[position * dim + 2 * pair + 1] = static_cast<float>(std::sin(angle));
    }
  }
  memory = std::move(*device);
  stream_.copy(memory.data(), host->data(), count * dim * sizeof(float));
  if (auto status = stream_.finish(); !status.ok()) return status.error();
  return Rotation{memory.view(), dim, rope.pairs == model::RopePairs::halves};
}

size_t DeviceCache::slot_bytes() const {
  if (is_fp8()) return latent().bytes;
  return config_.cache_dim() * (has_halves() ? sizeof(uint16_t) : sizeof(float));
}

uint8_t* DeviceCache::at(int layer, BlockId block) const {
  return cache_.data() + (size_t(layer) * blocks_ + block) * layer_bytes();
}

LayerCache DeviceCache::layer(int layer) const {
  const size_t bytes = blocks_ * layer_bytes();
  uint8_t* const data = at(layer, 0);
  LayerCache cache;
  cache.width = config_.cache_dim();
  if (is_fp8()) {
    cache.latent = latent();
    cache.codes = {data, bytes};
  }
  if (has_halves()) {
    cache.halves = {reinterpret_cast<uint16_t*>(data), bytes / sizeof(uint16_t)};
  } else {
    cache.floats = {reinterpret_cast<float*>(data), bytes / sizeof(float)};
  }
  return cache;
}

void DeviceCache::copy_block(BlockId from, BlockId to) {
  INVARIANT(from >= 0 && from < blocks_ && to >= 0 && to < blocks_);
  for (size_t layer = 0; layer < layers_ && from != to; ++layer) {
    const int i = static_cast<int>(layer);
    stream_.copy(at(i, to), at(i, from), layer_bytes());
  }
}

std::string DeviceCache::form() const {
  return base::concat(is_fp8()       ? "fp8 ["
                      : has_halves() ? "f16 ["
                                     : "f32 [",
                      layers_, "][", block_slots, "][", slot_bytes(), " bytes]");
}

Status DeviceCache::read_block(BlockId block, std::span<std::byte> to) {
  INVARIANT(block >= 0 && block < blocks_ && to.size() == block_bytes());
  for (size_t layer = 0; layer < layers_; ++layer) {
    stream_.copy(block_on_host_.data() + layer * layer_bytes(), at(static_cast<int>(layer), block),
                 layer_bytes());
  }
  if (auto status = stream_.finish(); !status.ok()) return status;
  std::memcpy(to.data(), block_on_host_.data(), to.size());
  return base::Done{};
}

Status DeviceCache::write_block(BlockId block, std::span<const std::byte> from) {
  INVARIANT(block >= 0 && block < blocks_ && from.size() == block_bytes());
  std::memcpy(block_on_host_.data(), from.data(), from.size());
  for (size_t layer = 0; layer < layers_; ++layer) {
    stream_.copy(at(static_cast<int>(layer), block), block_on_host_.data() + layer * layer_bytes(),
                 layer_bytes());
  }
  return stream_.finish();  // before the memory on the host is another block's
}

Status DeviceCache::upload_slots(const Place& from, const Place& to, int count) {
  const size_t size = 2 * size_t(count);
  if (size > slots_.size()) {
    const char* const purpose = "the places of copied cells";
    auto device = Buffer<int32_t>::allocate(size, purpose);
    if (!device.ok()) return device.error();
    auto host = Buffer<int32_t>::allocate(size, purpose, Where::host);
    if (!host.ok()) return host.error();
    slots_ = std::move(*device);
    slots_on_host_ = std::move(*host);
  }
  const auto slot = [](const Place& place, int i) {
    const int position = place.position + i;
    return place.block_table[position / block_slots] * block_slots + position % block_slots;
  };
  for (int i = 0; i < count; ++i) {
    slots_on_host_.data()[i] = slot(from, i);
    slots_on_host_.data()[count + i] = slot(to, i);
  }
  stream_.copy(slots_.data(), slots_on_host_.data(), size * sizeof(int32_t));
  return base::Done{};
}

Status DeviceCache::copy_cells(const Place& from, const Place& to, int count) {
  INVARIANT(from.position + count <= positions() && to.position + count <= positions());
  if (auto status = upload_slots(from, to, count); !status.ok()) return status;
  CellsArguments a;
  a.keys = config_.cached_keys();
  a.difference = to.position - from.position;
  a.slots = slots_.view();
  a.count = count;
  const size_t value = has_halves() ? sizeof(uint16_t) : sizeof(float);
  a.width = static_cast<int32_t>(slot_bytes() / value);
  a.first_key = is_fp8() ? latent().rope_at / static_cast<int>(value) : config_.cached_key(0);
  a.key_step = config_.is_latent() ? config_.rope_dim() : config_.gqa.key_dim;
  for (size_t layer = 0; layer < layers_; ++layer) {
    const int i = static_cast<int>(layer);
    a.cache = this->layer(i);
    a.rotation = config_.is_windowed(i) ? windowed_rotation_ : rotation_;
    cuda::copy_cells(stream_, a);
  }
  return stream_.finish();  // before the list of slots is another's
}

}  // namespace engine::backend::cuda
