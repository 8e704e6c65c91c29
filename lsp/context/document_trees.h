// The trees of the open documents, mended from one keystroke to the next.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "lsp/syntax/tree.h"
#include "lsp/text/document.h"

namespace lsp::context {

// Thread safety: all methods may be called from any thread.
class DocumentTrees {
 public:
  // The tree of a snapshot; null for a text without one, and for the first of a document where
  // `limits` leave no time. A document that had a tree has one at once: where mending it takes too
  // long, the earlier one is shifted (see Tree::is_exact), and mended in the background.
  std::shared_ptr<const syntax::Tree> tree(const std::shared_ptr<const text::Document>& document,
                                           const syntax::ParseLimits& limits);
  void forget(const std::string& uri);

 private:
  struct Shifted {
    std::shared_ptr<const text::Document> document;
    std::shared_ptr<const syntax::Tree> tree;
  };

  void mend_later(Shifted shifted);
  void mend(const std::stop_token& stop);

  std::mutex mutex_;                                                  // guards what follows
  std::map<std::string, std::shared_ptr<const syntax::Tree>> trees_;  // of the last snapshots
  Shifted waiting_;             // the latest one, while it waits
  std::stop_source is_behind_;  // of the one that is being mended
  std::condition_variable_any changed_;
  std::jthread mender_;  // once there is something to mend
};

}  // namespace lsp::context
