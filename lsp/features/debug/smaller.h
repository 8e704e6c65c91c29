// A change that passes, with less of it: so that what is offered is no more than what it takes.
#pragma once

#include <string>
#include <vector>

namespace lsp::features::debug {

// `fixed` comes of `between`, and that of `original`: the second step alone, where the two steps
// change different places. Empty where they do not.
std::string second_step_alone(const std::string& original, const std::string& between,
                              const std::string& fixed);

// `fixed` with one place, by words, as it was in `original`, for each place where they differ.
// Nothing where there is but one, or too many to try.
std::vector<std::string> with_one_place_less(const std::string& original, const std::string& fixed);

}  // namespace lsp::features::debug
