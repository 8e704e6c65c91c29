#include "tests/engine/session/harness.h"

#include <chrono>
#include <numeric>
#include <random>

#include "engine/decode/distribution.h"
#include "tests/support/toy_vocabulary.h"

namespace support {

namespace {

// The backend goes into `parts`, which own it.
ToyBackend* complete_parts(engine::session::Parts& parts, const ToyOptions& options) {
  auto backend = std::make_unique<ToyBackend>(options);
  ToyBackend* const pointer = backend.get();
  parts.tokenizer = std::make_unique<const engine::tokenizer::Tokenizer>(toy_tokenizer());
  parts.backend = std::move(backend);
  parts.description = "toy";
  return pointer;
}

engine::session::Parts parts_for(int prefill_tokens, Drafts drafts) {
  engine::session::Parts parts;
  parts.prefill_tokens = parts.keystroke_prefill_tokens = prefill_tokens;
  parts.drafts = drafts;
  return parts;
}

}  // namespace

Toy::Toy(ToyOptions options, int prefill_tokens, Drafts drafts) {
  engine::session::Parts parts = parts_for(prefill_tokens, drafts);
  backend = complete_parts(parts, options);
  engine = engine::session::make_engine(std::move(parts));
}

Toy::Toy(ToyOptions options, engine::session::PrefixFolder prefixes,
         engine::session::KeepTimes keep_times) {
  engine::session::Parts parts = parts_for(64, Drafts::never);
  auto store = engine::session::PrefixStore::open({.folder = prefixes.path,
                                                   .bytes = prefixes.bytes,
                                                   .identity = "toy",
                                                   .block_bytes = ToyBackend({}).block_bytes(),
                                                   .log = prefixes.log});
  INVARIANT(store.ok());
  parts.store = std::move(*store);
  parts.keep_times = keep_times;
  backend = complete_parts(parts, options);
  engine = engine::session::make_engine(std::move(parts));
}

std::array<Toy, 2> two_toys(ToyOptions complete, ToyOptions chat, int prefill_tokens) {
  std::vector<engine::session::Parts> parts;
  for (int i = 0; i < 2; ++i) parts.push_back(parts_for(prefill_tokens, Drafts::never));
  ToyBackend* const first = complete_parts(parts[0], complete);
  ToyBackend* const second = complete_parts(parts[1], chat);
  const auto engines = engine::session::make_engines(std::move(parts));
  return {Toy(engines[0], first), Toy(engines[1], second)};
}

std::vector<Token> Answer::tokens() const {
  std::vector<Token> all;
  for (const Piece& piece : pieces) all.push_back(piece.token);
  return all;
}

std::string Answer::text() const {
  std::string all;
  for (const Piece& piece : pieces) all += piece.bytes;
  return all;
}

Pending::Pending(Engine& engine, Request request) {
  engine.submit(
      std::move(request), stop_.get_token(),
      [state = state_](const Piece& piece) {
        state->answer.pieces.push_back(piece);
        return true;
      },
      [state = state_](const Outcome& outcome) {
        state->answer.outcome = outcome;
        state->ended.set_value();
      });
}

const Answer& Pending::wait() {
  ended_.wait();
  return state_->answer;
}

bool Pending::ended() const {
  return ended_.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

Answer answer(Engine& engine, Request request) {
  return Pending(engine, std::move(request)).wait();
}

const engine::tokenizer::Tokenizer& toy_vocabulary() {
  static const engine::tokenizer::Tokenizer tokenizer = toy_tokenizer();
  return tokenizer;
}

std::vector<Token> text_of(uint64_t seed, size_t count) {
  std::mt19937_64 random(seed);
  std::vector<Token> tokens(count);
  for (Token& token : tokens) token = static_cast<Token>(random() % 256);
  return tokens;
}

std::vector<Token> joined(std::vector<Token> a, const std::vector<Token>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::vector<float> expected_log_probabilities(const std::vector<Token>& tokens, int period) {
  ToyBackend backend(
      {.blocks = engine::backend::blocks_for(static_cast<int>(tokens.size())), .period = period});
  std::vector<engine::backend::BlockId> blocks(static_cast<size_t>(backend.block_count()));
  std::iota(blocks.begin(), blocks.end(), 0);
  std::vector<engine::backend::BatchToken> batch;
  for (const Token token : tokens) {
    const auto position = static_cast<int32_t>(batch.size());
    batch.push_back({token, position, 0, batch.size() + 1 == tokens.size()});
  }
  const std::span<const engine::backend::BlockId> table(blocks);
  std::vector<float> logits(static_cast<size_t>(backend.config().vocab_size));
  const auto end = backend.run({batch, {&table, 1}}, logits, [] { return true; });
  INVARIANT(end.ok());
  logits.resize(toy_vocabulary().size());
  INVARIANT(engine::decode::log_softmax(logits));
  return logits;
}

std::vector<Token> expected_tokens(const Request& request, int period) {
  engine::decode::Sampler sampler(request.sampling);
  std::vector<Token> text = request.prompt;
  std::vector<Token> generated;
  while (generated.size() < static_cast<size_t>(request.max_tokens)) {
    const Token token = sampler.draw(expected_log_probabilities(text, period));
    if (toy_vocabulary().is_end_of_generation(token)) break;
    text.push_back(token);
    generated.push_back(token);
  }
  return generated;
}

std::vector<Token> long_winded(size_t length, int count) {
  for (uint64_t seed = 0;; ++seed) {
    std::vector<Token> prompt = text_of(seed, length);
    const auto tokens = expected_tokens({.prompt = prompt, .max_tokens = count});
    if (tokens.size() == static_cast<size_t>(count)) return prompt;
  }
}

double expected_score(std::vector<Token> prompt, const std::vector<Token>& continuation) {
  double score = 0;
  for (const Token token : continuation) {
    score += static_cast<double>(expected_log_probabilities(prompt)[static_cast<size_t>(token)]);
    prompt.push_back(token);
  }
  return score;
}

}  // namespace support
