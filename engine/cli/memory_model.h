// A model's predictions for the fit of the memory's scorer.
#pragma once

#include <memory>

#include "engine/backend/backend.h"
#include "engine/decode/memory/fit.h"
#include "engine/tokenizer/tokenizer.h"

namespace engine::cli {

// Puts each cut to the model in the form it is asked in the editor (engine/training/README.md: the
// prompt form), with the tokens of the middle after it. `tokenizer` must outlive the result; it has
// FIM tokens.
decode::memory::Predict predict_with(std::shared_ptr<backend::Backend> backend,
                                     const tokenizer::Tokenizer& tokenizer);

}  // namespace engine::cli
