#include "lsp/context/snippets.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>

#include "lsp/context/header.h"
#include "lsp/context/names.h"

namespace lsp::context {
namespace {

using engine::tokenizer::SpecialTokens;
using syntax::Language;

constexpr size_t snippet_lines = 24;
constexpr size_t lines_before = 40;  // around the cursor
constexpr size_t lines_after = 10;
constexpr size_t scanned_bytes = 256 << 10;  // in all; the most recently used buffers first
constexpr double least_overlap = 0.08;
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
  double overlap;
  size_t shared;
};

std::string_view lines_of(const text::Document& document, size_t first, size_t last) {
  const size_t begin = document.line_range(first).begin;
  return document.text().substr(begin, document.line_range(last).end - begin);
}

void add_excerpts(const OpenText& other, const Names& wanted, std::vector<Excerpt>& excerpts) {
  const text::Document& document = *other.document;
  for (size_t first = 0; first < document.line_count(); first += snippet_lines) {
    const size_t last = std::min(first + snippet_lines, document.line_count()) - 1;
    const Names names = hashed_names(lines_of(document, first, last));
    const size_t shared = shared_names(wanted, names);
    const size_t together = wanted.size() + names.size() - shared;
    if (together == 0) continue;
    const double overlap = static_cast<double>(shared) / static_cast<double>(together);
    if (overlap >= least_overlap) excerpts.push_back({&other, first, last, overlap, shared});
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
           "shares " + std::to_string(excerpt.shared) + " names with the text around the cursor",
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
                                     int room_tokens) {
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
    scanned += other.document->text().size();
    if (scanned > scanned_bytes) break;
    add_excerpts(other, wanted, excerpts);
  }
  std::stable_sort(excerpts.begin(), excerpts.end(),
                   [](const Excerpt& a, const Excerpt& b) { return a.overlap > b.overlap; });
  std::vector<Snippet> chosen;
  for (const Excerpt& excerpt : excerpts) {
    if (chosen.size() == most_snippets) break;
    Snippet snippet = snippet_of(excerpt, tokenizer);
    if (snippet.source.tokens > room_tokens) continue;
    room_tokens -= snippet.source.tokens;
    chosen.push_back(std::move(snippet));
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
