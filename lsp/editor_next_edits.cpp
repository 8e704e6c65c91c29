#include "lsp/editor_next_edits.h"

#include "lsp/features/next_edits/next_edits.h"

namespace lsp {
namespace {

class EditorEditFinder : public server::EditFinder {
 public:
  bool may_find(const text::Document& document, const text::History& history) const override {
    return features::next_edits::may_have_next(document, history);
  }

  server::FoundEdits find(const server::Snapshot& document,
                          const text::History& history) const override {
    auto found = features::next_edits::next_edits(document, history);
    server::FoundEdits edits{std::move(found.before), std::move(found.after), {}};
    for (auto& [range, text] : found.edits) edits.edits.push_back({range, std::move(text)});
    return edits;
  }
};

}  // namespace

std::shared_ptr<server::EditFinder> make_edit_finder() {
  return std::make_shared<EditorEditFinder>();
}

}  // namespace lsp
