// What a model has written in place of a part of a text. Internal to this folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lsp/features/change/part.h"
#include "lsp/syntax/language.h"

namespace lsp::features::change {

struct Written {
  std::string text;      // the whole one, with it
  std::string left_out;  // a line of it that stands for code that was not written; else empty
  size_t blocks = 1;     // of code in the reply, of which one was taken
  bool nothing = false;  // stands in place of the part
};

// In the part's indentation and with its line endings. What a reply repeats of the text around the
// part (imports, the class around a method, neighbours) is left out; a reply that repeats nearly
// all of it is the whole text. Nothing where there is no code in it (reply.h).
std::optional<Written> written_in(std::string_view reply, std::string_view text, const Part& part,
                                  std::optional<syntax::Language> language);

}  // namespace lsp::features::change
