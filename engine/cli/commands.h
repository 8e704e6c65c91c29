// What `lemma-engine` does, and `lemma model` and `lemma bench engine` with it: one function for
// each command. What a command prints goes to `out`; with Output::json that is one JSON object.
#pragma once

#include <istream>
#include <ostream>
#include <string>

#include "engine/backend/kv_cache.h"
#include "engine/base/result.h"
#include "engine/cli/random_model.h"

namespace engine::cli {

enum class Output { text, json };
enum class BackendChoice { reference, cpu, cuda };

// What a file holds, and whether lemma can run it (and if not, why).
base::Status info(const std::string& path, Output output, std::ostream& out);

// The ids of the text on `in`, in one line.
base::Status tokenize(const std::string& path, std::istream& in, Output output, std::ostream& out);

struct LogitsOptions {
  std::string model_path;
  std::string tokens_path;  // ids, separated by white space; one sequence from position 0
  std::string out_path;     // float32, little endian: [tokens][vocab_size]
  BackendChoice backend = BackendChoice::cpu;
  int threads = 0;  // 0: the physical cores
};
base::Status logits(const LogitsOptions& options, Output output, std::ostream& out);

struct RandomOptions {
  std::string like;
  std::string type = "q8_0";
  std::string layout = "split";
  uint64_t seed = 1;
  int layers = 0;      // 0: as the shape has it
  int vocab_size = 0;  // likewise
  std::string out_path;
};
// The model they describe; an error is one of usage.
base::Result<RandomModel> random_model(const RandomOptions& options);
base::Status random(const RandomModel& model, const RandomOptions& options, Output output,
                    std::ostream& out);

struct BenchOptions {
  std::string model_path;
  int prompt = 512;
  int generate = 64;
  int context = 0;  // tokens in the cache before the prompt
  int threads = 0;
  BackendChoice backend = BackendChoice::cpu;
  backend::KvCache kv_cache = backend::KvCache::f16;  // fp8: of latents, with cuda alone
};
// Milliseconds of a prefill of `prompt` tokens and of `generate` steps of one token each.
base::Status bench(const BenchOptions& options, Output output, std::ostream& out);

struct MemoryOptions {
  bool refit = false;           // only the weights used with the model, in a file that is there
  std::string corpus_folder;    // of the corpus step of engine/training
  std::string vocabulary_path;  // a GGUF file; empty: the model's
  std::string model_path;       // empty: the memory is fitted to stand alone
  std::string out_path;
  BackendChoice backend = BackendChoice::cpu;  // of the model
  size_t cuts = 0;                             // 0: as the builder has it
  size_t cuts_with_model = 0;                  // likewise
  int threads = 0;
};
// Makes the memory of a model (engine/decode/memory).
base::Status memory(const MemoryOptions& options, Output output, std::ostream& out);

}  // namespace engine::cli
