// Tables are kept short, so that each can be read at once; who looks something up takes them
// as one.
#pragma once

#include <initializer_list>
#include <span>
#include <vector>

namespace lsp::features::solve {

template <typename Row>
std::vector<Row> joined(std::initializer_list<std::span<const Row>> tables) {
  std::vector<Row> all;
  for (const std::span<const Row> table : tables) all.insert(all.end(), table.begin(), table.end());
  return all;
}

}  // namespace lsp::features::solve
