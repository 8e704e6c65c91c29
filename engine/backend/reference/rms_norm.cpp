#include <cmath>

#include "engine/backend/reference/operations.h"

namespace engine::backend::reference {

void rms_norm(std::span<const float> x, const Vector& weight, float epsilon, std::span<float> y) {
  const size_t width = weight.size();
  INVARIANT(x.size() % width == 0 && y.size() == x.size());
  for (size_t first = 0; first < x.size(); first += width) {
    const auto row = x.subspan(first, width);
    const double mean_square = dot(row, row) / static_cast<double>(width);
    const double scale = 1 / std::sqrt(mean_square + epsilon);
    for (size_t i = 0; i < width; ++i) {
      y[first + i] = static_cast<float>(row[i] * scale * weight[i]);
    }
  }
}

}  // namespace engine::backend::reference
