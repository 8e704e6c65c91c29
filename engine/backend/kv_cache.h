// What a KV cache keeps its values as, where a backend leaves a choice.
#pragma once

namespace engine::backend {

// fp8: latents as e4m3 (engine/backend/cuda/latent_slot.h), on a GPU; k_pe stays half precision.
enum class KvCache { f16, fp8 };

}  // namespace engine::backend
