// Multi-token prediction by a model's own layer: its guesses against the papers' formulas and the
// reference, in every form that a step has, and what the session makes of them.
#include <algorithm>
#include <cmath>

#include "engine/gguf/file.h"
#include "engine/session/engine.h"
#include "tests/engine/conformance/naive.h"
#include "tests/engine/conformance/suite.h"

namespace conformance {
namespace {

using engine::cli::RandomModel;
using engine::gguf::WeightType;
namespace model = engine::model;
namespace session = engine::session;

constexpr int predicted_count = 40, most_tokens = 24;

RandomModel variant(const std::string& name) {
  for (const Variant& variant : variants()) {
    if (variant.name == name) return variant.model;
  }
  return {};
}

RandomModel predicting(WeightType type) {
  RandomModel random = large_shape(type, 9, 3, 256);
  random.config.prediction_layers = 1;
  return random;
}

// Of float weights, at once and in chunks.
void check_formulas(Suite& suite, const Kind& kind, RandomModel random) {
  random.config.prediction_layers = 1;
  const std::string path = random_file(random);
  const Ids ids = random_ids(predicted_count, random.config.vocab_size, 5);
  const auto file = open_model(path);
  const auto naive =
      naive_predictions(*file, model::read_config(*file).value(), ids, kind.kv_cache);
  const auto backend = make(kind, path, 64);
  suite.check(backend->predicts(), "the backend does not predict");
  for (const int chunk : {predicted_count, 7, 1}) {
    const Rows found = predict_in_chunks(*backend, ids, chunk, blocks(0, 2));
    const bool fast = kind.of == Of::cuda_fast;
    const double bound = kind.is_reference() ? 1e-5 : kind.bound(1e-4);
    const double error =
        fast ? row_error(found, naive, predicted_count - 1, 0.9) : relative_error(found, naive);
    suite.check(error <= bound, "in chunks of " + std::to_string(chunk) + ": relative error " +
                                    std::to_string(error));
  }
  const Rows without = predict_in_chunks(*backend, ids, 7, blocks(0, 2), States::within_chunks);
  suite.check(relative_error(without, naive) > 1e-2, "states that are missing change nothing");
  suite.check(std::all_of(without.begin(), without.end(), [](float x) { return std::isfinite(x); }),
              "states that are missing give no numbers");
}

// By the reference, which does not know fp8.
std::vector<double> expected_predictions(const Kind& kind, const std::string& path,
                                         const Ids& ids) {
  const auto file = open_model(path);
  if (kind.is_fp8()) {
    return naive_predictions(*file, model::read_config(*file).value(), ids, kind.kv_cache);
  }
  const auto reference = make({"reference", Of::reference, ""}, path, 64);
  const Rows rows = predict_in_chunks(*reference, ids, predicted_count, blocks(0, 2));
  return {rows.begin(), rows.end()};
}

void check_quantized(Suite& suite, const Kind& kind, WeightType type) {
  const std::string path = random_file(predicting(type));
  const Ids ids = random_ids(predicted_count, 90, 6);
  const std::vector<double> expected = expected_predictions(kind, path, ids);
  const double bound = kind.of == Of::cpu ? fast_bound : kind.bound(1e-4);
  Rows alone;
  // Twice, since single tokens go in another form each time.
  for (int pass = 0; pass < 2; ++pass) {
    const auto backend = make(kind, path, 64);
    const bool has_forms = std::string(backend->name()).find("a step by") != std::string::npos;
    suite.check(has_forms == (kind.of == Of::cuda_fast), std::string("it is ") + backend->name());
    for (const int chunk : {predicted_count, 12, 1}) {
      const Rows found = predict_in_chunks(*backend, ids, chunk, blocks(0, 2));
      const double error = row_error(found, expected, predicted_count - 1, 0.9);
      suite.check(error <= bound, "in chunks of " + std::to_string(chunk) +
                                      ": a tenth of the rows is off by " + std::to_string(error));
      if (chunk == 12 && alone.empty()) alone = found;
      if (chunk <= 12) suite.check(identical(found, alone), "rows hang on their company");
    }
  }
}

// The layer takes in `ids` at positions from `position` on, of which the last run had all but the
// last; the guess at what follows.
Rows guess(backend::Backend& backend, std::span<const int32_t> ids, int position,
           const Blocks& table) {
  std::vector<backend::BatchToken> tokens;
  std::vector<int> before;
  for (int i = 0; i < static_cast<int>(ids.size()); ++i) {
    tokens.push_back({ids[i], position + i, 0, i + 1 == static_cast<int>(ids.size())});
    before.push_back(i - 1);
  }
  const std::span<const backend::BlockId> tables[] = {table};
  Rows logits(backend.config().vocab_size);
  return backend.predict({tokens, tables}, before, logits).ok() ? logits : Rows{};
}

// What runs leave is that of the last one that finished; copied blocks have what the layer stored.
void check_states(Suite& suite, const Kind& kind) {
  const auto backend = make(kind, random_file(predicting(WeightType::q8_0)), 512);
  const Ids slow = random_ids(64, 90, 7), quick = random_ids(13, 90, 8);
  const auto part = std::span(slow).subspan(32, 20), taken = std::span(slow).subspan(32, 21);
  const Blocks here = blocks(0, 2);
  predict_in_chunks(*backend, std::span(slow).first(32), 32, here);
  run(*backend, part, 32, here);
  const Rows expected = guess(*backend, taken, 32, here);
  run(*backend, std::span(quick).first(12), 0, blocks(2, 1));
  const Rows quick_expected = guess(*backend, quick, 0, blocks(2, 1));
  suite.check(expected.size() == 90 && relative_error(quick_expected, expected) < INFINITY,
              "it does not predict");

  run(*backend, part, 32, here);
  int asked = 0;
  run(*backend, std::span(slow).subspan(32, 30), 32, {0, 5}, [&] { return ++asked < 2; });
  suite.check(identical(guess(*backend, taken, 32, here), expected),
              "an interrupted run changes what is predicted");

  asked = 0;
  Rows overtaking;
  run(*backend, part, 32, here, [&] {
    if (++asked != 2) return true;
    run(*backend, std::span(quick).first(12), 0, blocks(3, 1));
    overtaking = guess(*backend, quick, 0, blocks(3, 1));
    return true;
  });
  suite.check(identical(overtaking, quick_expected), "overtaking, it predicts something else");
  suite.check(identical(guess(*backend, taken, 32, here), expected),
              "what a run leaves is that of the one that overtook it");

  backend->copy_block(0, 6);
  suite.check(identical(guess(*backend, taken, 32, {6, 7}), expected),
              "copied blocks say something else");
  predict_in_chunks(*backend, random_ids(32, 90, 9), 32, blocks(6, 1));
  run(*backend, part, 32, here);
  suite.check(relative_error(guess(*backend, taken, 32, {6, 7}), expected) > 1e-3,
              "earlier positions change nothing");
}

// Recorded steps know where states are, which is elsewhere once there are more of them.
void check_more_states(Suite& suite, const Kind& kind) {
  const auto backend = make(kind, random_file(predicting(WeightType::q8_0)), 512);
  const Ids ids = random_ids(13, 90, 11);
  const auto first = std::span(ids).first(3), all = std::span(ids).first(12);
  std::vector<backend::BatchToken> tokens;
  for (const int32_t id : all) tokens.push_back({id, static_cast<int>(tokens.size()), 0, true});
  const std::vector<int> none(tokens.size(), -1);
  const Blocks table = blocks(3, 1);
  const std::span<const backend::BlockId> tables[] = {table};
  Rows logits(tokens.size() * 90);  // so that later there is room for so many
  suite.check(backend->predict({tokens, tables}, none, logits).ok(), "it does not predict");
  run(*backend, first, 0, blocks(0, 1));
  const Rows expected = guess(*backend, std::span(ids).first(4), 0, blocks(0, 1));
  run(*backend, all, 0, blocks(1, 1));
  run(*backend, first, 0, blocks(0, 1));
  suite.check(identical(guess(*backend, std::span(ids).first(4), 0, blocks(0, 1)), expected),
              "after a larger run it predicts something else");
}

session::BackendKind session_kind(const Kind& kind) {
  if (kind.is_reference()) return session::BackendKind::reference;
  return kind.of == Of::cpu ? session::BackendKind::cpu : session::BackendKind::cuda;
}

struct Said {
  std::vector<session::Token> tokens;
  session::Outcome outcome;
};

Said generate(const Kind& kind, const std::string& path, session::Drafts drafts) {
  session::ModelOptions options;
  options.path = path;
  options.backend = session_kind(kind);
  options.threads = 2;
  options.kv_tokens = 256;
  options.kv_cache = kind.kv_cache;
  options.drafts = drafts;
  if (kind.of == Of::cpu) setenv("LEMMA_CPU", kind.isa.c_str(), 1);
  const auto engine = session::Engine::load(options);
  Said said;
  if (!engine.ok()) {
    said.outcome.error = engine.message();
    return said;
  }
  session::Request request;
  request.prompt = random_ids(20, 250, 10);
  request.max_tokens = most_tokens;
  said.outcome = (*engine)->generate(std::move(request), {}, [&](const session::Piece& piece) {
    said.tokens.push_back(piece.token);
    return true;
  });
  return said;
}

// A file whose layer foresees what its model says: what a layer adds is zero, so that both say what
// the last token's embedding alone makes of their head.
std::string foreseeing_file(const RandomModel& random) {
  return changed_file(
      random_file(random), [](const std::string& tensor, size_t width, std::vector<float>& values) {
        const auto is = [&](const char* name) { return tensor.find(name) != std::string::npos; };
        if (is("enorm") || is("shared_head_norm") || is("output_norm")) {
          std::fill(values.begin(), values.end(), 1.0F);
        } else if (is("eh_proj")) {
          std::fill(values.begin(), values.end(), 0.0F);
          for (size_t row = 0; row < width / 2; ++row) values[row * width + row] = 1;
        } else if (is("attn_output") || is("ffn_down")) {
          std::fill(values.begin(), values.end(), 0.0F);
        }
      });
}

enum class Foresees { no, yes };

// With guesses at each step and without: the same tokens, in fewer steps where guesses are right.
void check_session(Suite& suite, const Kind& kind, Foresees foresees) {
  RandomModel random = predicting(WeightType::f32);
  random.config.vocab_size = 2000;
  const bool right = foresees == Foresees::yes;
  if (!right) random.type = WeightType::q8_0;
  const std::string path = right ? foreseeing_file(random) : random_file(random);
  const Said plain = generate(kind, path, session::Drafts::never);
  const Said drafted = generate(kind, path, session::Drafts::always);
  suite.check(plain.outcome.error + drafted.outcome.error == "",
              plain.outcome.error + drafted.outcome.error);
  suite.check(plain.tokens.size() == most_tokens, "it says too little");
  suite.check(plain.tokens == drafted.tokens, "with guesses it says something else");
  suite.check(plain.outcome.drafted_tokens == 0, "there are drafts where none are wanted");
  const int accepted = drafted.outcome.accepted_tokens, steps = most_tokens - accepted;
  const int drafts = drafted.outcome.drafted_tokens;
  const std::string figures = std::to_string(drafts) + " drafts, of them " +
                              std::to_string(accepted) + " right, in " + std::to_string(steps) +
                              " steps";
  suite.check(drafts >= steps - 2, figures);
  suite.check(!right || accepted >= most_tokens / 2 - 1, figures);
}

}  // namespace

Rows predict_in_chunks(backend::Backend& backend, std::span<const int32_t> ids, int chunk,
                       const Blocks& table, States states) {
  const auto width = static_cast<size_t>(backend.config().vocab_size);
  const std::span<const backend::BlockId> tables[] = {table};
  Rows rows;
  int taken = 0;
  const int size = static_cast<int>(ids.size());
  for (int first = 0; first < size; first += chunk) {
    const int end = std::min(size, first + chunk);
    run(backend, ids.subspan(first, end - first), first, table);
    std::vector<backend::BatchToken> tokens;
    std::vector<int> before;
    // The token behind the chunk is known, too, and its state is this chunk's last.
    const int until = states == States::all ? std::min(size, end + 1) : end;
    for (; taken < until; ++taken) {
      tokens.push_back({ids[taken], taken, 0, taken > 0});
      before.push_back(taken > first ? taken - 1 - first : -1);
    }
    if (tokens.empty()) continue;
    const size_t wanted = tokens.size() - (tokens.front().position == 0 ? 1 : 0);
    Rows logits(wanted * width);
    const auto status = backend.predict({tokens, tables}, before, logits);
    if (!status.ok()) return {};
    rows.insert(rows.end(), logits.begin(), logits.end());
  }
  return rows;
}

void prediction_cases(Suite& suite) {
  for (const Kind& kind : kinds()) {
    for (const char* like : {"odd v3, legacy", "odd lite, legacy"}) {
      suite.run(std::string("predictions, ") + like + ", " + kind.name,
                [&](Suite& s) { check_formulas(s, kind, variant(like)); });
    }
    for (const WeightType type : {WeightType::q8_0, WeightType::q4_k}) {
      suite.run("predictions, " + std::string(engine::gguf::geometry(type).name) + ", " + kind.name,
                [&](Suite& s) { check_quantized(s, kind, type); });
    }
    suite.run("predictions and runs, " + kind.name, [&](Suite& s) { check_states(s, kind); });
    suite.run("predictions after larger runs, " + kind.name,
              [&](Suite& s) { check_more_states(s, kind); });
    if (kind.of == Of::cuda_exact) continue;  // sessions are fast
    suite.run("a session that predicts, " + kind.name,
              [&](Suite& s) { check_session(s, kind, Foresees::no); });
    suite.run("a session that foresees, " + kind.name,
              [&](Suite& s) { check_session(s, kind, Foresees::yes); });
  }
}

}  // namespace conformance
