// Text for people, with the run's file by its name on this machine: what stands in a traceback or a
// compiler's message can then be opened.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sandbox/languages/language.h"

namespace sandbox::languages {

// Whole names alone are replaced. The text may come in pieces that end anywhere.
class OwnNames {
 public:
  // `root`: of the run (runner::Outcome), which is left out.
  OwnNames(const Prepared& prepared, const std::string& root);

  // What can be told so far; the end of a piece may be the beginning of a name.
  std::string add(std::string_view piece);
  std::string rest();

 private:
  struct Name {
    std::string from, to;
  };
  enum class More { comes, is_not };
  std::string replace(More more);
  const Name* name_at(std::string_view text, More more) const;

  std::vector<Name> names_;  // of two that begin alike, the longer first
  std::string held_;
  char before_ = '\n';  // what is held
};

std::string in_own_names(const std::string& text, const Prepared& prepared,
                         const std::string& root = {});

}  // namespace sandbox::languages
