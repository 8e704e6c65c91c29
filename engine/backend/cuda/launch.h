// Typed memory and launches over runtime.h.
#pragma once

#include "engine/backend/cuda/runtime.h"
#include "engine/backend/cuda/view.h"

namespace engine::backend::cuda {

template <typename Arguments>
void launch(Stream& stream, const Launch& shape, void (*kernel)(Arguments),
            const std::type_identity_t<Arguments>& arguments) {
#if defined(LEMMA_CUDA_EMULATION)
  stream.run_kernel(shape, nullptr, nullptr, [kernel, arguments] { kernel(arguments); });
#else
  stream.run_kernel(shape, reinterpret_cast<const void*>(kernel), &arguments, {});
#endif
}

template <typename T>
class Buffer {
 public:
  Buffer() = default;
  static base::Result<Buffer> allocate(size_t count, const std::string& purpose,
                                       Where where = Where::device) {
    auto memory = Memory::allocate(where, count * sizeof(T), purpose);
    if (!memory.ok()) return memory.error();
    Buffer buffer;
    buffer.memory_ = std::move(*memory);
    return base::Result<Buffer>(std::move(buffer));
  }
  T* data() const { return static_cast<T*>(memory_.data()); }
  size_t size() const { return memory_.bytes() / sizeof(T); }
  View<T> view() const { return {data(), size()}; }

 private:
  Memory memory_;
};

}  // namespace engine::backend::cuda
