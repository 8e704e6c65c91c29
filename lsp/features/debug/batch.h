// Many versions of a Python program in one sandbox, each in a process of its own that is forked
// from one interpreter and used once: an interpreter takes longer to start than most tests take to
// run.
//
// They share the sandbox's files, so that one could deceive the next. What is found green here is
// therefore never believed before it was run alone.
#pragma once

#include <string>
#include <vector>

#include "lsp/features/debug/trial.h"

namespace lsp::features::debug {

// Whether this subject's versions can be tried so.
bool has_batches(const Subject& subject);

// One trial for each text, in order; those that the deadline cut off are red. `version.text` is
// not used; its deadline is one version's.
std::vector<Trial> try_batch(runner::Runner& sandbox, const Subject& subject,
                             const std::vector<const std::string*>& texts, const Version& version);

}  // namespace lsp::features::debug
