#include "lsp/http/text_filter.h"

#include <algorithm>

namespace lsp::http {

std::string TextFilter::push(std::string_view bytes, Clock::time_point now) {
  if (ended_) return "";
  const size_t said = std::min(known_, bytes.size());
  known_ -= said;
  std::string text = joiner_.push(bytes.substr(said));
  if (ends_.indentation > 0) text = within_indentation(text);
  has_line_ = has_line_ || text.find('\n') != std::string::npos;
  if (ends_.time && has_line_ && now - start_ > *ends_.time) ended_ = true;
  return text;
}

std::string TextFilter::flush() {
  if (ended_) return "";
  ended_ = true;
  // A line's end that nothing followed belongs to the text.
  return held_ + joiner_.flush();
}

std::string TextFilter::within_indentation(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    if (byte == '\n') {
      out += held_;
      held_ = byte;
    } else if (!held_.empty() && (byte == ' ' || byte == '\t')) {
      held_ += byte;
    } else if (!held_.empty()) {
      if (static_cast<int>(held_.size()) - 1 < ends_.indentation) {
        ended_ = true;
        return out;
      }
      out += held_ + byte;
      held_.clear();
    } else {
      out += byte;
    }
  }
  return out;
}

}  // namespace lsp::http
