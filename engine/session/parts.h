// What an Engine is made of. Engine::load finds the parts in files; a test brings its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/decode/memory/corpus.h"
#include "engine/decode/memory/recall.h"
#include "engine/gguf/file.h"
#include "engine/session/engine.h"
#include "engine/session/prefix_keeper.h"
#include "engine/tokenizer/tokenizer.h"

namespace engine::session {

struct Parts {
  std::shared_ptr<const gguf::File> file;  // what the other parts may view into; null: nothing
  // No larger than the model's vocabulary. The corpus may point to it, so it stays where it is.
  std::unique_ptr<const tokenizer::Tokenizer> tokenizer;
  std::unique_ptr<backend::Backend> backend;
  std::unique_ptr<const decode::memory::Corpus> corpus;  // null: none
  // `absent`: the backend's logits say nothing, and the memory alone predicts.
  decode::memory::Model model = decode::memory::Model::present;
  std::string description;
  // Prompt tokens in one batch: what a cancelled prefill loses at most, against the efficiency of
  // large products.
  int prefill_tokens = 256;
  int keystroke_prefill_tokens = 128;
  Drafts drafts = Drafts::when_they_pay;
  Shifts shifts = Shifts::for_keystrokes;
  std::unique_ptr<PrefixStore> store;  // prefixes on disk; null: none
  KeepTimes keep_times;
};

std::shared_ptr<Engine> make_engine(Parts parts);
// Engines under one scheduler, in the order of their parts. They live until none is held any more.
std::vector<std::shared_ptr<Engine>> make_engines(std::vector<Parts> parts);

}  // namespace engine::session
