// The ladder of hints: where it fails, what is wrong, how to think about it. From rules, and only
// with what the run showed: lines and values, none invented. Models add to it (models.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lsp/text/tongue.h"
#include "sandbox/languages/records.h"

namespace lsp::features::debug {

struct Found;
struct Subject;

using text::Tongue;

struct Hint {
  std::string step;  // "where", "what", "how"
  std::string text;
  int line = 0;            // of the program, from 1; 0: none
  bool generated = false;  // by a model
};

std::vector<Hint> hints_of(const Found& found, const Subject& subject, Tongue tongue);

// "The model says: …"
std::string said_by_model(const std::string& text, Tongue tongue);

// The language's own name, for a model: "French".
const char* name_of(Tongue tongue);

}  // namespace lsp::features::debug
