#include <chrono>

#include "engine/base/format.h"
#include "engine/base/json_object.h"
#include "engine/cli/commands.h"
#include "engine/cli/load.h"
#include "engine/cli/memory_model.h"
#include "engine/decode/memory/builder.h"
#include "engine/gguf/file.h"
#include "engine/model/open.h"

namespace engine::cli {

base::Status memory(const MemoryOptions& options, Output output, std::ostream& out) {
  const std::string& vocabulary_path =
      options.vocabulary_path.empty() ? options.model_path : options.vocabulary_path;
  if (vocabulary_path.empty()) return base::fail("--vocabulary or --model is needed");
  const auto file = model::open(vocabulary_path);
  if (!file) return file.error();
  const auto tokenizer = tokenizer::Tokenizer::load(*file);
  if (!tokenizer) return tokenizer.error();

  decode::memory::BuildOptions build;
  build.corpus_folder = options.corpus_folder;
  build.path = options.out_path;
  if (options.cuts > 0) build.cuts = options.cuts;
  if (options.cuts_with_model > 0) build.cuts_with_model = options.cuts_with_model;
  if (!options.model_path.empty()) {
    if (!tokenizer->fim()) return base::fail(vocabulary_path, ": no FIM tokens to prompt with");
    auto backend = load_backend(options.model_path, options.backend, options.threads, 1024);
    if (!backend) return backend.error();
    build.predict = predict_with(std::move(*backend), *tokenizer);
  }
  const auto start = std::chrono::steady_clock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  const decode::memory::Progress progress = [&](const std::string& message) {
    if (output == Output::text) out << message << std::endl;
  };
  auto status = options.refit ? decode::memory::refit_memory(build, *tokenizer, progress)
                              : decode::memory::build_memory(build, *tokenizer, progress);
  if (!status) return status;
  if (output == Output::json) {
    out << base::JsonObject().text("memory", options.out_path).number("seconds", seconds()).str()
        << "\n";
  }
  return base::Done{};
}

}  // namespace engine::cli
