#include "lsp/text/document.h"

#include <algorithm>

#include "lsp/text/utf8.h"

namespace lsp::text {
namespace {

// Appends the starts of the lines whose ending stands at [from, to). A \r that a \n follows is half
// an ending: the line starts after the \n.
void find_line_starts(std::string_view text, size_t from, size_t to, std::vector<size_t>& starts) {
  for (size_t at = from; at < to;) {
    const size_t newline = std::min(text.substr(0, to).find('\n', at), to);
    for (size_t cr = text.substr(0, newline).find('\r', at); cr != std::string_view::npos;
         cr = text.substr(0, newline).find('\r', cr + 1)) {
      if (cr + 1 >= text.size() || text[cr + 1] != '\n') starts.push_back(cr + 1);
    }
    if (newline == to) return;
    starts.push_back(newline + 1);
    at = newline + 1;
  }
}

// Code units of one character of `bytes` bytes.
size_t character_units(size_t bytes, Encoding encoding) {
  return encoding == Encoding::utf16 && bytes == 4 ? 2 : 1;
}

size_t count_units(std::string_view text, Encoding encoding) {
  if (encoding == Encoding::utf8) return text.size();
  size_t units = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t ascii = ascii_end(text, at);
    units += ascii - at;
    at = ascii;
    if (at == text.size()) break;
    const size_t bytes = character_bytes(text, at);
    units += character_units(bytes, encoding);
    at += bytes;
  }
  return units;
}

// The offset `units` code units into the text, at most its size.
size_t skip_units(std::string_view text, size_t units, Encoding encoding) {
  if (encoding == Encoding::utf8) return character_start(text, std::min(units, text.size()));
  size_t at = 0;
  while (units > 0 && at < text.size()) {
    const size_t ascii =
        std::min(ascii_end(text.substr(0, std::min(text.size(), at + units)), at), text.size());
    units -= ascii - at;
    at = ascii;
    if (units == 0 || at == text.size()) break;
    const size_t bytes = character_bytes(text, at);
    const size_t width = character_units(bytes, encoding);
    if (width > units) break;
    units -= width;
    at += bytes;
  }
  return at;
}

}  // namespace

Document::Document(std::string uri, std::string language_id, int64_t version, std::string text)
    : uri_(std::move(uri)),
      language_id_(std::move(language_id)),
      version_(version),
      text_(std::move(text)),
      line_starts_{0} {
  find_line_starts(text_, 0, text_.size(), line_starts_);
}

Range Document::line_range(size_t line) const {
  INVARIANT(line < line_count());
  const size_t begin = line_starts_[line];
  size_t end = line + 1 < line_count() ? line_starts_[line + 1] : text_.size();
  if (line + 1 < line_count()) {
    --end;
    if (end > begin && text_[end] == '\n' && text_[end - 1] == '\r') --end;
  }
  return {begin, end};
}

std::string_view Document::line(size_t line) const {
  const Range range = line_range(line);
  return text().substr(range.begin, range.end - range.begin);
}

size_t Document::line_at(size_t offset) const {
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<size_t>(next - line_starts_.begin()) - 1;
}

size_t Document::offset_of(Position position, Encoding encoding) const {
  if (position.line >= line_count()) return text_.size();
  return line_starts_[position.line] +
         skip_units(line(position.line), position.character, encoding);
}

Position Document::position_of(size_t offset, Encoding encoding) const {
  const size_t at = line_at(std::min(offset, text_.size()));
  const std::string_view whole = line(at);
  const size_t in_line = character_start(whole, std::min(offset - line_starts_[at], whole.size()));
  const size_t units = count_units(whole.substr(0, in_line), encoding);
  return {static_cast<uint32_t>(at), static_cast<uint32_t>(units)};
}

void Document::apply(Range range, std::string_view replacement, int64_t new_version) {
  INVARIANT(range.begin <= range.end && range.end <= text_.size());
  text_.replace(range.begin, range.end - range.begin, replacement);
  version_ = new_version;

  // An edit decides anew which endings stand from the byte before it (a \r there may gain or lose
  // its \n) to its own last byte; the starts past the old end only move.
  const size_t from = range.begin == 0 ? 0 : range.begin - 1;
  const size_t to = range.begin + replacement.size();
  std::vector<size_t> found;
  find_line_starts(text_, from, to, found);
  const auto first = std::upper_bound(line_starts_.begin(), line_starts_.end(), from);
  const auto last = std::upper_bound(first, line_starts_.end(), range.end);
  const size_t old_count = static_cast<size_t>(last - first);
  const size_t overlap = std::min(old_count, found.size());
  std::copy_n(found.begin(), overlap, first);
  const auto kept = first + static_cast<std::ptrdiff_t>(overlap);
  auto tail = old_count > overlap
                  ? line_starts_.erase(kept, last)
                  : line_starts_.insert(kept, found.begin() + static_cast<std::ptrdiff_t>(overlap),
                                        found.end());
  tail += static_cast<std::ptrdiff_t>(found.size() - overlap);
  for (; tail != line_starts_.end(); ++tail) *tail = *tail - range.end + to;
}

std::shared_ptr<const Document> Document::edit(Range range, std::string_view replacement,
                                               int64_t new_version) const {
  auto edited = std::make_shared<Document>(*this);
  edited->apply(range, replacement, new_version);
  return edited;
}

}  // namespace lsp::text
