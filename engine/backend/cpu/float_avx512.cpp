#include "engine/backend/cpu/float_kernels.h"
#include "engine/backend/cpu/vector_avx512.h"

namespace engine::backend::cpu {

extern const FloatKernels float_kernels_avx512 = float_kernels<Vector>();

}  // namespace engine::backend::cpu
