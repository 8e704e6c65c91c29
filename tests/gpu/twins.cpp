// Compares the instructions of a GPU with their emulated twins: the same kernel from both libraries
// on the same random bits. All bits must agree, but for what tensor cores add up in an order of
// their own, and exponentials.
#include <dlfcn.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <vector>

#include "engine/backend/cuda/abi.h"
#include "engine/backend/cuda/twins.h"

namespace {

using engine::backend::cuda::twin_inputs;
using engine::backend::cuda::twin_outputs;
using engine::backend::cuda::twin_warp_outputs;

const LemmaCudaApi* open_library(const char* path) {
  void* const library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    std::printf("%s\n", dlerror());
    return nullptr;
  }
  const auto entry = reinterpret_cast<const LemmaCudaApi* (*)()>(dlsym(library, LEMMA_CUDA_ENTRY));
  return entry == nullptr ? nullptr : entry();
}

bool run(const LemmaCudaApi& api, const std::vector<uint32_t>& input, std::vector<float>& output) {
  char message[512] = {};
  output.resize(twin_outputs);
  if (api.run_twins(input.data(), output.data(), {message, sizeof message}) == 0) return true;
  std::printf("%s\n", message);
  return false;
}

// Whether value `i` may differ in its last bits: the tiles' sums, and exp.
bool is_rounded(int i) { return i / 32 < 4 || i / 32 == 36 || i >= twin_warp_outputs; }

bool agree(float a, float b, bool rounded) {
  if (std::memcmp(&a, &b, sizeof a) == 0) return true;
  return rounded && std::fabs(a - b) <= 1e-5f * std::fmax(1.0f, std::fabs(a));
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    std::printf("usage: lemma-gpu-twins LIBRARY EMULATED_LIBRARY\n");
    return 2;
  }
  const LemmaCudaApi *const device = open_library(arguments[1]), *const emulated =
                                                                     open_library(arguments[2]);
  if (device == nullptr || emulated == nullptr) return 1;
  uint64_t state = 7;
  int differences = 0;
  bool groups = false;
  constexpr int rounds = 50;
  for (int round = 0; round < rounds; ++round) {
    std::vector<uint32_t> input(twin_inputs);
    for (uint32_t& word : input) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      word = static_cast<uint32_t>(state >> 32);
    }
    std::vector<float> found, expected;
    if (!run(*device, input, found) || !run(*emulated, input, expected)) return 1;
    groups = found[twin_warp_outputs] != 0;
    for (int i = 0; i < (groups ? twin_outputs : twin_warp_outputs); ++i) {
      if (agree(found[i], expected[i], is_rounded(i))) continue;
      if (++differences > 20) continue;
      const bool group = i >= twin_warp_outputs;
      const int index = group ? i - twin_warp_outputs : i, lanes = group ? 128 : 32;
      std::printf("output %d of a %s, thread %d: %.9g on the device, %.9g emulated\n",
                  index / lanes, group ? "group" : "warp", index % lanes, found[i], expected[i]);
    }
  }
  std::printf("%d rounds of %d values: %d differ%s\n", rounds,
              groups ? twin_outputs : twin_warp_outputs, differences,
              groups ? "" : "; no warp groups there");
  return differences == 0 ? 0 : 1;
}
