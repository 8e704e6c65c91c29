// Whether a suggestion may stand where it is offered.
#pragma once

#include "lsp/features/names.h"

namespace lsp::features {

// Whether what the text begins can be code in its place: the document parses there with it, or with
// its brackets closed and something behind them, since a suggestion may end between any two tokens.
// Some that can be are not known as such (`for (let i = 0`). True where nobody can tell: without a
// tree, and in languages where nearly everything parses.
bool may_stand(const Suggested& suggested);

}  // namespace lsp::features
