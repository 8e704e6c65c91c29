// An Engine over the toy backend, and what it must answer, computed without an engine.
#pragma once

#include <array>
#include <future>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "engine/backend/block_pool.h"
#include "engine/session/parts.h"
#include "tests/engine/session/toy_backend.h"

namespace support {

using engine::session::Drafts;
using engine::session::EndReason;
using engine::session::Engine;
using engine::session::Outcome;
using engine::session::Piece;
using engine::session::Priority;
using engine::session::Request;
using engine::session::Token;

struct Toy {
  explicit Toy(ToyOptions options = {}, int prefill_tokens = 64, Drafts drafts = Drafts::never);

  Toy(std::shared_ptr<Engine> its, ToyBackend* of) : engine(std::move(its)), backend(of) {}
  // One that keeps prefixes in a folder.
  Toy(ToyOptions options, engine::session::PrefixFolder prefixes,
      engine::session::KeepTimes keep_times);

  std::shared_ptr<Engine> engine;
  ToyBackend* backend;  // of the engine
};

// Two models under one scheduler: complete and chat.
std::array<Toy, 2> two_toys(ToyOptions complete, ToyOptions chat, int prefill_tokens = 64);

struct Answer {
  Outcome outcome;
  std::vector<Piece> pieces;

  std::vector<Token> tokens() const;
  std::string text() const;
};

// A request under way.
class Pending {
 public:
  Pending(Engine& engine, Request request);
  ~Pending() { wait(); }

  void stop() { stop_.request_stop(); }
  std::stop_token stop_token() const { return stop_.get_token(); }
  const Answer& wait();  // for the end
  bool ended() const;

 private:
  struct State {
    Answer answer;
    std::promise<void> ended;
  };
  std::stop_source stop_;
  std::shared_ptr<State> state_ = std::make_shared<State>();
  std::shared_future<void> ended_ = state_->ended.get_future().share();
};

Answer answer(Engine& engine, Request request);

const engine::tokenizer::Tokenizer& toy_vocabulary();

// `count` tokens, the same for the same seed; never a special one.
std::vector<Token> text_of(uint64_t seed, size_t count);
std::vector<Token> joined(std::vector<Token> a, const std::vector<Token>& b);

// The log-probabilities after `tokens`, by a backend that runs nothing but them.
std::vector<float> expected_log_probabilities(const std::vector<Token>& tokens, int period = 0);
// What a generation must give: one token after the other, each from scratch. Without stop texts and
// healing.
std::vector<Token> expected_tokens(const Request& request, int period = 0);
// A prompt of `length` tokens after which `count` greedy tokens come without an end token.
std::vector<Token> long_winded(size_t length, int count);
// Of `continuation` after `prompt`.
double expected_score(std::vector<Token> prompt, const std::vector<Token>& continuation);

}  // namespace support
