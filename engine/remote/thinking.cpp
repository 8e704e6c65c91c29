#include "engine/remote/thinking.h"

#include <algorithm>
#include <utility>

namespace engine::remote {
namespace {

constexpr std::string_view opening = "<think>";
constexpr std::string_view closing = "</think>";
constexpr std::string_view channel = "<|channel|>", message = "<|message|>", end_mark = "<|end|>";
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

// Once enough has come to tell how the answer begins.
void Thinking::begin() {
  const size_t first = kept_.find_first_not_of(space);
  if (first == std::string::npos) return;
  const std::string_view rest = std::string_view(kept_).substr(first);
  for (const auto& [mark, state] :
       {std::pair{opening, State::thought}, std::pair{channel, State::header}}) {
    if (rest.size() < mark.size() && mark.starts_with(rest)) return;
    if (!rest.starts_with(mark)) continue;
    kept_.erase(0, first + mark.size());
    state_ = state;
    return;
  }
  kept_.erase(0, first);
  state_ = State::text;
}

// A step through harmony's messages; false where it waits for more.
bool Thinking::read_message(Part& part) {
  const std::string_view mark = state_ == State::between  ? channel
                                : state_ == State::header ? message
                                                          : end_mark;
  const size_t at = kept_.find(mark);
  const bool is_there = at != kept_.npos;
  if (state_ == State::message) {
    const size_t size = is_there ? at : kept_.size() - begun(kept_, mark);
    part.thought += kept_.substr(0, size);
    kept_.erase(0, size);
  }
  if (!is_there) return false;
  const bool is_final = state_ == State::header && kept_.starts_with("final");
  kept_.erase(0, kept_.find(mark) + mark.size());
  state_ = state_ == State::between  ? State::header
           : state_ == State::header ? State::message
                                     : State::between;
  if (!is_final) return true;
  state_ = State::text;  // the last message, in which marks are the answer's own
  has_closed_ = true;
  return false;
}

Thinking::Part Thinking::push(std::string_view piece) {
  Part part;
  kept_ += piece;
  if (state_ == State::before) begin();
  if (state_ == State::before) return part;
  while (state_ >= State::between && read_message(part)) {
  }
  if (state_ >= State::between) return part;
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
  const bool is_thought = state_ == State::thought || state_ == State::message;
  const bool is_mark = state_ == State::between || state_ == State::header;
  if (!is_mark) (is_thought ? part.thought : part.text) = std::move(kept_);
  kept_.clear();
  return part;
}

}  // namespace engine::remote
