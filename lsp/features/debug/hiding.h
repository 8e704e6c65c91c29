// Which changes mend a crash, and which only keep the program from coming to it. Inside this
// folder.
#pragma once

#include <vector>

#include "lsp/features/debug/prove.h"

namespace lsp::features::debug {

// Where no test or assertion says what a program should do: without those that take away what
// failed (by another condition, or its statement gone), and put nothing in its place; and those in
// front with which what failed is still run. Those with which it prints something else than before
// it failed are left where there are no others. The order is otherwise kept.
std::vector<const Green*> without_hiding(const Runs& runs, const Proving& proving,
                                         std::vector<const Green*> green);

}  // namespace lsp::features::debug
