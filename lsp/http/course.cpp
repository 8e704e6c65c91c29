#include "lsp/http/course.h"

namespace lsp::http {

using engine::session::EndReason;
using engine::session::Outcome;

bool Course::take(const engine::session::Piece& piece) {
  std::string text = filter_.push(piece.bytes, Clock::now());
  if (!text.empty()) add(std::move(text), std::nullopt);
  return !filter_.ended();
}

void Course::end(const Outcome& outcome) {
  Outcome ending = outcome;
  // The filter ended it, and that is an end like any other.
  if (filter_.ended() && ending.reason == EndReason::stopped) ending.reason = EndReason::stop_text;
  add(filter_.flush(), std::move(ending));
}

void Course::add(std::string text, std::optional<Outcome> outcome) {
  const std::lock_guard lock(mutex_);
  const bool first = !news_;
  if (first) news_ = News{{}, {}, Clock::now()};
  news_->text += text;
  news_->outcome = std::move(outcome);
  if (first && wake_) wake_();
}

std::optional<Course::News> Course::news() {
  const std::lock_guard lock(mutex_);
  return std::exchange(news_, std::nullopt);
}

void Course::detach() {
  const std::lock_guard lock(mutex_);
  wake_ = nullptr;
}

}  // namespace lsp::http
