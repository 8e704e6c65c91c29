#include "engine/backend/cuda/products_choice.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "engine/backend/cuda/gemm.h"
#include "engine/base/format.h"

namespace engine::backend::cuda {
namespace {

// By row: one in which a near tie between experts fell the other way differs as a whole, so that a
// tenth of them may.
bool agree(const std::vector<float>& a, const std::vector<float>& b) {
  constexpr double most = 5e-4;  // of the squares
  const size_t width = a.size() / compared_rows;
  int good = 0;
  for (size_t row = 0; row < compared_rows; ++row) {
    double squares = 0, errors = 0;
    for (size_t i = row * width; i < (row + 1) * width; ++i) {
      const double difference = double{a[i]} - b[i];
      squares += double{a[i]} * a[i];
      errors += difference * difference;
    }
    good += errors <= most * squares;  // which no number that is none does
  }
  return 10 * good >= 9 * compared_rows;
}

base::Result<bool> has_warp_groups_here(const DeviceInfo& device, Stream& stream) {
  if (device.major != 9 || device.minor != 0 || device.shared_bytes < group_shared_bytes) {
    return false;
  }
  return has_warp_groups(stream);
}

}  // namespace

base::Result<ProductsChoice> choose_products(const DeviceInfo& device, Stream& stream,
                                             int most_tokens, const TimeBatch& time_batch) {
  const char* const wanted = std::getenv("LEMMA_CUDA_PRODUCTS");
  const std::string_view forced = wanted == nullptr ? "" : wanted;
  if (!forced.empty() && forced != "mma" && forced != "wgmma") {
    return base::fail("LEMMA_CUDA_PRODUCTS=", forced, ": it must be mma or wgmma");
  }
  const auto there = has_warp_groups_here(device, stream);
  if (!there.ok()) return there.error();
  if (!*there && forced == "wgmma") {
    return base::fail("LEMMA_CUDA_PRODUCTS=wgmma: ", device.name,
                      " has no such instructions, or the library was not built for them (sm_90a)");
  }
  if (!*there) return ProductsChoice{};
  if (!forced.empty()) {
    return forced == "mma" ? ProductsChoice{0, "mma"} : ProductsChoice{1, "wgmma"};
  }
  if (!time_batch) return ProductsChoice{0, "mma"};
  // Products too small to occupy the card stay with mma, which can share out their columns.
  const int least = std::max(1, device.processors * 3 / 4);
  const int tokens = std::clamp(4 * device.processors, 2 * compared_rows, most_tokens);
  const auto warps = time_batch(tokens, 0);
  if (!warps.ok()) return warps.error();
  const auto groups = time_batch(tokens, least);
  if (!groups.ok()) return ProductsChoice{0, "mma, since wgmma fails"};
  if (!agree(warps->logits, groups->logits)) return ProductsChoice{0, "mma, since wgmma differs"};
  if (groups->milliseconds >= warps->milliseconds) return ProductsChoice{0, "mma"};
  return ProductsChoice{least, "wgmma"};
}

}  // namespace engine::backend::cuda
