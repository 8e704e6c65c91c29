// The languages in which people are told things, and sentences that stand in all of them.
#pragma once

#include <array>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace lsp::text {

enum class Tongue { english, chinese, french, german };
// Of a locale as LANG or an editor has it: "zh_CN.UTF-8", "fr", "de-AT". English for all others.
Tongue tongue_of_locale(std::string_view locale);
// Whether it names one of them, as a whole.
bool is_of_a_tongue(std::string_view locale);
// Of messages, as the environment has it: LC_ALL, else LC_MESSAGES, else LANG; empty where none is
// set.
std::string locale_of_messages();

// By Tongue. Parts in braces stand for values: "{tried} of {all} changes".
using Sentence = std::array<std::string_view, 4>;
using Value = std::pair<std::string_view, std::string>;
using Values = std::initializer_list<Value>;
// The values by the names that the sentence has between its braces; what is in a value stays as it
// is.
std::string said(const Sentence& sentence, Tongue tongue, Values values = {});
// What the sentence says of the same values as an English text; nothing where that is no such
// sentence. A value ends where what follows it in the sentence comes first, and lies within a
// clause; what is in it stays as it is, but for clauses that are one of `in_values`.
std::optional<std::string> translated(const Sentence& sentence, std::string_view english,
                                      Tongue tongue, std::span<const Sentence> in_values = {});

// A sentence about a number, {count} in it.
struct Counted {
  Sentence one;
  Sentence many;
};
std::string said(const Counted& counted, size_t count, Tongue tongue);

// Between two clauses of one line.
inline constexpr Sentence then = {"; ", "；", " ; ", "; "};
// What English clauses say in another language, by the first sentence that each of them is; one
// that is none of these stays English, and so does what is in values but for `in_values`.
std::string clauses_in(Tongue tongue, std::string_view english, std::span<const Sentence> sentences,
                       std::span<const Sentence> in_values = {});

}  // namespace lsp::text
