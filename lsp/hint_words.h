// What a model that follows instructions says of a failure, for features/debug.
#pragma once

#include <memory>

#include "lsp/features/chat/model.h"
#include "lsp/features/debug/debug.h"

namespace lsp {

// How much of the run the model is told: `places` are the lines and the tests that failed, and
// hold nothing that the program has computed.
enum class ToldOfRun { places, everything };

// `subject` outlives what is returned.
decltype(features::debug::Models::words) words_by(std::shared_ptr<features::chat::Model> model,
                                                  const features::debug::Subject& subject,
                                                  ToldOfRun told, features::debug::Tongue tongue);

}  // namespace lsp
