// From a docstring's examples to test methods. Internal to this folder.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sandbox/languages/doctests.h"

namespace lsp::features::testing {

struct Case {
  std::string name;                // of the method
  std::vector<std::string> lines;  // of its body, without indentation
  bool proposed = false;           // by a model
};

struct Cases {
  std::vector<Case> cases;
  std::vector<std::string> left_out;  // sentences
};

// What each line of the doctest gave when it ran, by its line.
using Given = std::map<int, sandbox::languages::Output>;

enum class Origin { docstring, model };

// Where the code gives something else than is expected, that is said, and no test is made of it.
Cases cases_of(const sandbox::languages::Doctest& doctest, const Given& given, Origin origin);

// The names that the cases' lines use.
std::set<std::string> names_in(const std::vector<Case>& cases);

// A file of tests with these cases; `names` are imported from `module`.
std::string file_of(const std::string& module, const std::string& function,
                    const std::vector<std::string>& names, const std::vector<Case>& cases);

}  // namespace lsp::features::testing
