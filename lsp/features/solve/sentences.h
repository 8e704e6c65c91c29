// What solving tells people, in their language. The program and the parser say it in English: what
// was checked, how a formula was read, and why there is no answer.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "lsp/features/solve/solve.h"
#include "lsp/text/tongue.h"

namespace lsp::features::solve {

// Clauses that are none of the sentences below stay English.
std::string said_in(text::Tongue tongue, std::string_view english);

inline constexpr text::Sentence is_checked = {"checked", "已验证", "vérifié", "geprüft"};
inline constexpr text::Sentence is_partly_checked = {"partly checked", "部分验证",
                                                     "vérifié en partie", "teilweise geprüft"};
inline constexpr text::Sentence is_not_checked = {"not checked", "未验证", "non vérifié",
                                                  "nicht geprüft"};
inline const text::Sentence& mark_of(Checked checked) {
  return checked == Checked::yes      ? is_checked
         : checked == Checked::partly ? is_partly_checked
                                      : is_not_checked;
}
inline constexpr text::Sentence note = {"note", "注意", "remarque", "Hinweis"};
inline constexpr text::Sentence read_as = {"read as", "读作", "lu comme", "gelesen als"};

// What something is, and what is said of it.
std::string with_colon(const text::Sentence& what, text::Tongue tongue);

// Internal to this folder. With {0}, {1} in the place of values; these and the sentences' English
// are those of the sources that say them, which a test compares.
std::span<const text::Sentence> sentences_of_numbers();
std::span<const text::Sentence> sentences_of_calculus();
std::span<const text::Sentence> sentences_of_equations();
std::span<const text::Sentence> sentences_of_reading();

}  // namespace lsp::features::solve
