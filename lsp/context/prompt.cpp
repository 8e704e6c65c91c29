// How the budget is spent. Of the tokens that are left after the special ones, a quarter goes to
// the suffix; the preamble comes next; what was typed and some room for more of it is set aside;
// and the prefix takes the rest. What a short prefix leaves goes to excerpts of other files and, in
// models of a long context, to what is reported near the cursor. Excerpts and reports stand before
// everything else, so they stay as they are while the cursor stays near: the cache is worth more
// than the latest of them.
//
// The start of the window is the first line that starts at or after a multiple of `step` bytes, so
// it depends on the place in the document alone, and coming back to a place finds the cache of last
// time. The one of the last prompt is kept for as long as it serves, since budgets vary a little.
#include "lsp/context/prompt.h"

#include <algorithm>
#include <optional>

#include "engine/base/check.h"
#include "lsp/context/header.h"
#include "lsp/context/snippets.h"
#include "lsp/text/utf8.h"
#include "lsp/text/word.h"

namespace lsp::context {

using engine::tokenizer::SpecialTokens;

namespace {

constexpr int special_tokens = 4;     // beginning of sequence and three of FIM
constexpr int text_start_tokens = 4;  // a first word is cut otherwise behind a space
constexpr int most_typed_lines = 30;
constexpr int least_budget_tokens = 64;
constexpr int most_budget_tokens = 1024;
constexpr int least_context_for_others = 4096;
constexpr int least_budget_for_snippets = 1000;  // models of a short context have never seen one
constexpr size_t excerpts_reach_lines = 32;
constexpr size_t most_import_bytes = 64 << 10;  // of the beginning, where imports stand
constexpr size_t usual_bytes_per_token = 3;
constexpr size_t most_bytes_per_token = 8;  // longer on average: the window is a little smaller

std::string lines_text(size_t first, size_t last) {
  return ", lines " + std::to_string(first + 1) + " to " + std::to_string(last + 1);
}

size_t byte_length(std::span<const Token> tokens, const Tokenizer& tokenizer) {
  size_t bytes = 0;
  for (const Token token : tokens) bytes += tokenizer.bytes(token).size();
  return bytes;
}

}  // namespace

class PromptBuilder {
 public:
  PromptBuilder(const PromptInput& input, const Tokenizer& tokenizer, Anchor& anchor)
      : input_(input),
        document_(*input.here.document),
        text_(document_.text()),
        tokenizer_(tokenizer),
        anchor_(anchor),
        content_tokens_(input.budget_tokens - special_tokens -
                        (tokenizer.text_start().empty() ? 0 : text_start_tokens)) {
    INVARIANT(input.cursor <= text_.size());
    INVARIANT(input.budget_tokens >= least_budget_tokens);
  }

  Prompt build() {
    if (!still_anchored()) anchor_anew();
    Prompt prompt = anchor_.fixed_;
    prompt.typed = typed();
    prompt.sources.push_back({"this file", "typed since the anchor", count(prompt.typed)});
    return prompt;
  }

 private:
  int count(std::string_view text) const {
    return static_cast<int>(tokenizer_.encode(text, SpecialTokens::literal).size());
  }

  std::string_view typed() const {
    return text_.substr(anchor_.offset_, input_.cursor - anchor_.offset_);
  }

  std::string here(text::Range range) const {
    const size_t last = range.end > range.begin ? range.end - 1 : range.begin;
    return "this file" + lines_text(document_.line_at(range.begin), document_.line_at(last));
  }

  // The start of the first line that begins at or after `offset`; the text's end if none does.
  size_t line_start_from(size_t offset) const {
    const size_t line = document_.line_at(offset);
    if (document_.line_range(line).begin == offset) return offset;
    return line + 1 < document_.line_count() ? document_.line_range(line + 1).begin : text_.size();
  }

  bool still_anchored() const {
    const Prompt& fixed = anchor_.fixed_;
    if (!anchor_.set_ || anchor_.budget_tokens_ != input_.budget_tokens) return false;
    if (input_.cursor < anchor_.offset_) return false;
    const std::string_view after = text_.substr(input_.cursor);
    const bool is_same =
        text_.substr(anchor_.window_begin_, fixed.prefix.size()) == fixed.prefix &&
        (anchor_.ends_document_ ? after == fixed.suffix : after.starts_with(fixed.suffix));
    return is_same && std::count(typed().begin(), typed().end(), '\n') <= most_typed_lines &&
           count(typed()) <= anchor_.room_for_typed_;
  }

  void anchor_anew() {
    anchor_.budget_tokens_ = input_.budget_tokens;
    anchor_.fixed_ = Prompt();
    place_anchor();
    place_suffix();
    const std::string header = header_line(input_.here.path, language());
    const int typed_tokens = count(typed());
    const int room = content_tokens_ - count(anchor_.fixed_.suffix) - typed_tokens - count(header);
    const int kept_room = place_window(room);
    anchor_.fixed_.prefix =
        text_.substr(anchor_.window_begin_, anchor_.offset_ - anchor_.window_begin_);
    const std::string own = header + kept_lines(kept_room);
    place_excerpts(own, typed_tokens);
    anchor_.fixed_.preamble = anchor_.excerpts_ + own;
    // What fits part by part may as a whole take a token more. The window itself always fits.
    if (room_left() < typed_tokens) anchor_.fixed_.preamble.clear();
    anchor_.room_for_typed_ = room_left();
    INVARIANT(anchor_.room_for_typed_ >= typed_tokens);
    anchor_.set_ = true;
    list_sources(header);
  }

  std::optional<syntax::Language> language() const {
    if (input_.here.tree) return input_.here.tree->language();
    return syntax::language_of(document_.language_id(), document_.uri(), text_);
  }

  int room_left() const {
    const Prompt& fixed = anchor_.fixed_;
    return content_tokens_ - count(fixed.preamble) - count(fixed.prefix) - count(fixed.suffix);
  }

  // At the start of the cursor's line, unless that line is too long to be had whole.
  void place_anchor() {
    anchor_.offset_ = document_.line_range(document_.line_at(input_.cursor)).begin;
    const int most = content_tokens_ / 2;
    const size_t longest = static_cast<size_t>(most) * most_bytes_per_token;
    if (input_.cursor - anchor_.offset_ > longest) {
      anchor_.offset_ = text::character_start(text_, input_.cursor - longest);
    }
    // Half of it goes each time, so that typing on does not move the anchor with every character.
    while (count(typed()) > most) {
      const size_t cut = std::max<size_t>((input_.cursor - anchor_.offset_) / 2, 1);
      anchor_.offset_ = text::character_start(text_, input_.cursor - cut);
      if (input_.cursor - anchor_.offset_ <= 4) anchor_.offset_ = input_.cursor;
    }
  }

  void place_suffix() {
    const auto most = static_cast<size_t>(content_tokens_ / 4);
    const std::string_view rest = text_.substr(input_.cursor);
    std::string_view suffix = rest.substr(0, most * most_bytes_per_token);
    auto tokens = tokenizer_.encode(suffix, SpecialTokens::literal);
    while (tokens.size() > most || suffix.size() < rest.size()) {
      const size_t kept = std::min(most, tokens.size());
      size_t end = byte_length(std::span(tokens).first(kept), tokenizer_);
      end = std::min(end, suffix.size() - (suffix.empty() ? 0 : 1));
      const size_t newline = suffix.substr(0, end).rfind('\n');
      end = newline == std::string_view::npos ? text::character_start(suffix, end) : newline + 1;
      suffix = suffix.substr(0, end);
      tokens = tokenizer_.encode(suffix, SpecialTokens::literal);
      if (tokens.size() <= most) break;
    }
    anchor_.fixed_.suffix = suffix;
    anchor_.ends_document_ = suffix.size() == rest.size();
  }

  // Chooses the start of the window so that the prefix and some room for typing fit into
  // `room` tokens. Returns what is left of it for lines that the window cuts off.
  int place_window(int room) {
    const int kept_room = input_.here.tree ? content_tokens_ / 16 : 0;
    const int least_typing = content_tokens_ / 16;
    const int most = std::max(room - kept_room - least_typing - room_for_others(), 0);
    const size_t old = anchor_.window_begin_;
    const bool old_is_start = anchor_.set_ && old < anchor_.offset_ && line_start_from(old) == old;
    if (old_is_start) {
      const size_t longest = static_cast<size_t>(most) * most_bytes_per_token;
      const bool is_near = anchor_.offset_ - old <= longest;
      const int tokens = is_near ? count(text_.substr(old, anchor_.offset_ - old)) : most + 1;
      if (tokens <= most && (old == 0 || tokens >= most / 2)) return kept_room;
    }
    anchor_.window_begin_ = window_begin_for(std::max(most - content_tokens_ / 16, 0));
    return kept_room;
  }

  // Set aside where there is something to fill it.
  int room_for_others() const {
    const bool any = !input_.signatures.empty() || !input_.others.empty() ||
                     !input_.diagnostics.empty() || !input_.here.attended.empty();
    return any ? std::min(input_.tokens_for_others, content_tokens_ / 2) : 0;
  }

  size_t window_begin_for(int most) const {
    const size_t limit = static_cast<size_t>(most);
    const size_t from = anchor_.offset_ - std::min(anchor_.offset_, limit * most_bytes_per_token);
    const std::string_view tail = text_.substr(from, anchor_.offset_ - from);
    const auto tokens = tokenizer_.encode(tail, SpecialTokens::literal);
    size_t begin = from;
    if (tokens.size() > limit) {
      begin += byte_length(std::span(tokens).first(tokens.size() - limit), tokenizer_);
    }
    const size_t step =
        std::max<size_t>(static_cast<size_t>(content_tokens_) / 6 * usual_bytes_per_token, 1);
    while (begin > 0) {
      begin = line_start_from(std::min((begin + step - 1) / step * step, text_.size()));
      if (begin >= anchor_.offset_) return last_lines(limit);
      if (count(text_.substr(begin, anchor_.offset_ - begin)) <= most) break;
      ++begin;
    }
    return begin;
  }

  // Lines so long that no step of the grid is among them: as many of the last ones as fit, and
  // where not even one does, as much of it as fits.
  size_t last_lines(size_t limit) const {
    size_t begin = anchor_.offset_;
    const auto fits = [&](size_t from) {
      return anchor_.offset_ - from <= limit * most_bytes_per_token &&
             static_cast<size_t>(count(text_.substr(from, anchor_.offset_ - from))) <= limit;
    };
    for (size_t line = document_.line_at(anchor_.offset_); line > 0; --line) {
      const size_t earlier = document_.line_range(line - 1).begin;
      if (!fits(earlier)) break;
      begin = earlier;
    }
    for (size_t bytes = limit * usual_bytes_per_token; begin == anchor_.offset_ && bytes > 0;
         bytes /= 2) {
      const size_t from = text::character_start(text_, begin - std::min(begin, bytes));
      if (fits(from)) return from;
    }
    return begin;
  }

  // Whole lines before the window: imports, and the first lines of the definitions around the
  // cursor, which come first when there is little room.
  std::string kept_lines(int room) {
    if (!input_.here.tree || anchor_.window_begin_ == 0) return "";
    std::vector<text::Range> ranges;
    for (const syntax::Symbol& symbol : input_.here.tree->enclosing(input_.cursor)) {
      if (symbol.range.begin < anchor_.window_begin_) ranges.push_back(symbol.signature);
    }
    const size_t enclosing = ranges.size();
    const size_t end = std::min(anchor_.window_begin_, most_import_bytes);
    for (const syntax::Import& import : input_.here.tree->imports(end)) {
      const bool is_outermost =
          document_.line_range(document_.line_at(import.range.begin)).begin == import.range.begin;
      if (is_outermost) ranges.push_back(import.range);
    }
    std::vector<text::Range> kept;
    for (size_t i = 0; i < ranges.size(); ++i) {
      const text::Range lines{document_.line_range(document_.line_at(ranges[i].begin)).begin,
                              document_.line_range(document_.line_at(ranges[i].end)).end};
      const bool is_double = std::any_of(
          kept.begin(), kept.end(), [&](const auto& other) { return other.begin == lines.begin; });
      if (is_double || lines.end > anchor_.window_begin_) continue;
      const int tokens = count(text_.substr(lines.begin, lines.end - lines.begin)) + 1;
      if (tokens > room) continue;
      room -= tokens;
      kept.push_back(lines);
      kept_sources_.push_back(
          {here(lines), i < enclosing ? "holds the cursor" : "imports", tokens});
    }
    std::sort(kept.begin(), kept.end(),
              [](const auto& a, const auto& b) { return a.begin < b.begin; });
    std::string text;
    for (const text::Range lines : kept) {
      text += std::string(text_.substr(lines.begin, lines.end - lines.begin)) + "\n";
    }
    return text;
  }

  void place_excerpts(const std::string& own, int typed_tokens) {
    const Prompt& fixed = anchor_.fixed_;
    const int room = content_tokens_ - count(own) - count(fixed.prefix) - count(fixed.suffix) -
                     typed_tokens - content_tokens_ / 8;
    const size_t line = document_.line_at(input_.cursor);
    const size_t distance =
        std::max(line, anchor_.excerpts_line_) - std::min(line, anchor_.excerpts_line_);
    const bool all_open = std::all_of(
        anchor_.excerpt_paths_.begin(), anchor_.excerpt_paths_.end(), [&](const auto& path) {
          const auto is_it = [&](const auto& other) { return other.path == path; };
          return path.empty() || path == input_.here.path ||
                 std::any_of(input_.others.begin(), input_.others.end(), is_it) ||
                 std::any_of(input_.signatures.begin(), input_.signatures.end(), is_it);
        });
    const bool keep = anchor_.set_ && !anchor_.excerpts_.empty() && all_open &&
                      distance <= excerpts_reach_lines && count(anchor_.excerpts_) <= room;
    if (keep) return;
    anchor_.excerpts_line_ = line;
    anchor_.excerpts_.clear();
    anchor_.excerpt_paths_.clear();
    anchor_.excerpt_sources_.clear();
    if (input_.budget_tokens < least_budget_for_snippets) return;
    for (Snippet& snippet : choose_excerpts(room)) {
      anchor_.excerpts_ += snippet.text;
      anchor_.excerpt_paths_.push_back(std::move(snippet.path));
      anchor_.excerpt_sources_.push_back(std::move(snippet.source));
    }
  }

  // Signatures first: they are short, and what the rest is about.
  std::vector<Snippet> choose_excerpts(int room) const {
    std::vector<Snippet> chosen;
    if (input_.tokens_for_others > 0) {
      chosen = signature_snippets(input_.signatures, tokenizer_, room / 2);
      for (const Snippet& each : chosen) room -= each.source.tokens;
    }
    const text::Range window{anchor_.window_begin_, input_.cursor + anchor_.fixed_.suffix.size()};
    for (Snippet& each : choose_snippets(input_, tokenizer_, room, window)) {
      room -= each.source.tokens;
      chosen.push_back(std::move(each));
    }
    if (input_.tokens_for_others > 0) {
      for (Snippet& each : diagnostic_snippets(input_, tokenizer_, room)) {
        chosen.push_back(std::move(each));
      }
    }
    return chosen;
  }

  void list_sources(const std::string& header) {
    Prompt& fixed = anchor_.fixed_;
    if (!fixed.preamble.empty()) {
      fixed.sources = anchor_.excerpt_sources_;
      if (!header.empty()) {
        fixed.sources.push_back({"path and language", "names this file", count(header)});
      }
      fixed.sources.insert(fixed.sources.end(), kept_sources_.begin(), kept_sources_.end());
    }
    const text::Range before{anchor_.window_begin_, anchor_.offset_};
    const text::Range after{input_.cursor, input_.cursor + fixed.suffix.size()};
    fixed.sources.push_back({here(before), "before the anchor", count(fixed.prefix)});
    fixed.sources.push_back({here(after), "after the cursor", count(fixed.suffix)});
  }

  const PromptInput& input_;
  const text::Document& document_;
  std::string_view text_;
  const Tokenizer& tokenizer_;
  Anchor& anchor_;
  int content_tokens_;
  std::vector<Source> kept_sources_;
};

int prompt_budget(int context_tokens, int generated_tokens) {
  const int left = std::max(context_tokens - generated_tokens, context_tokens / 2);
  return std::clamp(left, least_budget_tokens, most_budget_tokens);
}

int tokens_for_others(int context_tokens) {
  return context_tokens >= least_context_for_others ? most_budget_tokens / 4 : 0;
}

Prompt build_prompt(const PromptInput& input, const Tokenizer& tokenizer, Anchor& anchor) {
  return PromptBuilder(input, tokenizer, anchor).build();
}

EncodedPrompt encode(const Prompt& prompt, const Tokenizer& tokenizer, Healing healing) {
  EncodedPrompt encoded;
  const auto append = [&](std::string_view text) {
    const auto tokens = tokenizer.encode(text, SpecialTokens::literal);
    encoded.tokens.insert(encoded.tokens.end(), tokens.begin(), tokens.end());
  };
  const auto fim = tokenizer.fim();
  const bool suffix_first = fim && fim->order == engine::tokenizer::FimOrder::suffix_first;
  const auto append_suffix = [&] {
    encoded.tokens.push_back(fim->suffix);
    append(prompt.suffix);
  };
  if (tokenizer.bos()) encoded.tokens.push_back(*tokenizer.bos());
  if (suffix_first) append_suffix();
  if (fim) encoded.tokens.push_back(fim->prefix);
  std::string_view start = tokenizer.text_start();
  for (const std::string* part : {&prompt.preamble, &prompt.prefix}) {
    if (part->empty()) continue;
    append(std::string(start) + *part);
    start = {};
  }
  if (fim && !suffix_first) append_suffix();
  if (fim) encoded.tokens.push_back(fim->middle);
  auto typed = tokenizer.encode(prompt.typed, SpecialTokens::literal);
  const bool heals = healing == Healing::last_tokens && !prompt.typed.ends_with('\n') &&
                     !prompt.typed.ends_with('\r');
  for (int i = 0; heals && i < 2 && !typed.empty(); ++i) {
    const std::string last(tokenizer.bytes(typed.back()));
    // A second token goes only if it is an earlier part of the same word, or a mark before it:
    // many tokens are a mark and a word's beginning, as `.ap` of `list.append`.
    const bool is_mark = last.size() == 1 && std::ispunct(static_cast<unsigned char>(last[0])) != 0;
    const bool is_piece = !encoded.healed.empty() && text::is_word(encoded.healed.front()) &&
                          (text::is_word(last.back()) || is_mark);
    if (i == 1 && !is_piece) break;
    encoded.healed = last + encoded.healed;
    typed.pop_back();
  }
  encoded.tokens.insert(encoded.tokens.end(), typed.begin(), typed.end());
  return encoded;
}

}  // namespace lsp::context
