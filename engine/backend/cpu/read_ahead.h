// Memory is asked for what comes later: processors that do so by themselves end with a page of 4
// KB, where reading a file's mapping then waits for the page's address, too. Always inlined and
// without inline code of the library, since kernels include it (kernels.h).
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace engine::backend::cpu {

class ReadAhead {
 public:
  ReadAhead() = default;
  // Nothing is asked for from `end` on.
  [[gnu::always_inline]] explicit ReadAhead(const uint8_t* end)
      : end_(reinterpret_cast<uintptr_t>(end)) {}

  // What lies a `distance` behind the bytes that are about to be read. Each call's bytes lie behind
  // those of the call before.
  [[gnu::always_inline]] void before(const uint8_t* bytes, size_t size) {
    constexpr size_t line = 64, distance = 1024;
    const uintptr_t first = reinterpret_cast<uintptr_t>(bytes), to = first + size + distance;
    const uintptr_t end = to < end_ ? to : end_;
    for (next_ = next_ > first ? next_ : first; next_ < end; next_ += line) {
      __builtin_prefetch(reinterpret_cast<const void*>(next_));
    }
  }

 private:
  uintptr_t next_ = 0, end_ = 0;
};

}  // namespace engine::backend::cpu
