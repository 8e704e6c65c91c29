#include "lsp/server/notebooks.h"

#include <algorithm>

#include "engine/base/format.h"

namespace lsp::server {
namespace {

using base::fail;
using wire::NotebookCell;

constexpr std::string_view between_cells = "\n\n";

}  // namespace

void Notebooks::open(const wire::NotebookOpenParams& params) {
  open_.insert_or_assign(params.uri, params.cells);
}

base::Status Notebooks::change(const wire::NotebookChangeParams& params) {
  const auto found = open_.find(params.uri);
  if (found == open_.end()) return fail("a change of a notebook that is not open: ", params.uri);
  if (!params.splice) return base::Done{};
  std::vector<NotebookCell>& cells = found->second;
  const auto& [start, deleted, added] = *params.splice;
  if (start > cells.size() || deleted > cells.size() - start) {
    return fail("a change of cells ", start, " to ", start + deleted, " of a notebook with ",
                cells.size(), " cells: ", params.uri);
  }
  const auto at = cells.begin() + static_cast<std::ptrdiff_t>(start);
  const auto rest = cells.erase(at, at + static_cast<std::ptrdiff_t>(deleted));
  cells.insert(rest, added.begin(), added.end());
  return base::Done{};
}

void Notebooks::close(const std::string& uri) { open_.erase(uri); }

std::vector<std::string> Notebooks::cells_around(const std::string& document) const {
  const auto is_it = [&](const NotebookCell& cell) {
    return cell.is_code && cell.document == document;
  };
  for (const auto& [uri, cells] : open_) {
    if (std::none_of(cells.begin(), cells.end(), is_it)) continue;
    std::vector<std::string> found;
    for (const NotebookCell& cell : cells) {
      if (cell.is_code) found.push_back(cell.document);
    }
    return found;
  }
  return {};
}

Placed Notebooks::place(const Snapshot& document, Documents& documents) const {
  const std::vector<std::string> cells = cells_around(document->uri());
  Placed alone{document, 0};
  if (cells.size() <= 1) return alone;
  std::string text;
  size_t begin = 0;
  for (const std::string& uri : cells) {
    if (!documents.contains(uri)) continue;
    const Snapshot cell = documents.snapshot(uri);
    if (!cell || cell->language_id() != document->language_id()) continue;
    if (!text.empty()) text += between_cells;
    if (uri == document->uri()) begin = text.size();
    text += cell->text();
  }
  if (text.size() > max_completed_bytes) return alone;
  return {std::make_shared<const text::Document>(document->uri(), document->language_id(),
                                                 document->version(), std::move(text)),
          begin};
}

}  // namespace lsp::server
