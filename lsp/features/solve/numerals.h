// Numbers as they are written in several tokens, and the bases of logarithms. What is doubtful is
// noted.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "lsp/features/solve/tokens.h"

namespace lsp::features::solve {

// 0.(3) and 0.1666...; an error where it is not clear which digits repeat.
std::optional<engine::base::Error> join_periods(std::vector<Token>& tokens,
                                                std::vector<std::string>& notes);
// 1 000 000
void join_spaced_groups(std::vector<Token>& tokens, std::vector<std::string>& notes);
// log3 9 as log_3 9
void name_bases(std::vector<Token>& tokens);

}  // namespace lsp::features::solve
