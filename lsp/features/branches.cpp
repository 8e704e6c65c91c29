#include "lsp/features/branches.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace lsp::features {

double Branch::log_probability() const {
  double sum = 0;
  for (const ScoredPiece& piece : given) sum += piece.log_probability;
  return sum;
}

void Branches::found(const Branch& from, std::span<const ScoredPiece> line) {
  size_t all_bytes = 0;
  for (const ScoredPiece& piece : line) all_bytes += piece.bytes.size();
  double given = from.log_probability();
  size_t given_bytes = 0;
  for (size_t i = 0; i < from.given.size(); ++i) given_bytes += from.given[i].bytes.size();
  for (size_t i = from.given.size(); i < line.size(); ++i) {
    const double probability = std::exp(line[i].log_probability);
    Branch branch;
    branch.given.assign(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(i));
    const bool is_divided = i == from.given.size();
    if (is_divided) branch.not_next = from.not_next;
    branch.not_next.push_back(line[i].token);
    branch.left = std::max(0.0, (is_divided ? from.left : 1) - probability);
    const auto other_bytes = static_cast<double>(all_bytes - given_bytes);
    branch.worth = std::exp(given) * branch.left * other_bytes /
                   static_cast<double>(std::max<size_t>(1, all_bytes));
    if (branch.worth > 0) open_.push_back(std::move(branch));
    given += line[i].log_probability;
    given_bytes += line[i].bytes.size();
  }
}

std::optional<Branch> Branches::take() {
  const auto best = std::max_element(
      open_.begin(), open_.end(),
      [](const Branch& one, const Branch& other) { return one.worth < other.worth; });
  if (best == open_.end()) return std::nullopt;
  Branch branch = std::move(*best);
  open_.erase(best);
  return branch;
}

}  // namespace lsp::features
