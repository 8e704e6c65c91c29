// What both kinds of attention share.
#include <algorithm>
#include <cmath>

#include "engine/backend/reference/operations.h"

namespace engine::backend::reference {

std::span<float> LayerCache::at(std::span<const BlockId> block_table, int position) const {
  const size_t block = block_table[position / block_tokens];
  const size_t slot = block * block_tokens + position % block_tokens;
  return {data + slot * width, static_cast<size_t>(width)};
}

void softmax(std::span<double> scores) {
  const double most = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (double& score : scores) sum += score = std::exp(score - most);
  for (double& score : scores) score /= sum;
}

}  // namespace engine::backend::reference
