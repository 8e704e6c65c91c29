#include "engine/backend/cuda/embed_phase.h"

namespace engine::backend::cuda {
namespace {

constexpr int threads = 128;

KERNEL(threads) embed_kernel(PARAMETER(EmbedArguments) a) {
  wait_for_previous_kernel();
  embed_token(a, block_x());
}

}  // namespace

void embed(Stream& stream, const EmbedArguments& arguments) {
  launch(stream, {{arguments.tokens}, threads}, embed_kernel, arguments);
}

}  // namespace engine::backend::cuda
