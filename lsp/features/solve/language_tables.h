// Words of German, French and Chinese that stand around formulas.
#pragma once

#include <string_view>
#include <vector>

namespace lsp::features::solve {

struct Word {
  std::string_view foreign;  // folded, in small letters
  std::string_view english;
};

struct Language {
  std::vector<Word> terms;  // of mathematics: they say which language it is
  std::vector<Word> links;  // between them: replaced only beside such a term
  bool spaces;              // whether words stand between spaces
};
Language german();
Language french();
Language chinese();

}  // namespace lsp::features::solve
