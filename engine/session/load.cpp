// Engine::load: files to parts.
#include <filesystem>
#include <utility>

#include "engine/backend/batch.h"
#include "engine/backend/cpu/cpu.h"
#include "engine/backend/cuda/cuda.h"
#include "engine/backend/reference/reference.h"
#include "engine/base/format.h"
#include "engine/base/thread_pool.h"
#include "engine/gguf/fingerprint.h"
#include "engine/model/open.h"
#include "engine/model/weights.h"
#include "engine/session/memory_alone.h"
#include "engine/session/parts.h"

namespace engine::session {
namespace {

using base::Error;
using base::fail;
using base::Result;
using BackendPointer = std::unique_ptr<backend::Backend>;

base::Status check_files(const ModelOptions& options) {
  std::error_code ignored;  // a file that cannot be looked at is not there
  if (!std::filesystem::is_regular_file(options.path, ignored) &&
      !std::filesystem::is_directory(options.path, ignored)) {
    return fail("no model at '", options.path,
                "': the default model ships in engine/models of lemma's source tree; "
                "`--model FILE.gguf` or `--model FOLDER` takes any other");
  }
  if (!options.memory_path.empty() &&
      !std::filesystem::is_regular_file(options.memory_path, ignored)) {
    return fail(
        "no memory file at '", options.memory_path,
        "': the default model's ships beside it in engine/models; another model needs none");
  }
  if (options.threads < 0) return fail("threads is ", options.threads, "; 0 takes every core");
  return base::Done{};
}

Result<BackendPointer> load_backend(const ModelOptions& options,
                                    std::shared_ptr<const gguf::File> file,
                                    const tokenizer::Tokenizer& tokenizer) {
  if (options.backend == BackendKind::none) {
    const Result<int> blocks = backend::pool_blocks(options.kv_tokens);
    if (!blocks) return Error(blocks.error());
    return make_memory_alone(static_cast<int>(tokenizer.size()), options.kv_tokens);
  }
  Result<model::Weights> weights = model::load_weights(std::move(file));
  if (!weights) return Error(weights.error());
  if (tokenizer.size() > static_cast<size_t>(weights->config.vocab_size)) {
    return fail(options.path, ": the vocabulary has ", tokenizer.size(), " tokens, the model only ",
                weights->config.vocab_size, ": the file is put together wrongly");
  }
  if (options.backend == BackendKind::reference) {
    return backend::reference::make_backend(std::move(*weights), options.kv_tokens);
  }
  if (options.backend == BackendKind::cuda) {
    return backend::cuda::make_backend(*weights, options.kv_tokens);
  }
  if (options.backend == BackendKind::best) {
    auto on_gpu = backend::cuda::make_backend(*weights, options.kv_tokens);
    if (on_gpu.ok()) return on_gpu;
  }
  return backend::cpu::make_backend(std::move(*weights), options.kv_tokens,
                                    std::make_shared<base::ThreadPool>(options.threads));
}

Result<std::unique_ptr<const decode::memory::Corpus>> load_corpus(
    const ModelOptions& options, const tokenizer::Tokenizer& tokenizer) {
  using Corpus = decode::memory::Corpus;
  if (options.memory_path.empty()) return std::unique_ptr<const Corpus>();
  Result<std::unique_ptr<const Corpus>> corpus = Corpus::open(options.memory_path, tokenizer);
  if (corpus) return corpus;
  return fail(corpus.message(), " (opened for the model ", options.path, ")");
}

std::string describe(const ModelOptions& options, const backend::Backend& backend) {
  const model::Config& config = backend.config();
  std::string text =
      config.name.empty() ? std::filesystem::path(options.path).stem().string() : config.name;
  text += base::concat(", backend ", backend.name());
  if (options.backend == BackendKind::cpu) {
    const int threads = options.threads == 0 ? base::physical_core_count() : options.threads;
    text += base::concat(", ", threads, threads == 1 ? " thread" : " threads");
  }
  text += base::concat(", context ", std::min(config.context_length, options.kv_tokens));
  if (!options.memory_path.empty()) text += ", with memory";
  return text;
}

// A folder that cannot be used is no reason to do without completions.
std::unique_ptr<PrefixStore> open_store(const PrefixFolder& folder, const gguf::File& file,
                                        const backend::Backend& backend) {
  if (folder.path.empty() || folder.bytes == 0 || backend.block_bytes() == 0) return nullptr;
  auto store = PrefixStore::open(
      {.folder = folder.path,
       .bytes = folder.bytes,
       .identity = base::concat(gguf::fingerprint(file), "\n", backend.block_form()),
       .block_bytes = backend.block_bytes(),
       .log = folder.log});
  if (store) return std::move(*store);
  folder.log("prefixes are not kept on disk: " + store.message());
  return nullptr;
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::load(const ModelOptions& options) {
  if (const base::Status files = check_files(options); !files) return Error(files.error());
  Result<gguf::File> opened = model::open(options.path);
  if (!opened) return Error(opened.error());
  const auto file = std::make_shared<const gguf::File>(std::move(*opened));

  Result<tokenizer::Tokenizer> vocabulary = tokenizer::Tokenizer::load(*file);
  if (!vocabulary) return Error(vocabulary.error());
  auto tokenizer = std::make_unique<const tokenizer::Tokenizer>(std::move(*vocabulary));
  auto corpus = load_corpus(options, *tokenizer);
  if (!corpus) return Error(corpus.error());
  Result<BackendPointer> backend = load_backend(options, file, *tokenizer);
  if (!backend) return Error(backend.error());

  std::string description = describe(options, **backend);
  auto store = open_store(options.prefixes, *file, **backend);
  const bool none = options.backend == BackendKind::none;
  const auto model = none ? decode::memory::Model::absent : decode::memory::Model::present;
  return make_engine({.file = file,
                      .tokenizer = std::move(tokenizer),
                      .backend = std::move(*backend),
                      .corpus = std::move(*corpus),
                      .model = model,
                      .description = std::move(description),
                      // The memory alone has nothing to guess with that would be cheaper.
                      .drafts = none ? Drafts::never : options.drafts,
                      .store = std::move(store)});
}

}  // namespace engine::session
