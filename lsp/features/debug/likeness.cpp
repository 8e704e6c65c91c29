#include "lsp/features/debug/likeness.h"

#include <algorithm>
#include <vector>

namespace lsp::features::debug {

double likeness(std::string_view a, std::string_view b) {
  if (a == b) return 1;
  if (std::max(a.size(), b.size()) > longest_name) return 0;
  // Of the table's rows no more than two above the present one are needed.
  std::vector<size_t> before, above(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    before.swap(above), above.swap(row);
    row.resize(b.size() + 1);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t other = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + other});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
  }
  const auto longer = static_cast<double>(std::max(a.size(), b.size()));
  return 1 - static_cast<double>(row[b.size()]) / longer;
}

}  // namespace lsp::features::debug
