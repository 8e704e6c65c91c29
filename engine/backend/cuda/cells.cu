#include "engine/backend/cuda/cells.h"

#include "engine/base/check.h"

namespace engine::backend::cuda {
namespace {

constexpr int threads = 128;

// Value `i` of what turns of a key at `from`, turned.
DEVICE float turned(const CellsArguments& a, size_t from, int i) {
  const int half = a.rotation.dim / 2;
  const bool second = a.rotation.halves ? i >= half : i % 2 == 1;
  const int pair = a.rotation.halves ? i % half : i / 2;
  const int other = a.rotation.halves ? (second ? i - half : i + half) : (second ? i - 1 : i + 1);
  // The table begins at 0: a turn back has the sine's sign.
  const bool back = a.difference < 0;
  const size_t at = size_t(back ? -a.difference : a.difference) * a.rotation.dim + size_t(pair) * 2;
  const float cosine = a.rotation.table[at];
  const float sine = back ? -a.rotation.table[at + 1] : a.rotation.table[at + 1];
  const float x = a.cache.get(from + i), y = a.cache.get(from + other);
  return second ? y * sine + x * cosine : x * cosine - y * sine;
}

KERNEL(threads) copy_cells_kernel(PARAMETER(CellsArguments) a) {
  wait_for_previous_kernel();
  const size_t from = size_t(a.slots[block_x()]) * a.width;
  const size_t to = size_t(a.slots[a.count + block_x()]) * a.width;
  for (int i = thread_index(); i < a.width; i += threads) {
    const int key = i < a.first_key ? -1 : (i - a.first_key) / a.key_step;
    const int in_key = i - a.first_key - key * a.key_step;
    if (key >= 0 && key < a.keys && in_key < a.rotation.dim) {
      a.cache.set(to + i, turned(a, from + (i - in_key), in_key));
    } else if (a.cache.floats.empty()) {
      a.cache.halves[to + i] = a.cache.halves[from + i];
    } else {
      a.cache.floats[to + i] = a.cache.floats[from + i];
    }
  }
}

}  // namespace

void copy_cells(Stream& stream, const CellsArguments& arguments) {
  INVARIANT(arguments.key_step > 0);
  launch(stream, {{arguments.count}, threads}, copy_cells_kernel, arguments);
}

}  // namespace engine::backend::cuda
