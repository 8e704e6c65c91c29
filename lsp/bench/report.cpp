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

// What has been measured on nothing at all is no figure.
std::string number(const char* format, double value, size_t measured) {
  return measured == 0 ? "null" : formatted(format, value);
}
std::string cell(const char* format, double value, size_t measured) {
  return measured == 0 ? "-" : formatted(format, value);
}

std::string as_json(const Validity& validity) {
  const auto part = [](size_t count, size_t whole) {
    return number("%.5f", share(count, whole), whole);
  };
  return concat("{\"suggestions\":", validity.suggestions,
                ",\"syntax_as_before\":", part(validity.as_before, validity.suggestions),
                ",\"syntax_as_author\":", part(validity.as_author, validity.suggestions),
                ",\"names\":", validity.names,
                ",\"names_resolved\":", part(validity.names_resolved, validity.names),
                ",\"members\":", validity.members,
                ",\"members_seen\":", part(validity.members_seen, validity.members), "}");
}

std::string validity_row(const std::string& who, const Validity& validity) {
  const auto part = [](size_t count, size_t whole) {
    return cell("%.1f%%", 100 * share(count, whole), whole);
  };
  return formatted("  %-18s %11zu %12s / %6s %14s of %5zu %12s of %5zu\n", who.c_str(),
                   validity.suggestions, part(validity.as_before, validity.suggestions).c_str(),
                   part(validity.as_author, validity.suggestions).c_str(),
                   part(validity.names_resolved, validity.names).c_str(), validity.names,
                   part(validity.members_seen, validity.members).c_str(), validity.members);
}

std::string validity_table(const LanguageReport& language) {
  std::string text = formatted("  %-18s %11s %21s %23s %21s\n", "", "suggestions",
                               "parses, nothing/author's", "names that resolve", "members seen");
  text += validity_row("the author's", language.author);
  for (const Score& score : language.scores) text += validity_row(score.contestant, score.validity);
  return text;
}

// The last contestant has all that the others have.
std::string as_json(const Score& score, const LanguageReport& language) {
  const double baseline = language.scores.front().exact;
  const Paired paired = compare(score, language.scores.back());
  const size_t places = language.places, all = language.places_all, typed = language.characters;
  return concat(
      "{\"contestant\":", quoted(score.contestant),
      ",\"exact\":", number("%.5f", score.exact, places),
      ",\"exact_all\":", number("%.5f", score.exact_all, all),
      ",\"exact_to_baseline\":", number("%.4f", score.exact / baseline, baseline > 0 ? places : 0),
      ",\"only_this\":", paired.only_first, ",\"only_last\":", paired.only_second,
      ",\"shown\":", number("%.5f", score.shown, all),
      ",\"shown_right\":", number("%.5f", score.shown_right, score.shown > 0 ? all : 0),
      ",\"saved_whole\":", number("%.5f", score.saved_whole, typed),
      ",\"saved_word\":", number("%.5f", score.saved_word, typed),
      ",\"ms_median\":", number("%.3f", score.ms_median, all),
      ",\"ms_p95\":", number("%.3f", score.ms_p95, all), ",\"validity\":", as_json(score.validity),
      ",\"generated_tokens\":", score.generated_tokens,
      ",\"drafted_tokens\":", score.drafted_tokens, ",\"accepted_tokens\":", score.accepted_tokens,
      ",\"typing_ms_median\":", number("%.3f", score.typing_ms_median, typed),
      ",\"typing_ms_p95\":", number("%.3f", score.typing_ms_p95, typed), "}");
}

std::string row(const Score& score, const LanguageReport& language) {
  const double baseline = language.scores.front().exact;
  const size_t places = language.places, all = language.places_all, typed = language.characters;
  return formatted("  %-18s %15s %8s %8s %8s / %5s %13s / %6s %10s / %s %10zu / %zu / %zu\n",
                   score.contestant.c_str(), cell("%.1f%%", 100 * score.exact, places).c_str(),
                   cell("%.2f", score.exact / baseline, baseline > 0 ? places : 0).c_str(),
                   cell("%.1f%%", 100 * score.exact_all, all).c_str(),
                   cell("%.1f%%", 100 * score.shown, all).c_str(),
                   cell("%.1f%%", 100 * score.shown_right, score.shown > 0 ? all : 0).c_str(),
                   cell("%.1f%%", 100 * score.saved_whole, typed).c_str(),
                   cell("%.1f%%", 100 * score.saved_word, typed).c_str(),
                   cell("%.1f", score.typing_ms_median, typed).c_str(),
                   cell("%.1f", score.typing_ms_p95, typed).c_str(), score.drafted_tokens,
                   score.accepted_tokens, score.generated_tokens);
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
    for (const Score& score : language.scores) text += row(score, language);
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
    for (const Score& score : language.scores) {
      scores += concat(scores.empty() ? "" : ",", as_json(score, language));
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
