// Arbitrary edits at arbitrary positions, in each encoding: the text changed in place, the edited
// snapshot and one made anew must agree, and positions must survive the way there and back.
#pragma once

#include <cstring>
#include <string>
#include <string_view>

#include "engine/base/check.h"
#include "lsp/text/document.h"
#include "lsp/text/utf8.h"

namespace fuzz {

// Takes numbers and texts from the front of its bytes.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
  bool empty() const { return bytes_.empty(); }
  uint8_t byte() {
    if (bytes_.empty()) return 0;
    const auto value = static_cast<uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return value;
  }
  std::string_view text(size_t most) {
    const std::string_view taken = bytes_.substr(0, most);
    bytes_.remove_prefix(taken.size());
    return taken;
  }

 private:
  std::string_view bytes_;
};

inline void check_same(const lsp::text::Document& document, lsp::text::Encoding encoding) {
  using namespace lsp::text;
  const Document anew(document.uri(), document.language_id(), document.version(),
                      std::string(document.text()));
  INVARIANT(document.line_count() == anew.line_count());
  for (size_t line = 0; line < anew.line_count(); ++line) {
    INVARIANT(document.line(line) == anew.line(line));
  }
  for (size_t offset = 0; offset <= anew.text().size(); ++offset) {
    if (character_start(anew.text(), offset) != offset) continue;
    const Position position = document.position_of(offset, encoding);
    const size_t back = document.offset_of(position, encoding);
    // Between \r and \n there is no position but the line's end.
    const bool within_ending = offset > 0 && offset < anew.text().size() &&
                               anew.text()[offset - 1] == '\r' && anew.text()[offset] == '\n';
    INVARIANT(back == offset || (within_ending && back == offset - 1));
  }
}

inline int feed_edits(std::string_view input) {
  using namespace lsp::text;
  Bytes bytes(input);
  const auto encoding = static_cast<Encoding>(bytes.byte() % 3);
  Document document("file:///a", "c", 1, std::string(bytes.text(bytes.byte())));
  int edits = 0;
  for (; !bytes.empty() && edits < 32; ++edits) {
    size_t ends[2];
    for (size_t& end : ends) {
      const Position position{bytes.byte() % 16u, bytes.byte()};
      end = document.offset_of(position, encoding);
      INVARIANT(end <= document.text().size());
    }
    const Range range{std::min(ends[0], ends[1]), std::max(ends[0], ends[1])};
    const std::string replacement(bytes.text(bytes.byte() % 32));
    const auto snapshot = document.edit(range, replacement, edits + 2);
    document.apply(range, replacement, edits + 2);
    INVARIANT(snapshot->text() == document.text());
    INVARIANT(snapshot->line_count() == document.line_count());
    check_same(document, encoding);
  }
  return edits;
}

}  // namespace fuzz
