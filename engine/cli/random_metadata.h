#pragma once

#include "engine/cli/random_model.h"
#include "engine/gguf/writer.h"

namespace engine::cli {

// The hyper-parameters of a random model, under the keys that files of its architecture have.
void add_random_metadata(gguf::Writer& writer, const RandomModel& model);

}  // namespace engine::cli
