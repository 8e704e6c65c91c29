// The points of which the types IQ1 to IQ3 choose one for each eight or four values. They are facts
// of the format: make_grid_tables.py.
#pragma once

#include <cstdint>

namespace engine::gguf {

// One byte a value, the first value in the lowest.
template <typename Point, int count>
struct Grid {
  Point points[count];
};

// Magnitudes; the signs stand elsewhere.
extern const Grid<uint64_t, 256> iq2_xxs_grid;
extern const Grid<uint64_t, 512> iq2_xs_grid;
extern const Grid<uint64_t, 1024> iq2_s_grid;
extern const Grid<uint32_t, 256> iq3_xxs_grid;
extern const Grid<uint32_t, 512> iq3_s_grid;
// 9 + 8 · v for a value v of −1, 0 or 1.
extern const Grid<uint64_t, 2048> iq1_grid;

}  // namespace engine::gguf
