// The end of an answer (asking.h), as it is read on its way to the editor.
#pragma once

#include <string>

namespace lsp::wire {

struct AnswerEnd {
  std::string conversation;
  std::string problem;  // empty: it ended well
};

}  // namespace lsp::wire
