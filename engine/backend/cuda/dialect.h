// What kernels are written in: CUDA C++ behind a few names, so that the same source also compiles
// as C++ against tests/support/cuda_emulation, where every kernel runs without a GPU.
//
// A kernel is `KERNEL(threads) name(PARAMETER(Arguments) arguments)`: one structure, whatever the
// grid. The place of a thread is thread_index(), block_x() and so on; what lanes and threads do
// together are warp_sum(), block_barrier() and the like, in which all lanes or threads take part.
#pragma once

#if defined(LEMMA_CUDA_EMULATION)
#include <cuda_emulation/dialect.h>
#else
#include "engine/backend/cuda/dialect_nvcc.h"
#endif
