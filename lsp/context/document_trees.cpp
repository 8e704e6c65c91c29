#include "lsp/context/document_trees.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace lsp::context {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// What mending a tree may take at a keystroke: in a file of ten thousand lines it takes two. Behind
// a bracket that is not closed yet, Tree-sitter looks through all that follows, at each key anew.
constexpr microseconds mending_budget{2000};
constexpr microseconds budget_behind_shifted{1000};
// And in the background, where the next keystroke ends it.
constexpr milliseconds background_budget{500};

}  // namespace

std::shared_ptr<const syntax::Tree> DocumentTrees::tree(
    const std::shared_ptr<const text::Document>& document, const syntax::ParseLimits& limits) {
  std::shared_ptr<const syntax::Tree> previous;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = trees_.find(document->uri()); found != trees_.end()) {
      previous = found->second;
    }
  }
  if (previous && &previous->document() == document.get()) return previous;
  syntax::ParseLimits within = limits;
  if (previous) {
    const bool exact = previous->is_exact();
    within.time = std::min(within.time, exact ? mending_budget : budget_behind_shifted);
  }
  const bool has_time = within.time > microseconds::zero();
  auto tree = has_time ? syntax::Tree::parse(document, previous.get(), within) : nullptr;
  if (!tree && previous && !limits.stop.stop_requested()) {
    tree = syntax::Tree::shifted(document, *previous, limits);
  }
  if (!tree) return nullptr;
  const std::lock_guard lock(mutex_);
  trees_[document->uri()] = tree;
  if (!tree->is_exact()) mend_later({document, tree});
  return tree;
}

void DocumentTrees::mend_later(Shifted shifted) {
  waiting_ = std::move(shifted);
  is_behind_.request_stop();
  if (!mender_.joinable())
    mender_ = std::jthread([this](const std::stop_token& stop) { mend(stop); });
  changed_.notify_one();
}

void DocumentTrees::mend(const std::stop_token& stop) {
  // Of this thread alone, which Linux takes for a process here.
  setpriority(PRIO_PROCESS, 0, 19);
  const std::stop_callback at_end(stop, [this] {
    const std::lock_guard lock(mutex_);
    is_behind_.request_stop();
  });
  std::unique_lock lock(mutex_);
  const auto is_asked = [this] { return waiting_.tree != nullptr; };
  while (changed_.wait(lock, stop, is_asked) && !stop.stop_requested()) {
    const Shifted shifted = std::exchange(waiting_, {});
    is_behind_ = std::stop_source();
    const syntax::ParseLimits limits{.time = background_budget, .stop = is_behind_.get_token()};
    lock.unlock();
    auto tree = syntax::Tree::parse(shifted.document, shifted.tree.get(), limits);
    lock.lock();
    const auto found = trees_.find(shifted.document->uri());
    if (tree && found != trees_.end() && found->second == shifted.tree) found->second = tree;
  }
}

void DocumentTrees::forget(const std::string& uri) {
  const std::lock_guard lock(mutex_);
  trees_.erase(uri);
}

}  // namespace lsp::context
