// Copies slots of one layer's cache to other positions and turns the keys by the difference:
// Backend::copy_cells. The specification is reference/reference.cpp's.
#pragma once

#include "engine/backend/cuda/rotate.h"

namespace engine::backend::cuda {

// Counted in values of the cache; of latents as fp8 in halves, as which codes are copied.
struct CellsArguments {
  LayerCache cache;
  int32_t width = 0;  // of a slot
  // The parts that turn: of key i the rotation's values from first_key + i · key_step on.
  int32_t first_key = 0, key_step = 0, keys = 0;
  Rotation rotation;
  int32_t difference = 0;     // of positions, to − from
  View<const int32_t> slots;  // [2][count]: block · 32 + slot, from and to
  int32_t count = 0;
};
void copy_cells(Stream& stream, const CellsArguments& arguments);

}  // namespace engine::backend::cuda
