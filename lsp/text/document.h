// An immutable snapshot of a text with its version. Offsets are bytes of UTF-8 throughout lemma;
// only the wire speaks in lines and code units.
//
// What threads share is a `shared_ptr<const Document>` that never changes. Only the owner of a
// text still being synchronised calls `apply`, on a Document of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace lsp::text {

// LSP positionEncoding.
enum class Encoding { utf8, utf16, utf32 };

struct Position {
  uint32_t line;       // from 0
  uint32_t character;  // code units of the encoding, from 0
};

struct Range {
  size_t begin;  // bytes, half open
  size_t end;
  bool operator==(const Range&) const = default;
};

class Document {
 public:
  // Invalid UTF-8 is kept byte by byte; each such byte counts as one code unit in every encoding.
  Document(std::string uri, std::string language_id, int64_t version, std::string text);

  const std::string& uri() const { return uri_; }
  const std::string& language_id() const { return language_id_; }
  int64_t version() const { return version_; }
  std::string_view text() const { return text_; }

  // Lines end with \n, \r\n or \r, as LSP has it; the last line may be empty.
  size_t line_count() const { return line_starts_.size(); }
  // Without its line ending. `line` < line_count().
  std::string_view line(size_t line) const;
  Range line_range(size_t line) const;  // without its line ending
  size_t line_at(size_t offset) const;

  // Positions outside are clamped as LSP demands: past a line's end to its end, past the last line
  // to the end of the text, inside a character to its start.
  size_t offset_of(Position position, Encoding encoding) const;
  Position position_of(size_t offset, Encoding encoding) const;

  // Changes the text in place, so that a keystroke in a huge file moves bytes but allocates none.
  // `range` lies within the text.
  void apply(Range range, std::string_view replacement, int64_t new_version);

  // For a change that leaves the text as it is.
  void set_version(int64_t version) { version_ = version; }

  // The same as a new snapshot.
  std::shared_ptr<const Document> edit(Range range, std::string_view replacement,
                                       int64_t new_version) const;

 private:
  std::string uri_;
  std::string language_id_;
  int64_t version_;
  std::string text_;
  std::vector<size_t> line_starts_;  // ascending; the first is 0
};

}  // namespace lsp::text
