// How long a benchmark will take, from what a few places take that are none of its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "lsp/bench/complete.h"
#include "lsp/bench/contestant.h"
#include "lsp/bench/sample.h"

namespace lsp::bench {

// Of all contestants, for so many groups of files as large as this one.
engine::base::Result<double> seconds_expected(
    const std::vector<const SourceFile*>& group, size_t groups, const CompleteOptions& options,
    const engine::tokenizer::Tokenizer& tokenizer,
    const std::vector<std::unique_ptr<Contestant>>& contestants);

// "40 s", "7 minutes", "2.5 hours".
std::string in_words(double seconds);

}  // namespace lsp::bench
