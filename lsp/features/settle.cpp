#include "lsp/features/settle.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "lsp/features/brackets.h"
#include "lsp/features/indentation.h"
#include "lsp/features/names.h"
#include "lsp/text/word.h"

namespace lsp::features {
namespace {

using engine::session::EndReason;
using engine::session::Piece;

// Whether a line that ends like this one goes on in a deeper block.
bool begins_block(std::string_view line) {
  const size_t last = line.find_last_not_of(" \t\r");
  if (last == std::string_view::npos) return false;
  line = line.substr(0, last + 1);
  for (const std::string_view word : {"then", "do", "else"}) {
    if (!line.ends_with(word)) continue;
    const std::string_view before = line.substr(0, line.size() - word.size());
    if (before.empty() || std::string_view(" \t;)").find(before.back()) != std::string_view::npos) {
      return true;
    }
  }
  return std::string_view("{([:,\\>").find(line.back()) != std::string_view::npos;
}
std::string percent(double probability) {
  return std::to_string(std::lround(probability * 100)) + " %";
}

// To where brackets are `balanced` as far as a reader of tokens can tell: brackets in regular
// expressions and raw strings mislead it. The tree knows better, if it finds no error.
void cut_at_brackets(const Scene& scene, const std::function<size_t(const Fitted&)>& balanced,
                     Fitted& fitted) {
  const size_t length = balanced(fitted);
  const text::Range place{scene.cursor, scene.cursor + fitted.replaced_right};
  const std::string_view rest = scene.line_after.substr(fitted.replaced_right);
  std::string text = fitted.text;
  for (int closers = 0; closers < 3 && text.size() > length; ++closers) {
    const bool closes = std::string_view(")]}").find(text.back()) != std::string_view::npos;
    const std::string shorter = text.substr(0, text.size() - 1);
    if (parses({scene.text, place, text})) {
      // One that stands right of the cursor and is not missed is doubled: in a string both parse.
      const bool doubled = closes && rest.starts_with(text.back());
      fitted.text = doubled && parses({scene.text, place, shorter}) ? shorter : text;
      return;
    }
    if (!closes) break;
    text = shorter;  // the last one may stand right of the cursor
  }
  // What stands right of the cursor is not in what is left of the text.
  const bool replaces = length < fitted.text.size() && fitted.replaced_right > 0;
  if (replaces) fitted.replaced_right = 0;
  fitted.text.resize(replaces ? balanced(fitted) : length);
}

// The editor may have closed the string that the cursor is in. Where the text does so itself and
// goes on, its quote takes the place of the editor's, which would open another string; where it
// ends within a string, the editor's stays.
Fitted with_one_quote(const Scene& scene, Fitted fitted) {
  const char quote = open_quote(scene.line_before, scene.language);
  const std::string_view right = scene.line_after;
  const bool is_closed =
      quote != '\0' && right.starts_with(quote) && !right.starts_with(std::string(3, quote));
  if (!is_closed) return fitted;
  const bool closes =
      open_quote(std::string(scene.line_before) + fitted.text, scene.language) == '\0';
  if (!closes) return {std::move(fitted.text), 0};
  if (fitted.replaced_right > 0) return fitted;
  std::string_view text = fitted.text;
  for (size_t overlap = std::min(text.size(), right.size()); overlap > 0; --overlap) {
    if (!text.ends_with(right.substr(0, overlap))) continue;
    return {std::string(text.substr(0, text.size() - overlap)), 0};
  }
  const std::string_view rest = right.substr(1);
  if (!text::is_blank(rest)) text = without_doubled_punctuation(text, rest);
  return {std::string(text), 1};
}

}  // namespace

Collector::Collector(const Scene& scene, Extent extent, size_t healed_bytes, double least)
    : line_before_(scene.line_before),
      one_line_(extent == Extent::line || !text::is_blank(scene.line_after)),
      to_skip_(healed_bytes),
      least_log_probability_(std::log(least)) {}

bool Collector::take(const Piece& piece) {
  const size_t skipped = std::min(to_skip_, piece.bytes.size());
  to_skip_ -= skipped;
  log_probability_ += piece.log_probability;
  pieces_.push_back({piece.bytes.substr(skipped), piece.log_probability, piece.experts,
                     piece.model_log_probability, piece.token});
  text_ += pieces_.back().bytes;
  return log_probability_ >= least_log_probability_ && !complete();
}

bool Collector::complete() const {
  const size_t newline = text_.find('\n');
  if (newline == std::string::npos) return false;
  const std::string first = std::string(line_before_) + text_.substr(0, newline);
  if (one_line_ || !begins_block(first)) return true;
  // A line that stands at or above the first one's depth has begun.
  const size_t last = text_.find_last_not_of(" \t\r\n");
  return last != std::string::npos && last >= keep_block(text_, line_before_).size();
}

bool may_be_cut(std::string_view line_before, std::optional<syntax::Language> language,
                std::string_view text, size_t length) {
  using syntax::Language;
  const bool has_strings = language && *language != Language::markdown;
  if (!has_strings || length >= text.size() || text[length] == '\n') return true;
  const size_t newline = text.substr(0, length).rfind('\n');
  if (newline != std::string_view::npos) {
    return open_quote(text.substr(newline + 1, length - newline - 1), language) == '\0';
  }
  std::string line(line_before);
  const bool was_open = open_quote(line, language) != '\0';
  line += text.substr(0, length);
  if (open_quote(line, language) == '\0') return true;
  if (!was_open) return false;
  // The string that the cursor is in, unless it was closed on the way.
  for (size_t end = line.size() - length; end < line.size(); ++end) {
    if (open_quote(line.substr(0, end), language) == '\0') return false;
  }
  return true;
}

Settled settle(const Scene& scene, const Collector& collector, EndReason end, double least) {
  std::string text = collector.text();
  if (text::is_blank(text) && !collector.unsure()) {
    return {{}, "the model thinks that nothing is missing here"};
  }
  const auto may_end = [&](size_t length) {
    return may_be_cut(scene.line_before, scene.language, text, length);
  };
  const size_t sure = confident_length(collector.pieces(), least);
  const size_t kept = confident_length(collector.pieces(), least, may_end);
  if (sure > 0 && kept == 0) {
    return {{}, "the model is not sure how the string goes on that it would begin"};
  }
  text.resize(std::min(text.size(), kept));
  const bool cut_off = end == EndReason::limit && text.size() == collector.text().size();
  if (cut_off) text.resize(whole_words_length(text));
  text.resize(whole_lines_length(collector.text(), text.size()));
  if (text.empty()) return {{}, "the model gives its best guess less than " + percent(least)};
  if (!begins_block(std::string(scene.line_before) + text.substr(0, text.find('\n')))) {
    text.resize(std::min(text.size(), text.find('\n')));
  }
  text = stop_at_loop(keep_block(text, scene.line_before));
  text = indent_like_file(scene.before, text, scene.text.document->text());
  const std::string lines =
      drop_repeated_suffix(std::string(scene.line_before) + text, scene.following);
  text = lines.size() < scene.line_before.size() ? "" : lines.substr(scene.line_before.size());

  Fitted fitted = with_one_quote(scene, fit_before_rest_of_line(text, scene.line_after));
  const auto balanced = [&, outer = from_outermost_line(scene.before)](const Fitted& each) {
    return balanced_length(outer, each.text, scene.line_after.substr(each.replaced_right),
                           scene.language);
  };
  if (balanced(fitted) < fitted.text.size()) {
    // "x) + f(y)" before ")": the text closes that bracket itself, and goes on.
    auto replaced = replace_rest_of_line(text, scene.line_after);
    if (replaced && balanced(*replaced) == replaced->text.size()) fitted = std::move(*replaced);
  }
  if (balanced(fitted) < fitted.text.size()) {
    // "x), y" before "))": it is past the first alone.
    for (Fitted& some : replace_some_of_line(text, scene.line_after)) {
      if (balanced(some) < some.text.size()) continue;
      fitted = std::move(some);
      break;
    }
  }
  cut_at_brackets(scene, balanced, fitted);
  fitted = with_one_quote(scene, std::move(fitted));  // which may be in what was cut off
  fitted.text.resize(fitted.text.find_last_not_of(" \t\r\n") + 1);
  const auto shown = std::count_if(fitted.text.begin(), fitted.text.end(),
                                   [](char byte) { return byte != ' ' && byte != '\n'; });
  if (shown == 0) return {{}, "all that the model would write is there already"};
  if (static_cast<size_t>(shown) < least_characters) {
    return {{}, "a single character is typed faster than read"};
  }
  return {fitted, ""};
}

}  // namespace lsp::features
