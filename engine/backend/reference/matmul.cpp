#include "engine/backend/reference/operations.h"
#include "engine/gguf/dequantize.h"

namespace engine::backend::reference {

double dot(std::span<const float> a, std::span<const float> b) {
  INVARIANT(a.size() == b.size());
  constexpr size_t lanes = 8;  // independent sums, so that a compiler can use vectors
  double sums[lanes] = {};
  size_t i = 0;
  for (; i + lanes <= a.size(); i += lanes) {
    for (size_t lane = 0; lane < lanes; ++lane) {
      sums[lane] += static_cast<double>(a.data()[i + lane]) * b.data()[i + lane];
    }
  }
  double sum = 0;
  for (const double lane_sum : sums) sum += lane_sum;
  for (; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

namespace {

// y[t][r] += Σ_k b[k][r] · (Σ_c a[k][c] · x[t][c])
void add_low_rank(const Matrix& weights, std::span<const float> x, std::span<float> y) {
  const model::LowRank& adapter = weights.adapter;
  const size_t columns = weights.columns, rows = weights.rows;
  std::vector<double> low(adapter.rank);
  for (size_t token = 0; token < x.size() / columns; ++token) {
    for (int k = 0; k < adapter.rank; ++k) {
      low[k] = dot({adapter.a + k * columns, columns}, x.subspan(token * columns, columns));
    }
    for (size_t row = 0; row < rows; ++row) {
      double sum = y[token * rows + row];
      for (int k = 0; k < adapter.rank; ++k) sum += adapter.b[k * adapter.stride + row] * low[k];
      y[token * rows + row] = static_cast<float>(sum);
    }
  }
}

}  // namespace

void matmul(const Matrix& weights, std::span<const float> x, std::span<float> y) {
  const size_t columns = weights.columns, rows = weights.rows;
  const size_t tokens = x.size() / columns;
  INVARIANT(x.size() == tokens * columns && y.size() == tokens * rows);
  Vector weight_row(columns);
  for (size_t row = 0; row < rows; ++row) {
    gguf::dequantize_row(weights.type, weights.row(row), weight_row);
    for (size_t token = 0; token < tokens; ++token) {
      y[token * rows + row] =
          static_cast<float>(dot(weight_row, x.subspan(token * columns, columns)));
    }
  }
  if (!weights.adapter.empty()) add_low_rank(weights, x, y);
}

}  // namespace engine::backend::reference
