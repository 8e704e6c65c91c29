#include "lsp/text/tongue.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace lsp::text {

namespace {

// The values by their names between braces.
std::string filled(std::string_view rest, std::span<const Value> values) {
  std::string text;
  while (!rest.empty()) {
    const size_t open = std::min(rest.find('{'), rest.size());
    text += rest.substr(0, open);
    rest.remove_prefix(open);
    const size_t close = rest.find('}');
    if (close == rest.npos) break;
    const std::string_view name = rest.substr(1, close - 1);
    const auto value = std::find_if(values.begin(), values.end(),
                                    [&](const auto& each) { return each.first == name; });
    text += value == values.end() ? rest.substr(0, close + 1) : std::string_view(value->second);
    rest.remove_prefix(close + 1);
  }
  return text.append(rest);
}

}  // namespace

Tongue tongue_of_locale(std::string_view locale) {
  if (locale.starts_with("zh")) return Tongue::chinese;
  if (locale.starts_with("fr")) return Tongue::french;
  return locale.starts_with("de") ? Tongue::german : Tongue::english;
}

bool is_of_a_tongue(std::string_view locale) {
  const std::string_view language = locale.substr(0, locale.find_first_of("_-.@"));
  return language == "en" || language == "zh" || language == "fr" || language == "de";
}

std::string locale_of_messages() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* locale = std::getenv(name);
    if (locale != nullptr && *locale != '\0') return locale;
  }
  return "";
}

std::string said(const Sentence& sentence, Tongue tongue, Values values) {
  return filled(sentence[static_cast<size_t>(tongue)], {values.begin(), values.size()});
}

std::optional<std::string> translated(const Sentence& sentence, std::string_view english,
                                      Tongue tongue, std::span<const Sentence> in_values) {
  std::string_view form = sentence[static_cast<size_t>(Tongue::english)];
  std::vector<Value> values;
  for (;;) {
    const size_t open = std::min(form.find('{'), form.size());
    if (!english.starts_with(form.substr(0, open))) return std::nullopt;
    english.remove_prefix(open);
    form.remove_prefix(open);
    if (form.empty()) break;
    const size_t close = form.find('}');
    const std::string_view name = form.substr(1, close - 1);
    form.remove_prefix(close + 1);
    const std::string_view next = form.substr(0, form.find('{'));
    const size_t length = next.empty() ? english.size() : english.find(next);
    if (length == english.npos || length == 0) return std::nullopt;
    const std::string_view value = english.substr(0, length);
    if (value.find(then[static_cast<size_t>(Tongue::english)]) != value.npos) return std::nullopt;
    values.emplace_back(name, clauses_in(tongue, value, in_values, in_values));
    english.remove_prefix(length);
  }
  if (!english.empty()) return std::nullopt;
  return filled(sentence[static_cast<size_t>(tongue)], values);
}

std::string clauses_in(Tongue tongue, std::string_view english, std::span<const Sentence> sentences,
                       std::span<const Sentence> in_values) {
  for (const Sentence& each : sentences) {
    if (auto text = translated(each, english, tongue, in_values)) return std::move(*text);
  }
  const std::string_view between = then[static_cast<size_t>(Tongue::english)];
  const size_t end = english.find(between);
  if (end == english.npos) return std::string(english);
  return clauses_in(tongue, english.substr(0, end), sentences, in_values) + said(then, tongue) +
         clauses_in(tongue, english.substr(end + between.size()), sentences, in_values);
}

std::string said(const Counted& counted, size_t count, Tongue tongue) {
  const Sentence& sentence = count == 1 ? counted.one : counted.many;
  return said(sentence, tongue, {{"count", std::to_string(count)}});
}

}  // namespace lsp::text
