// Multi-head latent attention, arXiv:2405.04434 section 2.1, in its absorbed form. The paper has
// key k = K·c and value v = V·c for the latent c of each position, and scores q·k. Since
// q·(K·c) = (Kᵀ·q)·c and Σ p·(V·c) = V·(Σ p·c), the cached latents serve as keys and values as they
// are, and K and V meet each query once instead of each position.
#include <algorithm>

#include "engine/backend/reference/operations.h"

namespace engine::backend::reference {
namespace {

// y[r] = Σ_c rows[r][c] · x[c]
void project(std::span<const float> rows, std::span<const float> x, std::span<float> y) {
  for (size_t r = 0; r < y.size(); ++r) {
    y[r] = static_cast<float>(dot(rows.subspan(r * x.size(), x.size()), x));
  }
}

}  // namespace

void mla_attention(const model::Mla& mla, const model::LatentProjections& projections,
                   const LayerCache& cache, std::span<const BlockId> block_table, int position,
                   std::span<const float> queries, std::span<float> output) {
  const size_t lora = mla.kv_lora_rank, nope = mla.nope_dim, value = mla.value_dim;
  const size_t positions = position + 1;
  Vector query(cache.width), latent(lora);
  std::vector<double> weights(positions), sums(lora);
  for (int head = 0; head < mla.heads; ++head) {
    const auto head_query = queries.subspan(head * mla.query_dim(), mla.query_dim());
    const auto key_rows = std::span(projections.key).subspan(head * lora * nope, lora * nope);
    project(key_rows, head_query.first(nope), std::span(query).first(lora));
    std::copy(head_query.begin() + nope, head_query.end(), query.begin() + lora);

    for (size_t p = 0; p < positions; ++p) {
      weights[p] = mla.score_scale * dot(query, cache.at(block_table, p));
    }
    softmax(weights);
    std::fill(sums.begin(), sums.end(), 0);
    for (size_t p = 0; p < positions; ++p) {
      const float* row = cache.at(block_table, p).data();
      for (size_t i = 0; i < lora; ++i) sums[i] += weights[p] * row[i];
    }
    std::copy(sums.begin(), sums.end(), latent.begin());
    const auto value_rows = std::span(projections.value).subspan(head * value * lora, value * lora);
    project(value_rows, latent, output.subspan(head * value, value));
  }
}

}  // namespace engine::backend::reference
