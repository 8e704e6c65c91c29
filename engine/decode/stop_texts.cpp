#include "engine/decode/stop_texts.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "engine/base/check.h"

namespace engine::decode {

StopTexts::StopTexts(std::vector<std::string> texts, size_t exempt_bytes)
    : texts_(std::move(texts)), exempt_bytes_(exempt_bytes) {
  for (const std::string& text : texts_) INVARIANT(!text.empty());
}

bool StopTexts::push(Piece piece, std::vector<Piece>& released) {
  // Exempt bytes come first in the stream, so nothing but them is held back before them.
  const size_t exempt = std::min(exempt_bytes_, piece.bytes.size());
  exempt_bytes_ -= exempt;
  search_from_ += exempt;
  held_text_ += piece.bytes;
  held_.push_back(std::move(piece));

  const size_t stop = find_stop();
  if (stop == std::string::npos) {
    release_up_to(possible_start(), released);
    return false;
  }
  const size_t kept_of_next = stop - release_up_to(stop, released);
  if (kept_of_next > 0) {
    held_.front().bytes.resize(kept_of_next);
    released.push_back(std::move(held_.front()));
  }
  held_.clear();
  held_text_.clear();
  return true;
}

void StopTexts::flush(std::vector<Piece>& released) { release_up_to(held_text_.size(), released); }

// Where the stop text that is complete first begins in what is held, the longest of those that end
// at the same byte; npos: none is complete.
size_t StopTexts::find_stop() const {
  size_t first_end = std::string::npos;
  size_t start = std::string::npos;
  for (const std::string& text : texts_) {
    const size_t found = held_text_.find(text, search_from_);
    if (found == std::string::npos) continue;
    const size_t end = found + text.size();
    if (end < first_end || (end == first_end && found < start)) start = found;
    first_end = std::min(first_end, end);
  }
  return start;
}

// The first place in what is held from which a stop text may still come; its end: none may.
size_t StopTexts::possible_start() const {
  for (size_t start = search_from_; start < held_text_.size(); ++start) {
    const std::string_view tail = std::string_view(held_text_).substr(start);
    for (const std::string& text : texts_) {
      if (text.starts_with(tail)) return start;
    }
  }
  return held_text_.size();
}

// Releases the pieces that end at or before `end` and returns how many bytes these are.
size_t StopTexts::release_up_to(size_t end, std::vector<Piece>& released) {
  size_t bytes = 0;
  size_t count = 0;
  while (count < held_.size() && bytes + held_[count].bytes.size() <= end) {
    bytes += held_[count].bytes.size();
    released.push_back(std::move(held_[count++]));
  }
  held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(count));
  held_text_.erase(0, bytes);
  search_from_ -= std::min(search_from_, bytes);
  return bytes;
}

}  // namespace engine::decode
