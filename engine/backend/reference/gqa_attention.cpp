// Grouped-query attention, arXiv:2305.13245: each query meets the keys of its group as they are. A
// window is that of arXiv:2004.05150, sinks are those of arXiv:2309.17453 with no value: a share of
// the weight that goes nowhere.
#include <algorithm>

#include "engine/backend/reference/operations.h"

namespace engine::backend::reference {

void gqa_attention(const model::Gqa& gqa, const Vector& sinks, const LayerCache& cache,
                   std::span<const BlockId> block_table, int position,
                   std::span<const float> queries, std::span<float> output) {
  const size_t key_dim = gqa.key_dim, value_dim = gqa.value_dim;
  const int first = gqa.first_seen(position);
  const size_t seen = position + 1 - first;
  std::vector<double> weights, sums(value_dim);
  for (int head = 0; head < gqa.heads; ++head) {
    const size_t group = head / gqa.group();
    const auto query = queries.subspan(head * key_dim, key_dim);
    weights.resize(seen);
    for (size_t i = 0; i < seen; ++i) {
      const auto key = cache.at(block_table, first + i).subspan(group * key_dim, key_dim);
      weights[i] = gqa.score_scale * dot(query, key);
    }
    if (!sinks.empty()) weights.push_back(sinks[head]);
    softmax(weights);
    std::fill(sums.begin(), sums.end(), 0);
    for (size_t i = 0; i < seen; ++i) {
      const auto value =
          cache.at(block_table, first + i).subspan(gqa.key_width() + group * value_dim, value_dim);
      for (size_t v = 0; v < value_dim; ++v) sums[v] += weights[i] * value[v];
    }
    std::copy(sums.begin(), sums.end(), output.begin() + head * value_dim);
  }
}

}  // namespace engine::backend::reference
