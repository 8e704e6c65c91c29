// Engine::load: files to parts.
#include <algorithm>
#include <filesystem>
#include <new>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/backend/batch.h"
#include "engine/backend/cpu/cpu.h"
#include "engine/backend/cuda/cuda.h"
#include "engine/backend/memory_need.h"
#include "engine/backend/reference/reference.h"
#include "engine/base/format.h"
#include "engine/base/machine_limits.h"
#include "engine/base/thread_pool.h"
#include "engine/gguf/fingerprint.h"
#include "engine/model/open.h"
#include "engine/model/weights.h"
#include "engine/session/memory_alone.h"
#include "engine/session/parts.h"
#include "engine/session/watchdog.h"

namespace engine::session {
namespace {

using base::Error;
using base::fail;
using base::Result;
using BackendPointer = std::unique_ptr<backend::Backend>;

constexpr std::string_view complete_advice =
    "the default model ships in engine/models of lemma's source tree; "
    "`--model FILE.gguf` or `--model FOLDER` takes any other";
constexpr std::string_view chat_advice =
    "name a GGUF file or a Hugging Face folder, or do without a chat model";

base::Status check_files(const ModelOptions& options, std::string_view advice) {
  std::error_code ignored;  // a file that cannot be looked at is not there
  if (!std::filesystem::is_regular_file(options.path, ignored) &&
      !std::filesystem::is_directory(options.path, ignored)) {
    return fail("no model at '", options.path, "': ", advice);
  }
  if (!options.adapter_path.empty() && !std::filesystem::exists(options.adapter_path, ignored)) {
    return fail("no adapter at '", options.adapter_path,
                "': `adapter` in config.toml, or --adapter, names a GGUF file or a folder of PEFT");
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

// A model whose files are open and agree; nothing of it is in memory yet.
struct Opened {
  ModelOptions options;
  std::shared_ptr<const gguf::File> file;
  std::unique_ptr<const tokenizer::Tokenizer> tokenizer;
  std::unique_ptr<const decode::memory::Corpus> corpus;
  std::optional<model::Weights> weights;  // not with BackendKind::none
  uint64_t adapter = 0;                   // its fingerprint; 0: none
  BackendPointer backend;                 // null: not loaded yet
  bool on_gpu = false;                    // it is a GPU's
};

Result<std::unique_ptr<const decode::memory::Corpus>> load_corpus(
    const ModelOptions& options, const tokenizer::Tokenizer& tokenizer) {
  using Corpus = decode::memory::Corpus;
  if (options.memory_path.empty()) return std::unique_ptr<const Corpus>();
  Result<std::unique_ptr<const Corpus>> corpus = Corpus::open(options.memory_path, tokenizer);
  if (corpus) return corpus;
  return fail(corpus.message(), " (opened for the model ", options.path, ")");
}

Result<Opened> open(const ModelOptions& options, std::string_view advice) {
  if (const base::Status files = check_files(options, advice); !files) return Error(files.error());
  Result<gguf::File> file = model::open(options.path);
  if (!file) return Error(file.error());
  Opened opened{.options = options, .file = std::make_shared<const gguf::File>(std::move(*file))};
  Result<tokenizer::Tokenizer> vocabulary = tokenizer::Tokenizer::load(*opened.file);
  if (!vocabulary) return Error(vocabulary.error());
  opened.tokenizer = std::make_unique<const tokenizer::Tokenizer>(std::move(*vocabulary));
  auto corpus = load_corpus(options, *opened.tokenizer);
  if (!corpus) return Error(corpus.error());
  opened.corpus = std::move(*corpus);
  if (options.backend == BackendKind::none) return opened;

  std::shared_ptr<const model::Adapter> adapter;
  if (!options.adapter_path.empty()) {
    auto opened_adapter = model::Adapter::open(options.adapter_path);
    if (!opened_adapter) return Error(opened_adapter.error());
    adapter = std::move(*opened_adapter);
  }
  Result<model::Weights> weights = model::load_weights(opened.file, std::move(adapter));
  if (!weights) return Error(weights.error());
  const size_t tokens = opened.tokenizer->size();
  if (tokens > static_cast<size_t>(weights->config.vocab_size)) {
    return fail(options.path, ": the vocabulary has ", tokens, " tokens, the model only ",
                weights->config.vocab_size, ": the file is put together wrongly");
  }
  if (weights->adapter) opened.adapter = weights->adapter->fingerprint();
  opened.weights = std::move(*weights);
  return opened;
}

// An error where a GPU was asked for by name. `threads` is made where it is first needed.
base::Status try_gpu(Opened& model, std::shared_ptr<base::ThreadPool>& threads) {
  const BackendKind kind = model.options.backend;
  if (kind != BackendKind::cuda && kind != BackendKind::best) return base::Done{};
  if (!threads) threads = std::make_shared<base::ThreadPool>(model.options.threads);
  const bool latent = model.weights->config.is_latent();
  Result<BackendPointer> on_gpu =
      backend::cuda::make_backend(*model.weights, model.options.kv_tokens, threads,
                                  latent ? model.options.kv_cache : KvCache::f16);
  model.on_gpu = on_gpu.ok();
  if (on_gpu) model.backend = std::move(*on_gpu);
  if (!on_gpu && kind == BackendKind::cuda) return Error(on_gpu.error());
  return base::Done{};
}

// What the CPU backend will take; nothing where another computes.
backend::MemoryNeed need_of(const Opened& model) {
  const BackendKind kind = model.options.backend;
  if (model.backend || (kind != BackendKind::cpu && kind != BackendKind::best)) return {};
  const int kv_tokens = model.options.kv_tokens;
  return backend::memory_need(*model.weights, backend::cpu::cache_bytes(*model.weights, kv_tokens),
                              kv_tokens);
}

// `threads` is made where it is first needed.
Result<BackendPointer> load_on_host(Opened& model, std::shared_ptr<base::ThreadPool>& threads) {
  const ModelOptions& options = model.options;
  if (options.backend == BackendKind::none) {
    const Result<int> blocks = backend::pool_blocks(options.kv_tokens);
    if (!blocks) return Error(blocks.error());
    return make_memory_alone(static_cast<int>(model.tokenizer->size()), options.kv_tokens);
  }
  if (options.backend == BackendKind::reference) {
    return backend::reference::make_backend(std::move(*model.weights), options.kv_tokens);
  }
  if (!threads) threads = std::make_shared<base::ThreadPool>(options.threads);
  return backend::cpu::make_backend(std::move(*model.weights), options.kv_tokens, threads);
}

std::string describe(const Opened& model) {
  const ModelOptions& options = model.options;
  const model::Config& config = model.backend->config();
  std::string text =
      config.name.empty() ? std::filesystem::path(options.path).stem().string() : config.name;
  text += base::concat(", backend ", model.backend->name());
  if (options.backend == BackendKind::cpu) {
    const int threads = options.threads == 0 ? base::physical_core_count() : options.threads;
    text += base::concat(", ", threads, threads == 1 ? " thread" : " threads");
  }
  text += base::concat(", context ", std::min(config.context_length, options.kv_tokens));
  const bool has_fp8 = model.on_gpu && config.is_latent();
  if (options.kv_cache == KvCache::fp8 && options.backend != BackendKind::none && !has_fp8) {
    text += config.is_latent() ? ", KV cache f16 (fp8 is for a GPU)"
                               : ", KV cache f16 (fp8 is for latent attention)";
  }
  if (!options.adapter_path.empty()) {
    text += ", adapter " + std::filesystem::path(options.adapter_path).stem().string();
  }
  if (model.corpus) {
    text += model.corpus->has_ngrams()
                ? ", with memory"
                : ", with memory of open and related files (its n-grams are for "
                  "another vocabulary)";
  }
  return text;
}

// A folder that cannot be used is no reason to do without completions.
std::unique_ptr<PrefixStore> open_store(const PrefixFolder& folder, const gguf::File& file,
                                        uint64_t adapter, const backend::Backend& backend) {
  if (folder.path.empty() || folder.bytes == 0 || backend.block_bytes() == 0) return nullptr;
  auto store = PrefixStore::open(
      {.folder = folder.path,
       .bytes = folder.bytes,
       .identity = base::concat(gguf::fingerprint(file), "\n", adapter, "\n", backend.block_form()),
       .block_bytes = backend.block_bytes(),
       .log = folder.log});
  if (store) return std::move(*store);
  folder.log("prefixes are not kept on disk: " + store.message());
  return nullptr;
}

Parts parts_of(Opened model) {
  std::string description = describe(model);
  auto store = open_store(model.options.prefixes, *model.file, model.adapter, *model.backend);
  const bool none = model.options.backend == BackendKind::none;
  return {.file = std::move(model.file),
          .tokenizer = std::move(model.tokenizer),
          .backend = std::move(model.backend),
          .corpus = std::move(model.corpus),
          .model = none ? decode::memory::Model::absent : decode::memory::Model::present,
          .description = std::move(description),
          // The memory alone has nothing to guess with that would be cheaper.
          .drafts = none ? Drafts::never : model.options.drafts,
          .shifts = model.options.shifts,
          .store = std::move(store)};
}

// Whether one engine serves both roles; requests of different priorities share it well.
bool are_one(const ModelOptions& a, const ModelOptions& b) {
  std::error_code missing;
  return std::filesystem::equivalent(a.path, b.path, missing) && a.memory_path == b.memory_path &&
         a.adapter_path == b.adapter_path && a.backend == b.backend && a.kv_cache == b.kv_cache;
}

// Where one of them is on a GPU, which may hang, all are watched: they share a thread.
std::vector<std::shared_ptr<Engine>> watched(std::vector<std::shared_ptr<Engine>> engines,
                                             const std::vector<ModelOptions>& options) {
  for (size_t i = 0; i < engines.size(); ++i) {
    ModelOptions on_cpu = options[i];
    on_cpu.backend = BackendKind::cpu;
    engines[i] =
        watch(std::move(engines[i]), {.make_spare = [on_cpu] { return Engine::load(on_cpu); }});
  }
  return engines;
}

// The backends of models that are open, and the engines over them.
Result<std::vector<std::shared_ptr<Engine>>> load_all(std::vector<Opened> models) {
  std::shared_ptr<base::ThreadPool> threads;
  for (Opened& model : models) {
    if (const base::Status status = try_gpu(model, threads); !status) return Error(status.error());
  }
  backend::MemoryNeed before;
  for (Opened& model : models) {
    // Rather a shorter context than no model.
    const backend::MemoryNeed need = backend::fitted(need_of(model), base::memory_limit(), before);
    if (need.kv_tokens > 0) model.options.kv_tokens = need.kv_tokens;
    const base::Status status = backend::check_memory(need, base::memory_limit(), before);
    if (!status) return Error(status.error());
    before = need;
  }
  const bool on_gpu = std::any_of(models.begin(), models.end(),
                                  [](const Opened& model) { return model.backend != nullptr; });
  std::vector<ModelOptions> options;
  std::vector<Parts> parts;
  for (Opened& model : models) {
    options.push_back(model.options);
    if (!model.backend) {
      Result<BackendPointer> backend = load_on_host(model, threads);
      if (!backend) return Error(backend.error());
      model.backend = std::move(*backend);
    }
    parts.push_back(parts_of(std::move(model)));
  }
  auto engines = make_engines(std::move(parts));
  return on_gpu ? watched(std::move(engines), options) : std::move(engines);
}

Result<std::shared_ptr<Engine>> load_one(const ModelOptions& options) {
  std::vector<Opened> models;
  Result<Opened> opened = open(options, complete_advice);
  if (!opened) return Error(opened.error());
  models.push_back(std::move(*opened));
  auto engines = load_all(std::move(models));
  if (!engines) return Error(engines.error());
  return engines->front();
}

Result<Engines> load_both(const ModelOptions& complete, const ModelOptions& chat) {
  if (are_one(complete, chat)) {
    ModelOptions both = complete;
    both.kv_tokens = std::max(complete.kv_tokens, chat.kv_tokens);
    auto engine = load_one(both);
    if (!engine) return Error(engine.error());
    return Engines{*engine, *engine};
  }
  std::vector<Opened> models;
  Result<Opened> first = open(complete, complete_advice);
  if (!first) return Error(first.error());
  models.push_back(std::move(*first));
  ModelOptions beside = chat;
  beside.threads = complete.threads;
  Result<Opened> second = open(beside, chat_advice);
  if (!second) return fail("the chat model: ", second.message());
  models.push_back(std::move(*second));
  auto engines = load_all(std::move(models));
  if (!engines) return Error(engines.error());
  return Engines{(*engines)[0], (*engines)[1]};
}

// What the standard library throws where it gets no memory or no thread is a failure like others.
template <typename Load>
auto failing(const std::string& path, const Load& load) -> decltype(load()) {
  try {
    return load();
  } catch (const std::bad_alloc&) {
    return fail(path, ": there is no memory left to load it; is that of this process limited (",
                "ulimit -v)?");
  } catch (const std::system_error& error) {
    return fail(path, ": cannot be loaded: ", error.what());
  }
}

}  // namespace

Result<std::shared_ptr<Engine>> Engine::load(const ModelOptions& options) {
  return failing(options.path, [&] { return load_one(options); });
}

Result<Engines> Engine::load(const ModelOptions& complete, const ModelOptions& chat) {
  return failing(complete.path, [&] { return load_both(complete, chat); });
}

}  // namespace engine::session
