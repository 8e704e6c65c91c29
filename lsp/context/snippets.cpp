#include "lsp/context/snippets.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>

#include "lsp/context/header.h"
#include "lsp/context/names.h"
#include "lsp/text/utf8.h"

namespace lsp::context {
namespace {

using engine::tokenizer::SpecialTokens;
using syntax::Language;

constexpr size_t snippet_lines = 24;
constexpr size_t lines_before = 40;  // around the cursor
constexpr size_t lines_after = 10;
constexpr size_t scanned_bytes = 256 << 10;  // in all; the most recently used buffers first
constexpr double least_overlap = 0.08;
constexpr double least_overlap_attended = 0.04;
constexpr double gain_of_edited = 0.1;
constexpr double gain_of_visible = 0.04;
constexpr size_t most_diagnostics = 3;
constexpr size_t diagnostics_reach_lines = 8;
constexpr size_t most_message_bytes = 160;
constexpr int least_room_tokens = 64;
constexpr size_t most_snippets = 2;

std::optional<Language> language_of(const OpenText& text) {
  const text::Document& document = *text.document;
  return syntax::language_of(document.language_id(), document.uri(), document.text());
}

using Names = std::vector<size_t>;  // hashes, sorted, each once

Names hashed_names(std::string_view text) {
  Names names;
  for (const std::string_view name : names_in(text)) {
    names.push_back(std::hash<std::string_view>()(name));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

size_t shared_names(const Names& a, const Names& b) {
  Names both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both.size();
}

struct Excerpt {
  const OpenText* from;
  size_t first_line;
  size_t last_line;  // inclusive
  double overlap;    // and what attention adds to it
  size_t shared;
  const char* attention = "";  // said before why it is here

  bool meets(const Excerpt& other) const {
    return from == other.from && first_line <= other.last_line && other.first_line <= last_line;
  }
};

std::string_view lines_of(const text::Document& document, size_t first, size_t last) {
  const size_t begin = document.line_range(first).begin;
  return document.text().substr(begin, document.line_range(last).end - begin);
}

// How much these lines have in common with what is wanted.
Excerpt compare(const OpenText& from, size_t first, size_t last, const Names& wanted) {
  const Names names = hashed_names(lines_of(*from.document, first, last));
  const size_t shared = shared_names(wanted, names);
  const size_t together = wanted.size() + names.size() - shared;
  const double overlap =
      together == 0 ? 0 : static_cast<double>(shared) / static_cast<double>(together);
  return {&from, first, last, overlap, shared};
}

void add_excerpts(const OpenText& other, const Names& wanted, std::vector<Excerpt>& excerpts) {
  const text::Document& document = *other.document;
  for (size_t first = 0; first < document.line_count(); first += snippet_lines) {
    const size_t last = std::min(first + snippet_lines, document.line_count()) - 1;
    const Excerpt excerpt = compare(other, first, last, wanted);
    if (excerpt.overlap >= least_overlap) excerpts.push_back(excerpt);
  }
}

// As many lines around those that were edited, or from the first that can be seen, as an excerpt
// has.
void add_attended(const OpenText& from, const Names& wanted, text::Range window,
                  std::vector<Excerpt>& excerpts) {
  const text::Document& document = *from.document;
  for (const Attended& each : from.attended) {
    if (each.first_line >= document.line_count()) continue;
    const bool edited = each.kind == Attended::Kind::edited;
    const size_t size = each.last_line - each.first_line + 1;
    const size_t above = edited && size < snippet_lines ? (snippet_lines - size) / 2 : 0;
    const size_t first = each.first_line - std::min(each.first_line, above);
    const size_t last = std::min(first + snippet_lines, document.line_count()) - 1;
    const size_t begin = document.line_range(first).begin;
    if (begin < window.end && document.line_range(last).end > window.begin) continue;
    Excerpt excerpt = compare(from, first, last, wanted);
    if (excerpt.overlap < least_overlap_attended) continue;
    excerpt.overlap += edited ? gain_of_edited : gain_of_visible;
    excerpt.attention = edited ? "edited lately; " : "visible; ";
    excerpts.push_back(excerpt);
  }
}

Snippet snippet_of(const Excerpt& excerpt, const Tokenizer& tokenizer) {
  const std::string& path = excerpt.from->path;
  std::string text(lines_of(*excerpt.from->document, excerpt.first_line, excerpt.last_line));
  const size_t end = text.find_last_not_of(" \t\r\n");
  text.resize(end == std::string::npos ? 0 : end + 1);
  text = header_line(path, language_of(*excerpt.from)) + text + "\n";
  const auto tokens = tokenizer.encode(text, SpecialTokens::literal);
  return {path,
          text,
          {path + ", lines " + std::to_string(excerpt.first_line + 1) + " to " +
               std::to_string(excerpt.last_line + 1),
           excerpt.attention + ("shares " + std::to_string(excerpt.shared)) +
               " names with the text around the cursor",
           static_cast<int>(tokens.size())}};
}

Names names_around_cursor(const PromptInput& input) {
  const text::Document& document = *input.here.document;
  const size_t line = document.line_at(input.cursor);
  const size_t first = line - std::min(line, lines_before);
  const size_t last = std::min(line + lines_after, document.line_count() - 1);
  return hashed_names(lines_of(document, first, last));
}

}  // namespace

std::vector<Snippet> choose_snippets(const PromptInput& input, const Tokenizer& tokenizer,
                                     int room_tokens, text::Range window) {
  const auto language = language_of(input.here);
  if (room_tokens < least_room_tokens || !language) return {};
  const Names wanted = names_around_cursor(input);
  std::vector<Excerpt> excerpts;
  size_t scanned = 0;
  for (const OpenText& other : input.others) {
    const auto its_language = language_of(other);
    const bool is_useful = its_language && syntax::share_names(*its_language, *language) &&
                           other.document->uri() != input.here.document->uri() &&
                           !is_secret_path(other.path) && !is_secret_path(other.document->uri());
    if (!is_useful) continue;
    const size_t size = other.document->text().size();
    if (size > scanned_bytes - scanned) continue;  // those behind it may fit
    scanned += size;
    add_attended(other, wanted, {}, excerpts);
    add_excerpts(other, wanted, excerpts);
  }
  if (input.tokens_for_others > 0) add_attended(input.here, wanted, window, excerpts);
  std::stable_sort(excerpts.begin(), excerpts.end(),
                   [](const Excerpt& a, const Excerpt& b) { return a.overlap > b.overlap; });
  std::vector<Snippet> chosen;
  std::vector<Excerpt> taken;
  for (const Excerpt& excerpt : excerpts) {
    if (chosen.size() == most_snippets) break;
    const auto meets = [&](const Excerpt& other) { return excerpt.meets(other); };
    if (std::any_of(taken.begin(), taken.end(), meets)) continue;
    Snippet snippet = snippet_of(excerpt, tokenizer);
    if (snippet.source.tokens > room_tokens) continue;
    room_tokens -= snippet.source.tokens;
    taken.push_back(excerpt);
    chosen.push_back(std::move(snippet));
  }
  return chosen;
}

std::vector<Snippet> diagnostic_snippets(const PromptInput& input, const Tokenizer& tokenizer,
                                         int room_tokens) {
  const auto language = language_of(input.here);
  const std::string_view comment = language ? syntax::line_comment(*language) : "";
  if (comment.empty()) return {};
  const size_t line = input.here.document->line_at(input.cursor);
  const auto distance = [&](const Diagnostic& each) {
    return std::max(each.line, line) - std::min(each.line, line);
  };
  std::vector<Diagnostic> near;
  for (const Diagnostic& each : input.diagnostics) {
    if (distance(each) <= diagnostics_reach_lines) near.push_back(each);
  }
  std::stable_sort(near.begin(), near.end(), [&](const Diagnostic& a, const Diagnostic& b) {
    return distance(a) < distance(b);
  });
  std::vector<Snippet> chosen;
  for (const Diagnostic& each : near) {
    if (chosen.size() == most_diagnostics) break;
    std::string message = each.message.substr(0, each.message.find_first_of("\r\n"));
    message.resize(text::character_start(message, std::min(message.size(), most_message_bytes)));
    const std::string at = "line " + std::to_string(each.line + 1);
    const std::string text = std::string(comment) + " " + at + ": " + message + "\n";
    const auto tokens = tokenizer.encode(text, SpecialTokens::literal);
    const int size = static_cast<int>(tokens.size());
    if (size > room_tokens) continue;
    room_tokens -= size;
    chosen.push_back({"", text, {"diagnostic, " + at, "reported near the cursor", size}});
  }
  return chosen;
}

std::vector<Snippet> signature_snippets(std::span<const Signature> signatures,
                                        const Tokenizer& tokenizer, int room_tokens) {
  std::vector<Snippet> chosen;
  for (const Signature& first : signatures) {
    const bool done = std::any_of(chosen.begin(), chosen.end(), [&](const Snippet& snippet) {
      return snippet.path == first.path;
    });
    if (done) continue;
    Snippet snippet{first.path, header_line(first.path, first.language), {}};
    std::string names;
    for (const Signature& each : signatures) {
      if (each.path != first.path) continue;
      snippet.text += each.text + "\n";
      names += (names.empty() ? "" : ", ") + each.name;
    }
    const auto tokens = tokenizer.encode(snippet.text, SpecialTokens::literal);
    snippet.source = {first.path + ", signatures of " + names, first.why,
                      static_cast<int>(tokens.size())};
    if (snippet.source.tokens > room_tokens) continue;
    room_tokens -= snippet.source.tokens;
    chosen.push_back(std::move(snippet));
  }
  return chosen;
}

}  // namespace lsp::context
