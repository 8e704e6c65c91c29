#include "engine/remote/thinking.h"

#include <algorithm>

namespace engine::remote {
namespace {

constexpr std::string_view opening = "<think>";
constexpr std::string_view closing = "</think>";
constexpr std::string_view space = " \t\r\n";

// How many bytes at the end of `text` may be the beginning of `tag`.
size_t begun(std::string_view text, std::string_view tag) {
  for (size_t size = std::min(text.size(), tag.size() - 1); size > 0; --size) {
    if (text.ends_with(tag.substr(0, size))) return size;
  }
  return 0;
}

bool ends_in_block(std::string_view text) {
  constexpr std::string_view fence = "```";
  bool open = false;
  for (size_t at = text.find(fence); at != text.npos; at = text.find(fence, at + fence.size())) {
    open = !open;
  }
  return open;
}

}  // namespace

// Where the tag stands that ends it; npos: nowhere. One within a block of code is the code's.
size_t Thinking::end_of_thought() const {
  for (size_t at = kept_.find(closing); at != kept_.npos; at = kept_.find(closing, at + 1)) {
    if (state_ != State::text || !ends_in_block(said_ + kept_.substr(0, at))) return at;
  }
  return kept_.npos;
}

void Thinking::close(size_t at, Part& part) {
  part.all_was_thought = state_ == State::text;
  part.thought = kept_.substr(0, at);
  kept_.erase(0, at + closing.size());
  state_ = State::closed;
  has_closed_ = true;
}

Thinking::Part Thinking::push(std::string_view piece) {
  Part part;
  kept_ += piece;
  if (state_ == State::before) {
    const size_t first = kept_.find_first_not_of(space);
    if (first == std::string::npos) return part;
    const std::string_view rest = std::string_view(kept_).substr(first);
    if (rest.size() < opening.size() && opening.starts_with(rest)) return part;
    const bool thinks = rest.starts_with(opening);
    kept_.erase(0, first + (thinks ? opening.size() : 0));
    state_ = thinks ? State::thought : State::text;
  }
  if (!has_closed_) {
    if (const size_t at = end_of_thought(); at != std::string::npos) close(at, part);
  }
  if (state_ == State::closed) {
    kept_.erase(0, std::min(kept_.find_first_not_of(space), kept_.size()));
    if (kept_.empty()) return part;
    state_ = State::text;
  }
  const size_t kept = has_closed_ ? 0 : begun(kept_, closing);
  std::string& target = state_ == State::thought ? part.thought : part.text;
  target += kept_.substr(0, kept_.size() - kept);
  if (state_ == State::text && !has_closed_) said_ += kept_.substr(0, kept_.size() - kept);
  kept_.erase(0, kept_.size() - kept);
  return part;
}

void Thinking::is_told_apart() {
  if (state_ == State::before) state_ = State::closed;
  has_closed_ = true;
}

Thinking::Part Thinking::end() {
  Part part;
  (state_ == State::thought ? part.thought : part.text) = std::move(kept_);
  kept_.clear();
  return part;
}

}  // namespace engine::remote
