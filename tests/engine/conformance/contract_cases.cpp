// What must be refused, and what must be left as it was.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <new>

#include "engine/base/read_file.h"
#include "engine/gguf/file.h"
#include "tests/engine/conformance/suite.h"

namespace conformance {
namespace {

namespace model = engine::model;

std::string small_model() {
  auto random = engine::cli::model_like("deepseek-v3-small").value();
  random.config.vocab_size = 100;
  random.config.layers = 3;
  return random_file(random);
}

struct BadBatch {
  const char* what;
  std::vector<backend::BatchToken> tokens;
  std::vector<Blocks> tables;
  size_t extra_logits = 0;
};

// The pool has four blocks; a sequence of 40 tokens lies in blocks 0 and 1.
std::vector<BadBatch> bad_batches() {
  return {
      {"a negative id", {{-1, 40, 0, false}}, {{0, 1}}},
      {"an id past the vocabulary", {{100, 40, 0, false}}, {{0, 1}}},
      {"a negative position", {{1, -1, 0, false}}, {{0, 1}}},
      {"a position past the block table", {{1, 64, 0, false}}, {{0, 1}}},
      {"a negative sequence", {{1, 40, -1, false}}, {{0, 1}}},
      {"a sequence without a block table", {{1, 40, 1, false}}, {{0, 1}}},
      {"a negative block", {{1, 40, 0, false}}, {{0, -1}}},
      {"a block past the pool", {{1, 40, 0, false}}, {{0, 4}}},
      {"an earlier block past the pool", {{1, 40, 0, false}}, {{99, 1}}},
      {"a gap between positions", {{1, 38, 0, false}, {1, 40, 0, false}}, {{0, 1}}},
      {"a position twice", {{1, 40, 0, false}, {1, 40, 0, false}}, {{0, 1}}},
      {"a sequence in two places",
       {{1, 40, 0, false}, {1, 0, 1, false}, {1, 41, 0, false}},
       {{0, 1}, {2}}},
      {"two sequences that write to one slot",
       {{1, 40, 0, false}, {1, 8, 1, false}},
       {{0, 1}, {1}}},
      {"too many logits", {{1, 40, 0, true}}, {{0, 1}}, 1},
  };
}

void check_bad_batches(Suite& suite, const Kind& kind, const std::string& path) {
  const auto backend = make(kind, path, 128);
  const int vocab_size = backend->config().vocab_size;
  const Ids ids = random_ids(50, vocab_size, 1);
  const auto rest = std::span(ids).subspan(40);
  run(*backend, std::span(ids).first(40), 0, {0, 1});
  const Rows expected = run(*backend, rest, 40, {0, 1});
  for (const BadBatch& bad : bad_batches()) {
    size_t wanted = bad.extra_logits;
    for (const auto& token : bad.tokens) wanted += token.wants_logits ? vocab_size : 0;
    Rows logits(wanted);
    const std::vector<std::span<const backend::BlockId>> tables(bad.tables.begin(),
                                                                bad.tables.end());
    const auto end = backend->run({bad.tokens, tables}, logits, {});
    suite.check(!end.ok(), std::string(bad.what) + " is accepted");
    suite.check(identical(run(*backend, rest, 40, {0, 1}), expected),
                std::string(bad.what) + " changes the cache");
  }
}

void check_interruption(Suite& suite, const Kind& kind, const std::string& path) {
  const auto backend = make(kind, path, 128);
  const int layers = backend->config().layers, vocab_size = backend->config().vocab_size;
  const Ids ids = random_ids(60, vocab_size, 2);
  run(*backend, std::span(ids).first(35), 0, {2, 0});
  const auto rest = std::span(ids).subspan(35);
  const Rows expected = run(*backend, rest, 35, {2, 0});
  for (int stop = 0; stop <= layers; ++stop) {
    std::vector<backend::BatchToken> tokens;
    for (size_t i = 0; i < rest.size(); ++i) {
      // Another text, which must leave nothing behind.
      tokens.push_back({(rest[i] + 1) % vocab_size, static_cast<int32_t>(35 + i), 0, true});
    }
    const Blocks table{2, 0};
    const std::span<const backend::BlockId> tables[] = {table};
    Rows logits(tokens.size() * vocab_size);
    int asked = 0;
    const auto end = backend->run({tokens, tables}, logits, [&] { return asked++ < stop; });
    suite.check(end.ok() && *end == backend::RunEnd::interrupted, "the run goes on");
    suite.check(identical(run(*backend, rest, 35, {2, 0}), expected),
                "an interrupted run changes earlier positions");
  }
}

// As where memory runs out inside a run, or in what is served from inside it.
void check_exceptions(Suite& suite, const Kind& kind, const std::string& path) {
  const auto backend = make(kind, path, 128);
  const int vocab_size = backend->config().vocab_size;
  const Ids ids = random_ids(20, vocab_size, 4);
  const Rows expected = run(*backend, ids, 0, {1});
  const Blocks table{2};
  const std::span<const backend::BlockId> tables[] = {table};
  const std::vector<backend::BatchToken> tokens{{ids[0], 0, 0, true}};
  Rows logits(vocab_size);
  for (int i = 0; i < 3; ++i) {
    bool thrown = false;
    try {
      const auto end =
          backend->run({tokens, tables}, logits, []() -> bool { throw std::bad_alloc(); });
      suite.check(end.ok(), "the run fails");
    } catch (const std::bad_alloc&) {
      thrown = true;
    }
    suite.check(thrown, "what is thrown inside a run does not leave it");
  }
  suite.check(identical(run(*backend, ids, 0, {1}), expected),
              "a run that ended by an exception changes the next one");
}

void check_wanted_rows(Suite& suite, const Kind& kind, const std::string& path) {
  const auto backend = make(kind, path, 128);
  const size_t vocab_size = backend->config().vocab_size;
  const Ids ids = random_ids(12, static_cast<int>(vocab_size), 3);
  const Rows all = run(*backend, ids, 0, {0});
  std::vector<backend::BatchToken> tokens;
  Rows expected;
  for (size_t i = 0; i < ids.size(); ++i) {
    const bool wanted = i == 3 || i == 4 || i == 9;
    tokens.push_back({ids[i], static_cast<int32_t>(i), 0, wanted});
    const auto row = std::span(all).subspan(i * vocab_size, vocab_size);
    if (wanted) expected.insert(expected.end(), row.begin(), row.end());
  }
  const Blocks table{1};
  const std::span<const backend::BlockId> tables[] = {table};
  Rows some(expected.size());
  suite.check(backend->run({tokens, tables}, some, {}).ok(), "the run fails");
  suite.check(identical(some, expected), "wanted rows are not those of the whole batch");

  // None wanted: the cache is filled all the same.
  for (auto& token : tokens) token.wants_logits = false;
  const Blocks other{2};
  const std::span<const backend::BlockId> other_tables[] = {other};
  suite.check(backend->run({tokens, other_tables}, {}, {}).ok(), "a run without logits fails");
  const Rows next = run(*backend, std::span(ids).first(1), 12, {1});
  suite.check(identical(run(*backend, std::span(ids).first(1), 12, {2}), next),
              "a run without logits leaves another cache");
  suite.check(backend->run({}, {}, {}).ok(), "an empty batch fails");
}

// The experts that a backend tells, of every second token.
backend::Routing routing_of(backend::Backend& backend, const Ids& ids) {
  std::vector<backend::BatchToken> tokens;
  for (int i = 0; i < static_cast<int>(ids.size()); ++i) {
    tokens.push_back({ids[static_cast<size_t>(i)], i, 0, i % 2 == 1});
  }
  const Blocks table{0};
  const std::span<const backend::BlockId> tables[] = {table};
  Rows logits(ids.size() / 2 * static_cast<size_t>(backend.config().vocab_size));
  backend::Routing routing;
  if (!backend.run({tokens, tables, &routing}, logits, {}).ok()) return {};
  return routing;
}

// Of float weights, so that no rounding decides between two experts; fp8 rounds latents all the
// same.
void check_routing(Suite& suite, const Kind& kind) {
  auto random = engine::cli::model_like("deepseek-v3-small").value();
  random.type = engine::gguf::WeightType::f32;
  random.config.vocab_size = 100;
  random.config.layers = 3;
  const std::string path = random_file(random);
  const Ids ids = random_ids(12, 100, 4);
  backend::Routing found = routing_of(*make(kind, path, 32), ids);
  const model::Experts& experts = random.config.experts;
  suite.check(found.layers == 3 - random.config.dense_layers && found.used == experts.used &&
                  found.experts.size() == size_t(6 * found.layers * found.used),
              "it tells another number of experts");
  for (size_t token = 0; token < 6; ++token) {
    for (int layer = 0; layer < found.layers; ++layer) {
      const auto chosen = found.of(token, layer);
      for (size_t i = 0; i < chosen.size(); ++i) {
        suite.check(
            chosen[i] >= 0 && chosen[i] < experts.count && (i == 0 || chosen[i] > chosen[i - 1]),
            "experts are out of range, or do not ascend");
      }
    }
  }
  const Kind reference{"reference", Of::reference, "", false};
  suite.check(kind.is_fp8() || found.experts == routing_of(*make(reference, path, 32), ids).experts,
              "the reference has chosen others");
}

// One scale of a feed-forward network is no number: nor are then the logits, alone or in a batch.
void check_damage(Suite& suite, const Kind& kind) {
  auto random = engine::cli::model_like("deepseek-v3-small").value();
  random.type = engine::gguf::WeightType::q8_0;
  random.config.vocab_size = 100;
  random.config.layers = 2;
  const std::string path = random_file(random);
  const auto model = engine::gguf::File::open(path).value();
  const auto* const tensor = model.find_tensor("blk.0.ffn_up.weight");
  const std::string sound = engine::base::read_file(path).value();
  const auto block =
      std::string_view(reinterpret_cast<const char*>(tensor->data.data()), tensor->bytes())
          .substr(0, 34);
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(static_cast<std::streamoff>(sound.find(block)));
  file.write("\x00\x7e", 2).flush();  // half's NaN
  const auto backend = make(kind, path, 64);
  for (const int count : {1, 40}) {
    const Rows rows = run(*backend, random_ids(count, 100, 6), 0, {0, 1});
    const bool told =
        std::none_of(rows.begin(), rows.end(), [](float x) { return std::isfinite(x); });
    suite.check(told, "what is no number became one, in " + std::to_string(count) + " tokens");
  }
}

}  // namespace

void contract_cases(Suite& suite) {
  const std::string path = small_model();
  for (const Kind& kind : kinds()) {
    suite.run("bad batches are refused, " + kind.name,
              [&](Suite& s) { check_bad_batches(s, kind, path); });
    suite.run("interrupted at every layer, " + kind.name,
              [&](Suite& s) { check_interruption(s, kind, path); });
    suite.run("an exception inside a run is the run's own, " + kind.name,
              [&](Suite& s) { check_exceptions(s, kind, path); });
    suite.run("only wanted rows are computed, " + kind.name,
              [&](Suite& s) { check_wanted_rows(s, kind, path); });
    suite.run("the experts of each token are told, " + kind.name,
              [&](Suite& s) { check_routing(s, kind); });
    suite.run("damaged weights show in the logits, " + kind.name,
              [&](Suite& s) { check_damage(s, kind); });
  }
}

}  // namespace conformance
