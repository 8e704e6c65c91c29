// Grouped-query attention, arXiv:2305.13245: each query meets the keys of its group as they are.
#include <algorithm>

#include "engine/backend/reference/operations.h"

namespace engine::backend::reference {

void gqa_attention(const model::Gqa& gqa, const LayerCache& cache,
                   std::span<const BlockId> block_table, int position,
                   std::span<const float> queries, std::span<float> output) {
  const size_t key_dim = gqa.key_dim, value_dim = gqa.value_dim, positions = position + 1;
  std::vector<double> weights(positions), sums(value_dim);
  for (int head = 0; head < gqa.heads; ++head) {
    const size_t group = head / gqa.group();
    const auto query = queries.subspan(head * key_dim, key_dim);
    for (size_t p = 0; p < positions; ++p) {
      const auto key = cache.at(block_table, p).subspan(group * key_dim, key_dim);
      weights[p] = gqa.score_scale * dot(query, key);
    }
    softmax(weights);
    std::fill(sums.begin(), sums.end(), 0);
    for (size_t p = 0; p < positions; ++p) {
      const auto value =
          cache.at(block_table, p).subspan(gqa.key_width() + group * value_dim, value_dim);
      for (size_t i = 0; i < value_dim; ++i) sums[i] += weights[p] * value[i];
    }
    std::copy(sums.begin(), sums.end(), output.begin() + head * value_dim);
  }
}

}  // namespace engine::backend::reference
