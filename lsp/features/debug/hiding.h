// Which changes mend a crash, and which only keep the program from coming to it. Inside this
// folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lsp/features/debug/prove.h"

namespace lsp::features::debug {

// Whether a change of this kind leaves something undone, as a loop that ends early does.
bool does_less(std::string_view what);

// Where no test or assertion says what a program should do: without those that take away what
// failed (by another condition, or its statement gone), and put nothing in its place; and those in
// front with which what failed is still run. Those with which it prints something else than before
// it failed, or does less, or prints that there is no value ("undefined"), are left where there are
// no others. The order is otherwise kept.
std::vector<const Green*> without_hiding(const Runs& runs, const Proving& proving,
                                         std::vector<const Green*> green);

// Of other texts that pass, which are no fixes by their changes' kinds: those that hide nothing.
std::vector<std::string> hiding_nothing(const Runs& runs, const Proving& proving,
                                        const std::vector<std::string>& texts);

}  // namespace lsp::features::debug
