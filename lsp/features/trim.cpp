#include "lsp/features/trim.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "lsp/text/word.h"

namespace lsp::features {
namespace {

using text::is_word;

bool is_space(char byte) { return byte == ' ' || byte == '\t' || byte == '\r'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && (is_space(text.back()) || text.back() == '\n')) text.remove_suffix(1);
  return text;
}

std::string_view trim_right(std::string_view text) {
  while (!text.empty() && (is_space(text.back()) || text.back() == '\n')) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (true) {
    const size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

// The first `count` lines, without a line ending after the last.
std::string_view first_lines(std::string_view text, size_t count) {
  size_t end = 0;
  for (size_t line = 0; line < count; ++line) {
    end = text.find('\n', end);
    if (end == std::string_view::npos) return text;
    if (line + 1 < count) ++end;
  }
  return text.substr(0, end);
}

bool is_closing(char byte) {
  return std::string_view(")]}>\"'`;,:").find(byte) != std::string_view::npos;
}

bool only_closes(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char byte) { return is_closing(byte) || is_space(byte); });
}

// Brackets that a text opens, less those it closes.
int opened_by(std::string_view text) {
  int open = 0;
  for (const char byte : text) {
    open += std::string_view("([{").find(byte) != std::string_view::npos ? 1 : 0;
    open -= std::string_view(")]}").find(byte) != std::string_view::npos ? 1 : 0;
  }
  return open;
}

// Whether the text closes as many brackets of each kind as these bytes of the rest of the line do.
// One that does not has brackets of its own there, and says nothing again.
bool closes_as_much(std::string_view text, std::string_view rest) {
  const auto closed = [](std::string_view part, const char* pair) {
    return std::count(part.begin(), part.end(), pair[1]) -
           std::count(part.begin(), part.end(), pair[0]);
  };
  for (const char* pair : {"()", "[]", "{}"}) {
    if (closed(text, pair) < closed(rest, pair) && closed(rest, pair) > 0) return false;
  }
  return true;
}

// Whether the text holds these bytes in their order; commas, semicolons and colons only outside of
// brackets that it opens itself, where they are those of a call or a slice, and no colon of a `::`
// or of a choice by `?`.
bool holds_in_order(std::string_view text, std::string_view bytes) {
  size_t found = 0;
  int open = 0;
  int choices = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_mark = std::string_view(",;:").find(text[i]) != text.npos;
    const bool is_of_name = text.substr(i).starts_with("::");
    const bool is_of_choice = text[i] == ':' && choices > 0;
    choices += text[i] == '?' ? 1 : is_of_choice && !is_of_name ? -1 : 0;
    const bool counts = !is_mark || (open <= 0 && !is_of_name && !is_of_choice);
    if (found < bytes.size() && bytes[found] == text[i] && counts) ++found;
    open += opened_by(text.substr(i, 1));
    if (is_of_name) ++i;
  }
  return found == bytes.size();
}

// `rest` without the commas and semicolons at its end, unless the text ends with one too: they end
// whatever is put before them.
std::string_view without_separators(std::string_view rest, std::string_view text) {
  if (!text.empty() && !rest.empty() && text.back() == rest.back()) return rest;
  while (!rest.empty() && std::string_view(",; \t\r").find(rest.back()) != rest.npos) {
    rest.remove_suffix(1);
  }
  return rest;
}

// Tabs count as four: only compared with widths computed the same way.
size_t indentation(std::string_view line) {
  size_t width = 0;
  for (const char byte : line) {
    if (byte == ' ') {
      ++width;
    } else if (byte == '\t') {
      width += 4;
    } else {
      break;
    }
  }
  return width;
}

}  // namespace

double log_probability_of(std::span<const ScoredPiece> pieces, size_t length) {
  double sum = 0;
  size_t seen = 0;
  for (const ScoredPiece& piece : pieces) {
    if (seen >= length) break;
    sum += piece.log_probability;
    seen += piece.bytes.size();
  }
  return sum;
}

std::optional<double> model_log_probability_of(std::span<const ScoredPiece> pieces, size_t length) {
  double sum = 0;
  size_t seen = 0;
  for (const ScoredPiece& piece : pieces) {
    if (seen >= length) break;
    if (!piece.model_log_probability) return std::nullopt;
    sum += *piece.model_log_probability;
    seen += piece.bytes.size();
  }
  return sum;
}

size_t confident_length(const std::vector<ScoredPiece>& pieces, double least_probability,
                        const MayEnd& may_end) {
  size_t length = 0;
  size_t best_length = 0;
  double best_gain = 0;
  double log_probability = 0;
  int open = 0;
  for (size_t k = 0; k < pieces.size(); ++k) {
    const std::string_view bytes = pieces[k].bytes;
    const bool closes = open > 0 && only_closes(trim(bytes)) && opened_by(bytes) < 0 &&
                        best_length == length && pieces[k].log_probability > std::log(0.5);
    length += bytes.size();
    log_probability += pieces[k].log_probability;
    open += opened_by(bytes);
    const double probability = std::exp(log_probability);
    if (probability < least_probability) break;

    const bool splits_word = k + 1 < pieces.size() && !bytes.empty() &&
                             !pieces[k + 1].bytes.empty() && is_word(bytes.back()) &&
                             is_word(pieces[k + 1].bytes.front());
    const double gain = probability * static_cast<double>(length);
    const bool is_better = !splits_word && (gain > best_gain || closes);
    if (is_better && (!may_end || may_end(length))) {
      best_gain = std::max(best_gain, gain);
      best_length = length;
    }
  }
  return best_length;
}

size_t whole_words_length(std::string_view text) {
  while (!text.empty() && is_word(text.back())) text.remove_suffix(1);
  return text.size();
}

size_t whole_lines_length(std::string_view whole, size_t length) {
  const std::string_view kept = whole.substr(0, length);
  const size_t newline = kept.rfind('\n');
  if (length == whole.size() || whole[length] == '\n' || newline == std::string_view::npos) {
    return length;
  }
  return text::is_blank(kept.substr(newline)) ? length : newline;
}

std::optional<Fitted> replace_rest_of_line(std::string_view generated, std::string_view right) {
  const std::string_view text = trim_right(generated.substr(0, generated.find('\n')));
  const std::string_view rest = without_separators(trim(right), text);
  if (!only_closes(rest) || !holds_in_order(text, rest) || !closes_as_much(text, rest)) {
    return std::nullopt;
  }
  const size_t begin = static_cast<size_t>(rest.data() - right.data());
  return Fitted{std::string(text), begin + rest.size()};
}

std::vector<Fitted> replace_some_of_line(std::string_view generated, std::string_view right) {
  const std::string_view text = trim_right(generated.substr(0, generated.find('\n')));
  const std::string_view rest = trim(right);
  std::vector<Fitted> found;
  if (!only_closes(rest)) return found;
  const auto closes = [](char byte) {
    return std::string_view(")]}\"'`").find(byte) != std::string_view::npos;
  };
  const size_t begin = static_cast<size_t>(rest.data() - right.data());
  for (size_t count = rest.size() - 1; count > 0; --count) {
    const std::string_view some = rest.substr(0, count);
    const bool may_go = std::all_of(some.begin(), some.end(), closes);
    if (may_go && holds_in_order(text, some) && closes_as_much(text, some)) {
      found.push_back({std::string(text), begin + count});
    }
  }
  return found;
}

std::string_view without_doubled_punctuation(std::string_view text, std::string_view rest) {
  if (text.empty()) return text;
  const char last = text.back();
  const bool doubled =
      last == rest.front() && std::string_view(",;:\"'`").find(last) != std::string_view::npos;
  const bool ends_too_early = last == ';' && rest.ends_with(';');
  return text.substr(0, text.size() - (doubled || ends_too_early ? 1 : 0));
}

Fitted fit_before_rest_of_line(std::string_view generated, std::string_view right) {
  const std::string_view rest = trim(right);
  if (rest.empty()) return {std::string(generated), 0};

  const std::string_view line = generated.substr(0, generated.find('\n'));
  const std::string_view text = trim_right(line);
  for (const std::string_view repeated : {trim_right(right), rest}) {
    if (!text.ends_with(repeated) || !closes_as_much(text, repeated)) continue;
    const std::string_view kept = text.substr(0, text.size() - repeated.size());
    // "{ x }" before "}": the blank belongs to the bracket.
    const bool ends_blank = !kept.empty() && is_space(kept.back());
    if (!ends_blank || !only_closes(rest)) return {std::string(kept), 0};
  }
  if (auto replaced = replace_rest_of_line(generated, right)) return *replaced;
  // A partial repetition: the longest tail of the text that begins the rest, from three bytes on,
  // since shorter ones are often meant.
  for (size_t overlap = std::min(text.size(), rest.size()); overlap >= 3; --overlap) {
    const std::string_view repeated = rest.substr(0, overlap);
    if (text.ends_with(repeated) && closes_as_much(text, repeated)) {
      return {std::string(text.substr(0, text.size() - overlap)), 0};
    }
  }
  return {std::string(without_doubled_punctuation(text, rest)), 0};
}

std::string drop_repeated_suffix(std::string_view generated, std::string_view following) {
  std::vector<std::string_view> next;
  for (const std::string_view line : split_lines(following)) {
    if (!trim(line).empty()) next.push_back(line);
    if (next.size() == 8) break;
  }
  if (next.empty()) return std::string(generated);
  // Of brackets, only the depth tells whose block they close.
  const auto same = [](std::string_view line, std::string_view other) {
    return trim(line) == trim(other) &&
           (!only_closes(trim(line)) || indentation(line) == indentation(other));
  };

  const auto lines = split_lines(generated);
  // The first generated line continues the cursor's own line: it counts as a repetition only when
  // it is a whole line by itself, which the caller ensures by passing the text of whole lines.
  for (size_t begin = 0; begin < lines.size(); ++begin) {
    size_t matched = 0;
    size_t line = begin;
    for (; line < lines.size(); ++line) {
      if (trim(lines[line]).empty()) continue;
      if (matched == next.size() || !same(lines[line], next[matched])) break;
      ++matched;
    }
    const bool to_the_end = line == lines.size();
    // A lone closing bracket is too common to be a repetition, unless it is the last line of
    // several.
    const bool telling =
        matched > 1 || (matched == 1 && (!only_closes(trim(next[0])) || begin > 0));
    if (to_the_end && telling) {
      return begin == 0 ? std::string() : std::string(trim_right(first_lines(generated, begin)));
    }
  }
  return std::string(generated);
}

std::string keep_block(std::string_view generated, std::string_view line_before_cursor) {
  const size_t base = indentation(line_before_cursor);
  const auto lines = split_lines(generated);
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::string_view text = trim(lines[i]);
    if (text.empty()) continue;
    const size_t width = indentation(lines[i]);
    if (width > base) continue;
    const bool closes_own_block =
        width == base && (only_closes(text) || text == "end" || text == "fi" || text == "done");
    return std::string(trim_right(first_lines(generated, closes_own_block ? i + 1 : i)));
  }
  return std::string(generated);
}

std::string stop_at_loop(std::string_view generated) {
  std::map<std::string_view, int> seen;
  const auto lines = split_lines(generated);
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string_view text = trim(lines[i]);
    if (text.size() < 3 || only_closes(text)) continue;
    if (++seen[text] == 3) return std::string(trim_right(first_lines(generated, i)));
  }
  return std::string(generated);
}

}  // namespace lsp::features
