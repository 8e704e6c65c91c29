// The engine's public face. An Engine is one model with all that serves it; a process has one, or
// two that share the threads, one for each role. One scheduler steps them on a thread of its own.
//
// Priorities are strict, over both models: a keystroke overtakes everything, also a prefill that
// has begun (between two layers). Requests of one model and one priority share batches, first come
// first served; two models with requests of one priority take turns.
//
// Thread safety: every method may be called from any thread. Callbacks run on the engine's thread
// and must only post; the engine holds no lock while it calls them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/backend/kv_cache.h"
#include "engine/base/result.h"
#include "engine/decode/memory/buffers.h"
#include "engine/decode/piece.h"
#include "engine/decode/sampling.h"
#include "engine/session/search.h"
#include "engine/tokenizer/tokenizer.h"

namespace engine::session {

using backend::KvCache;
using decode::Piece;
using tokenizer::Token;

enum class Priority { keystroke, interactive, background };
// `none`: the memory alone predicts; of the model only the vocabulary is used.
// best: cuda where it works, else cpu.
enum class BackendKind { reference, cpu, cuda, best, none };
// Whether guesses at the next tokens are computed along with each token (speculation.h). What is
// generated does not depend on it; `always` is for tests.
enum class Drafts { never, when_they_pay, always };
// Whether a keystroke takes what is known of text that stood elsewhere (lane.h). The tokens of its
// answer may then depend on what the engine has computed before.
enum class Shifts { never, for_keystrokes };

// Where prefixes are kept on disk (prefix_store.h).
struct PrefixFolder {
  std::string path;                             // empty: nowhere
  uint64_t bytes = 0;                           // the most that it holds
  std::function<void(const std::string&)> log;  // on any thread; what was wrong with a file
};

struct ModelOptions {
  std::string path;          // a GGUF file, or a Hugging Face directory
  std::string adapter_path;  // a LoRA adapter for it (model/adapter.h); empty: none
  std::string memory_path;   // made for this model, or without its n-grams; empty: none
  BackendKind backend = BackendKind::cpu;
  int threads = 0;        // 0: the physical cores
  int kv_tokens = 16384;  // size of the KV pool, over all sequences
  // Applies to latents on a GPU; all else is f16 (or float32, see cpu.h), and the description says
  // so where fp8 was wanted.
  KvCache kv_cache = KvCache::f16;
  Drafts drafts = Drafts::when_they_pay;
  Shifts shifts = Shifts::for_keystrokes;
  PrefixFolder prefixes;
};

struct Request {
  // At least one token. Whatever of it is in the prefix cache is not computed again.
  std::vector<Token> prompt;
  // Token healing: bytes that the generated text must begin with. They are the tail of what the
  // user typed and are not in `prompt`; the stream contains them.
  std::string typed;
  // Fewer where the context ends. 0: computes the prompt into the prefix cache, to have it ready.
  int max_tokens = 64;
  std::vector<std::string> stop_texts;  // generation ends before the first of these; not streamed
  decode::Sampling sampling;            // greedy by default
  Search search;
  Priority priority = Priority::interactive;
  // What is computed is found again by requests of the same number alone, so that nobody learns by
  // the clock what somebody else has asked. 0: the local user's, which is also kept on disk.
  uint64_t partition = 0;
  bool tells_experts = false;  // in the pieces
  // The open buffers, for the memory (without one they have no say); null: it looks at the prompt.
  std::shared_ptr<const decode::memory::Buffers> buffers;
};

enum class EndReason { limit, end_token, stop_text, stopped, error };

struct Outcome {
  EndReason reason = EndReason::error;
  std::string error;  // for EndReason::error
  int prompt_tokens = 0;
  int cached_tokens = 0;   // of them, found in the prefix cache
  int shifted_tokens = 0;  // of them, known at other positions only, and taken as they were there
  int generated_tokens = 0;
  int drafted_tokens = 0;   // guessed, and computed along with the token before them
  int accepted_tokens = 0;  // of them, generated: each saved a step
  double wait_ms = 0;       // from submission until its prompt is read from disk or computed
  double prefill_ms = 0;    // from there to the first generated token
  double decode_ms = 0;     // from there to the end
};

// Returns false to end the stream (EndReason::stopped).
using OnPiece = std::function<bool(const Piece&)>;
using OnEnd = std::function<void(const Outcome&)>;

class Engine;

// The models of a process by their roles: `complete` answers keystrokes, `chat` what takes long.
struct Engines {
  std::shared_ptr<Engine> complete, chat;
};

class Engine {
 public:
  static base::Result<std::shared_ptr<Engine>> load(const ModelOptions& options);
  // Two models that share the threads, as many as `complete` says. An error, before either is
  // loaded, where both do not fit into memory together. They live until neither is held any more.
  // A file that is to take both roles is loaded once.
  static base::Result<Engines> load(const ModelOptions& complete, const ModelOptions& chat);
  virtual ~Engine() = default;  // stops what runs; every OnEnd has been called when it returns

  virtual const tokenizer::Tokenizer& tokenizer() const = 0;
  virtual int context_tokens() const = 0;
  virtual std::string description() const = 0;  // model, backend, threads; for people

  // For people: what is other than it was loaded as (watchdog.h); empty where nothing is.
  virtual std::string notice() const { return ""; }
  // Since when it has been within one call of its backend without being asked whether to go on; 0
  // while it rests.
  virtual std::chrono::milliseconds silent_for() const { return {}; }

  // Starts a generation and returns at once. A stop request on `stop` ends it between two layers.
  // `on_end` is called once, whatever happens, and nothing after it. Callbacks must not throw;
  // either may be empty.
  virtual void submit(Request request, std::stop_token stop, OnPiece on_piece, OnEnd on_end) = 0;

  // The same, waiting for the end. Never call it from a callback.
  Outcome generate(Request request, std::stop_token stop, const OnPiece& on_piece);

  // Sum of the model's log-probabilities of each continuation after `prompt`, all in one batch over
  // the shared prefix; the memory has no say. Waits for the result; an error when stopped. Never
  // call it from a callback.
  virtual base::Result<std::vector<double>> score(std::span<const Token> prompt,
                                                  std::span<const std::vector<Token>> continuations,
                                                  Priority priority, std::stop_token stop) = 0;
};

}  // namespace engine::session
