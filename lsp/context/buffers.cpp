// An index over a text costs about a millisecond for each ten kilobytes, more when it grows past
// the processor's caches, so what is indexed anew with each keystroke must be short. A document is
// cut into pieces at lines that its text alone chooses (content-defined chunking): an edit changes
// one piece, and all others are found again by their text. `before` and `after` reach from the
// cursor to such a line; short documents are never cut. Pieces beyond them count as other texts.
#include "lsp/context/buffers.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <mutex>

#include "lsp/context/header.h"
#include "lsp/syntax/language.h"

namespace lsp::context {

using engine::decode::memory::Buffer;
using engine::decode::memory::Buffers;
using engine::tokenizer::SpecialTokens;

namespace {

constexpr size_t near_bytes = 16 << 10;  // of `before` and of `after`, at least, where there are
constexpr size_t most_piece_bytes = 48 << 10;
constexpr size_t least_piece_bytes = 8 << 10;
constexpr size_t most_own_bytes = 256 << 10;    // of the document, on either side
constexpr size_t most_other_bytes = 512 << 10;  // of all other documents together
constexpr size_t most_pieces = 24;              // of one request
constexpr size_t most_cached_tokens = 500'000;  // of all editors; some 80 bytes each
constexpr size_t lively_bytes = 512;            // at the end of `before`, at least
constexpr size_t most_settled = 64;
constexpr size_t fine = 128;     // one line in so many may begin `before` or end `after`
constexpr size_t coarse = 1024;  // one line in so many begins a piece

using Clock = std::chrono::steady_clock;
using Piece = std::shared_ptr<const Buffer>;

// The end of the line that `offset` lies in, its line ending included.
size_t line_end(std::string_view text, size_t offset) {
  const size_t newline = text.find('\n', offset);
  return newline == std::string_view::npos ? text.size() : newline + 1;
}

// Whether the text may be cut where this line begins. Never at a blank line: pre-tokenizers take it
// together with the line ending before it, and the parts would encode differently from the whole.
bool is_cut(std::string_view line, size_t one_in) {
  return line.find_first_not_of(" \t\r\n") != std::string_view::npos &&
         std::hash<std::string_view>()(line) % one_in == 0;
}

// The start of the last line before `limit` at which the text may be cut; 0 if there is none.
size_t last_cut(std::string_view text, size_t limit, size_t one_in) {
  size_t begin = text.substr(0, limit).rfind('\n') + 1;  // npos + 1 is 0
  while (begin > 0) {
    if (is_cut(text.substr(begin, line_end(text, begin) - begin), one_in)) return begin;
    begin = begin == 1 ? 0 : text.substr(0, begin - 1).rfind('\n') + 1;
  }
  return 0;
}

// The start of the first line after `from` at which the text may be cut; its size if there is none.
size_t next_cut(std::string_view text, size_t from, size_t one_in) {
  for (size_t begin = line_end(text, from); begin < text.size(); begin = line_end(text, begin)) {
    if (is_cut(text.substr(begin, line_end(text, begin) - begin), one_in)) return begin;
  }
  return text.size();
}

std::vector<std::string_view> pieces_of(std::string_view text) {
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    size_t end = text.size();
    if (end > least_piece_bytes) end = next_cut(text, least_piece_bytes, coarse);
    if (end > most_piece_bytes) {
      const size_t cut = last_cut(text, most_piece_bytes, 1);
      end = cut > 0 ? cut : std::min(line_end(text, most_piece_bytes), text.size());
    }
    pieces.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return pieces;
}

}  // namespace

struct BufferCache::State {
  explicit State(const Tokenizer& with) : tokenizer(with) {}

  Piece index(std::string_view text) const {
    return std::make_shared<const Buffer>(tokenizer.encode(text, SpecialTokens::literal));
  }

  // By its text; null where it is not there and `deadline` is over. What no request has asked for
  // in a while goes.
  Piece cached(std::string_view text, Clock::time_point deadline = Clock::time_point::max()) {
    if (text.empty()) return nullptr;
    {
      const std::lock_guard lock(mutex);
      if (const auto found = entries.find(text); found != entries.end()) {
        found->second.last_use = ++uses;
        return found->second.piece;
      }
    }
    if (Clock::now() >= deadline) return nullptr;
    Piece piece = index(text);
    const std::lock_guard lock(mutex);
    if (cached_tokens > most_cached_tokens) evict_half();
    const bool is_new = entries.insert_or_assign(std::string(text), Entry{piece, ++uses}).second;
    if (is_new) cached_tokens += piece->tokens().size();
    return piece;
  }

  // Of a text that grows at its end: all but its last lines are encoded once.
  Piece growing(std::string_view text) {
    const size_t last_lines = last_cut(text, text.size() - std::min(text.size(), lively_bytes), 8);
    std::vector<Token> tokens = settled_tokens(text.substr(0, last_lines));
    const std::vector<Token> last =
        tokenizer.encode(text.substr(last_lines), SpecialTokens::literal);
    tokens.insert(tokens.end(), last.begin(), last.end());
    return std::make_shared<const Buffer>(std::move(tokens));
  }

  std::vector<Token> settled_tokens(std::string_view text) {
    {
      const std::lock_guard lock(mutex);
      if (const auto found = settled.find(text); found != settled.end()) return found->second;
    }
    std::vector<Token> tokens = tokenizer.encode(text, SpecialTokens::literal);
    const std::lock_guard lock(mutex);
    if (settled.size() >= most_settled) settled.clear();
    settled[std::string(text)] = tokens;
    return tokens;
  }

  void evict_half() {
    std::vector<uint64_t> ages;
    for (const auto& [key, entry] : entries) ages.push_back(entry.last_use);
    std::nth_element(ages.begin(), ages.begin() + static_cast<std::ptrdiff_t>(ages.size() / 2),
                     ages.end());
    const uint64_t oldest_kept = ages[ages.size() / 2];
    std::erase_if(entries, [&](const auto& each) { return each.second.last_use < oldest_kept; });
    cached_tokens = 0;
    for (const auto& [key, entry] : entries) cached_tokens += entry.piece->tokens().size();
  }

  struct Entry {
    Piece piece;
    uint64_t last_use;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  const Tokenizer& tokenizer;
  std::mutex mutex;
  template <typename Value>
  using ByText = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;
  ByText<Entry> entries;
  size_t cached_tokens = 0;  // of them all
  ByText<std::vector<Token>> settled;
  uint64_t uses = 0;
};

BufferCache::BufferCache(const Tokenizer& tokenizer) : state_(std::make_unique<State>(tokenizer)) {}
BufferCache::~BufferCache() = default;

void BufferCache::prepare(std::span<const OpenText> others) {
  for (const OpenText& other : others) {
    for (const std::string_view piece : pieces_of(other.document->text())) state_->cached(piece);
  }
}

std::shared_ptr<const Buffers> BufferCache::buffers(const PromptInput& input, size_t healed_bytes,
                                                    std::vector<Source>* read, Patience patience) {
  const text::Document& document = *input.here.document;
  const std::string_view text = document.text();
  INVARIANT(healed_bytes <= input.cursor && input.cursor <= text.size());
  auto buffers = std::make_shared<Buffers>();
  const auto language = syntax::language_of(document.language_id(), document.uri(), text);
  buffers->language_id = language ? syntax::language_id(*language) : document.language_id();

  const size_t end = input.cursor - healed_bytes;
  const size_t begin = end <= 2 * near_bytes ? 0 : last_cut(text, end - near_bytes, fine);
  const bool reaches_end = text.size() - input.cursor <= 2 * near_bytes;
  const size_t after_end =
      reaches_end ? text.size() : next_cut(text, input.cursor + near_bytes, fine);
  const size_t near = std::max(begin, end - std::min(end, most_piece_bytes));
  if (end > near) buffers->before = state_->growing(text.substr(near, end - near));
  buffers->after = state_->cached(
      text.substr(input.cursor, std::min(after_end - input.cursor, most_piece_bytes)));

  const bool is_endless = patience == Patience::max();
  const auto deadline = is_endless ? Clock::time_point::max() : Clock::now() + patience;
  const auto add = [&](std::string_view part) {
    int tokens = 0;
    for (const std::string_view text_of_piece : pieces_of(part)) {
      if (buffers->others.size() == most_pieces) break;
      Piece piece = state_->cached(text_of_piece, deadline);
      if (!piece) continue;
      buffers->others.push_back(std::move(piece));
      tokens += static_cast<int>(buffers->others.back()->tokens().size());
    }
    return tokens;
  };
  add(text.substr(after_end, most_own_bytes));
  const size_t own_begin =
      near <= most_own_bytes ? 0 : std::min(next_cut(text, near - most_own_bytes, coarse), near);
  add(text.substr(own_begin, near - own_begin));
  size_t other_bytes = 0;
  for (const OpenText& other : input.others) {
    const text::Document& its = *other.document;
    if (its.uri() == document.uri() || is_secret_path(other.path) || is_secret_path(its.uri())) {
      continue;
    }
    if (its.text().size() > most_other_bytes - other_bytes) continue;  // those behind it may fit
    other_bytes += its.text().size();
    const int tokens = add(its.text());
    if (read != nullptr && tokens > 0) {
      read->push_back({other.path, other.why + "; the memory reads it, not the model", tokens});
    }
  }
  return buffers;
}

}  // namespace lsp::context
