#include <cstdio>
#include <span>

#include "engine/base/format.h"
#include "lsp/bench/complete.h"

namespace lsp::bench {
namespace {

using engine::base::concat;

template <typename... Values>
std::string formatted(const char* format, Values... values) {
  char text[256];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

// Names of languages and contestants are plain words; only a path needs care.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return result + '"';
}

std::string as_json(const Validity& validity) {
  return concat(
      "{\"suggestions\":", validity.suggestions,
      formatted(",\"syntax_as_before\":%.5f", share(validity.as_before, validity.suggestions)),
      formatted(",\"syntax_as_author\":%.5f", share(validity.as_author, validity.suggestions)),
      ",\"names\":", validity.names,
      formatted(",\"names_resolved\":%.5f", share(validity.names_resolved, validity.names)),
      ",\"members\":", validity.members,
      formatted(",\"members_seen\":%.5f}", share(validity.members_seen, validity.members)));
}

std::string validity_row(const std::string& who, const Validity& validity) {
  return formatted("  %-18s %11zu %11.1f%% / %5.1f%% %13.1f%% of %5zu %11.1f%% of %5zu\n",
                   who.c_str(), validity.suggestions,
                   100 * share(validity.as_before, validity.suggestions),
                   100 * share(validity.as_author, validity.suggestions),
                   100 * share(validity.names_resolved, validity.names), validity.names,
                   100 * share(validity.members_seen, validity.members), validity.members);
}

std::string validity_table(const LanguageReport& language) {
  std::string text = formatted("  %-18s %11s %21s %23s %21s\n", "", "suggestions",
                               "parses, nothing/author's", "names that resolve", "members seen");
  text += validity_row("the author's", language.author);
  for (const Score& score : language.scores) text += validity_row(score.contestant, score.validity);
  return text;
}

// The last contestant has all that the others have.
std::string as_json(const Score& score, const Score& last, double baseline) {
  std::string ratio = "null";
  if (baseline > 0) ratio = formatted("%.4f", score.exact / baseline);
  const Paired paired = compare(score, last);
  return concat(
      "{\"contestant\":", quoted(score.contestant),
      formatted(",\"exact\":%.5f,\"exact_all\":%.5f", score.exact, score.exact_all),
      ",\"exact_to_baseline\":", ratio, ",\"only_this\":", paired.only_first,
      ",\"only_last\":", paired.only_second,
      formatted(",\"shown\":%.5f,\"shown_right\":%.5f", score.shown, score.shown_right),
      formatted(",\"saved_whole\":%.5f,\"saved_word\":%.5f", score.saved_whole, score.saved_word),
      formatted(",\"ms_median\":%.3f,\"ms_p95\":%.3f", score.ms_median, score.ms_p95),
      ",\"validity\":", as_json(score.validity), ",\"generated_tokens\":", score.generated_tokens,
      ",\"drafted_tokens\":", score.drafted_tokens, ",\"accepted_tokens\":", score.accepted_tokens,
      formatted(",\"typing_ms_median\":%.3f,\"typing_ms_p95\":%.3f}", score.typing_ms_median,
                score.typing_ms_p95));
}

}  // namespace

std::string as_text(const CompleteReport& report) {
  std::string text;
  for (const LanguageReport& language : report.languages) {
    text += concat(language.language_id, ": ", language.files, " files, ", language.places,
                   " places with three characters or more to find (", language.places_all,
                   " with one or more), ", language.characters, " characters typed\n");
    text += formatted("  %-18s %15s %8s %8s %17s %22s %18s %28s\n", "", "rest of line", "x base",
                      "(all)", "shown/right", "keys saved line/word", "ms median/p95",
                      "tokens drafted/accepted/all");
    const double baseline = language.scores.empty() ? 0 : language.scores.front().exact;
    for (const Score& score : language.scores) {
      const std::string ratio =
          baseline > 0 ? formatted("%.2f", score.exact / baseline) : std::string("-");
      text += formatted(
          "  %-18s %14.1f%% %8s %7.1f%% %7.1f%% / %4.1f%% %12.1f%% / %5.1f%% %10.1f / %.1f %10zu / "
          "%zu / %zu\n",
          score.contestant.c_str(), 100 * score.exact, ratio.c_str(), 100 * score.exact_all,
          100 * score.shown, 100 * score.shown_right, 100 * score.saved_whole,
          100 * score.saved_word, score.typing_ms_median, score.typing_ms_p95, score.drafted_tokens,
          score.accepted_tokens, score.generated_tokens);
    }
    if (language.author.suggestions > 0) text += validity_table(language);
    const Score& last = language.scores.back();
    for (const Score& score : std::span(language.scores).first(language.scores.size() - 1)) {
      const Paired paired = compare(last, score);
      text += concat("  only ", last.contestant, " and not ", score.contestant, " finds ",
                     paired.only_first, " places; the other way round ", paired.only_second, "\n");
    }
  }
  return text;
}

std::string as_json(const CompleteReport& report, const CompleteOptions& options) {
  std::string languages;
  for (const LanguageReport& language : report.languages) {
    std::string scores;
    const double baseline = language.scores.empty() ? 0 : language.scores.front().exact;
    for (const Score& score : language.scores) {
      scores += concat(scores.empty() ? "" : ",", as_json(score, language.scores.back(), baseline));
    }
    languages +=
        concat(languages.empty() ? "" : ",", quoted(language.language_id),
               ":{\"files\":", language.files, ",\"places\":", language.places,
               ",\"places_all\":", language.places_all, ",\"characters\":", language.characters,
               ",\"author\":", as_json(language.author), ",\"scores\":[", scores, "]}");
  }
  return concat("{\"folder\":", quoted(options.folder), ",\"model\":", quoted(options.model.path),
                ",\"memory\":", quoted(options.model.memory_path), ",\"seed\":", options.seed,
                ",\"languages\":{", languages, "}}");
}

}  // namespace lsp::bench
