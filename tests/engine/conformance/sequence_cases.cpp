// Many sequences, shared blocks, small batches, overtaking: rows do not depend on their company.
#include <algorithm>

#include "engine/backend/block_pool.h"
#include "tests/engine/conformance/suite.h"

namespace conformance {
namespace {

using engine::gguf::WeightType;

std::string small_model(const char* like, WeightType type, int layers = 3) {
  auto random = engine::cli::model_like(like).value();
  random.type = type;
  if (!random.config.is_latent()) {
    random.config.hidden = 96;
    random.config.feed_forward = 160;
    random.config.gqa.heads = 6;
    random.config.gqa.kv_heads = 2;
    random.config.gqa.key_dim = random.config.gqa.value_dim = random.config.gqa.rope_dim = 32;
    if (random.config.experts.count > 0) random.config.experts.count = 12;
    random.config.experts.feed_forward = 64;
  }
  random.config.vocab_size = 200;
  random.config.layers = layers;
  random.config.dense_layers = std::min(random.config.dense_layers, layers);
  return random_file(random);
}

// Rows of a batch that mixes sequences, in the order of the batch.
Rows run_batch(backend::Backend& backend, const std::vector<Ids>& texts,
               const std::vector<Blocks>& tables, const std::vector<int>& positions) {
  std::vector<backend::BatchToken> tokens;
  std::vector<std::span<const backend::BlockId>> views(tables.begin(), tables.end());
  for (size_t s = 0; s < texts.size(); ++s) {
    for (size_t i = 0; i < texts[s].size(); ++i) {
      const int position = positions[s] + static_cast<int>(i);
      tokens.push_back({texts[s][i], position, static_cast<int32_t>(s), true});
    }
  }
  Rows rows(tokens.size() * backend.config().vocab_size);
  const auto end = backend.run({tokens, views}, rows, {});
  return end.ok() ? rows : Rows();
}

void check_small_batches(Suite& suite, const Kind& kind, const std::string& path) {
  const auto backend = make(kind, path, 256);
  const int vocab_size = backend->config().vocab_size;
  const Ids ids = random_ids(40, vocab_size, 4);
  const Rows alone = run_in_chunks(*backend, ids, 1, blocks(0, 2));
  for (int chunk = 2; chunk <= 16; ++chunk) {
    if (kind.is_slow && chunk != 3 && chunk != 5 && chunk != 16) continue;
    suite.check(identical(run_in_chunks(*backend, ids, chunk, blocks(2, 2)), alone),
                "batches of " + std::to_string(chunk) + " are not bit-identical to single rows");
  }
  // 16 rows of three sequences.
  std::vector<Ids> texts;
  std::vector<Blocks> tables;
  Rows expected;
  for (int s = 0; s < 3; ++s) {
    texts.push_back(random_ids(s == 2 ? 8 : 4, vocab_size, 20 + s));
    tables.push_back(blocks(s, 1));
    const Rows rows = run_in_chunks(*backend, texts.back(), 1, blocks(7, 1));
    expected.insert(expected.end(), rows.begin(), rows.end());
  }
  suite.check(identical(run_batch(*backend, texts, tables, {0, 0, 0}), expected),
              "16 rows of three sequences are not bit-identical to single rows");
}

void check_many_sequences(Suite& suite, const Kind& kind, const std::string& path) {
  const auto backend = make(kind, path, 1024);
  std::vector<Ids> texts;
  std::vector<Blocks> tables;
  Rows expected;
  int next = 0;
  for (const int length : {1, 5, 33, 64, 70, 2, 100}) {
    texts.push_back(random_ids(length, backend->config().vocab_size, length));
    const int count = engine::backend::blocks_for(length);
    const Rows rows = run(*backend, texts.back(), 0, blocks(20, count));
    expected.insert(expected.end(), rows.begin(), rows.end());
    tables.push_back(blocks(next, count));
    std::reverse(tables.back().begin(), tables.back().end());
    next += count;
  }
  const Rows rows = run_batch(*backend, texts, tables, std::vector<int>(texts.size(), 0));
  // More than 16 tokens run on tensor cores, the short texts alone do not.
  suite.check(relative_error(rows, expected) <= kind.bound(1e-5), "sequences disturb each other");
}

void check_shared_prefix(Suite& suite, const Kind& kind, const std::string& path) {
  const auto backend = make(kind, path, 256);
  const int vocab_size = backend->config().vocab_size;
  const Ids prefix = random_ids(32, vocab_size, 6);
  run_in_chunks(*backend, prefix, 16, {0});
  // Both continue the same block, in one batch.
  const std::vector<Ids> texts{random_ids(6, vocab_size, 7), random_ids(9, vocab_size, 8)};
  const Rows shared = run_batch(*backend, texts, {{0, 1}, {0, 2}}, {32, 32});
  Rows expected;
  for (const Ids& text : texts) {
    Ids whole = prefix;
    whole.insert(whole.end(), text.begin(), text.end());
    const Rows rows = run_in_chunks(*backend, whole, 16, {5, 6});
    expected.insert(expected.end(), rows.begin() + 32 * vocab_size, rows.end());
  }
  suite.check(relative_error(shared, expected) <= 1e-5, "a shared prefix gives other logits");

  // A fork within a block: the copy continues, the original stays as it was.
  backend->copy_block(2, 3);
  const Rows once = run(*backend, std::span(texts[1]).subspan(4), 36, {0, 2});
  run(*backend, random_ids(5, vocab_size, 9), 36, {0, 3});
  const Rows after = run(*backend, std::span(texts[1]).subspan(8), 40, {0, 2});
  suite.check(identical(after, std::span(once).last(vocab_size)), "writing to a copy shows");
  const Rows copied = run(*backend, std::span(texts[1]).subspan(4), 36, {0, 3});
  suite.check(identical(copied, once), "a copied block holds something else");
}

void check_blocks_as_bytes(Suite& suite, const Kind& kind, const std::string& path) {
  const auto backend = make(kind, path, 256), other = make(kind, path, 128);
  if (backend->block_bytes() == 0) return;
  suite.check(backend->block_bytes() == other->block_bytes() &&
                  backend->block_form() == other->block_form(),
              "two backends of one kind have blocks of different forms");
  const Ids ids = random_ids(70, backend->config().vocab_size, 12);
  run(*backend, std::span(ids).first(64), 0, {7, 2, 0});
  const Rows expected = run(*backend, std::span(ids).subspan(64), 64, {7, 2, 0});
  std::vector<std::byte> bytes(backend->block_bytes());
  for (const auto& [from, to] : {std::pair{7, 1}, std::pair{2, 3}}) {
    suite.check(backend->read_block(from, bytes) && other->write_block(to, bytes),
                "a block is not read or written");
  }
  suite.check(identical(run(*other, std::span(ids).subspan(64), 64, {1, 3, 0}), expected),
              "blocks that were bytes meanwhile hold something else");
}

// In a model of one layer what is kept of a token depends on nothing but itself and its position.
void check_copied_cells(Suite& suite, const Kind& kind, const std::string& path) {
  const auto backend = make(kind, path, 512);
  if (!backend->shifts()) return;
  const int vocab_size = backend->config().vocab_size;
  const Ids old_text = random_ids(100, vocab_size, 13);
  Ids text =
      random_ids(9, vocab_size, 14);  // 60 tokens go 24 back, 25 others 7 on, new ones between
  const Ids between = random_ids(22, vocab_size, 15), end = random_ids(8, vocab_size, 16);
  text.insert(text.end(), old_text.begin() + 33, old_text.begin() + 93);
  text.insert(text.end(), between.begin(), between.end());
  text.insert(text.end(), old_text.begin() + 7, old_text.begin() + 32);
  text.insert(text.end(), end.begin(), end.end());
  const Rows expected = run(*backend, text, 0, blocks(8, 4));
  run(*backend, old_text, 0, blocks(0, 4));
  const Blocks from{0, 1, 2, 3}, to{7, 5, 6, 4};
  suite.check(backend->copy_cells({from, 33}, {to, 9}, 60).ok(), "cells are not copied");
  suite.check(backend->copy_cells({from, 7}, {to, 91}, 25).ok(), "cells are not copied");
  // What is missing, in one batch, each piece as a sequence of its own.
  const Rows rows = run_batch(*backend, {Ids(text.begin(), text.begin() + 9), between, end},
                              {to, to, to}, {0, 69, 116});
  Rows wanted(expected.begin(), expected.begin() + 9 * vocab_size);
  wanted.insert(wanted.end(), expected.begin() + 69 * vocab_size,
                expected.begin() + 91 * vocab_size);
  wanted.insert(wanted.end(), expected.begin() + 116 * vocab_size, expected.end());
  const double bound = kind.rounds() ? fast_bound : kind.bound(1e-5);
  suite.check(relative_error(rows, wanted) <= bound, "copied cells are not those of a run");
  const Rows again = run(*backend, std::span(old_text).last(7), 93, from);
  const Rows before = run(*backend, old_text, 0, blocks(8, 4));
  suite.check(relative_error(again, std::span(before).last(7 * vocab_size)) <= bound,
              "copying cells shows where they were");
}

void check_overtaking(Suite& suite, const Kind& kind, const std::string& path) {
  const auto backend = make(kind, path, 512);
  const int vocab_size = backend->config().vocab_size;
  const Ids slow = random_ids(90, vocab_size, 10), quick = random_ids(12, vocab_size, 11);
  const Rows slow_alone = run(*backend, slow, 0, blocks(0, 3));
  const Rows quick_alone = run(*backend, quick, 0, blocks(3, 1));
  int times = 0;
  run(*backend, slow, 0, blocks(4, 3), [&] { return ++times > 0; });
  suite.check(times > backend->config().layers, "keep_going is not asked between layers");
  for (int when = 0; when < times; ++when) {
    if (kind.is_slow && when != 1) continue;
    int asked = 0;
    Rows quick_rows;
    const Rows slow_rows = run(*backend, slow, 0, blocks(4, 3), [&] {
      if (asked++ == when) quick_rows = run(*backend, quick, 0, blocks(8, 1));
      return true;
    });
    suite.check(asked == times, "keep_going is not asked each time");
    suite.check(identical(slow_rows, slow_alone), "the overtaken run gives other logits");
    suite.check(identical(quick_rows, quick_alone), "the overtaking run gives other logits");
  }
}

}  // namespace

void sequence_cases(Suite& suite) {
  for (const Kind& kind : kinds()) {
    for (const char* like : {"deepseek-v3-small", "qwen2.5-coder-1.5b", "qwen3-30b-a3b",
                             "deepseek-moe-16b", "mellum2-12b-a2.5b", "gpt-oss-20b"}) {
      if (!kind.takes(engine::cli::model_like(like).value().config)) continue;
      for (const WeightType type : {WeightType::q8_0, WeightType::q4_k, WeightType::f16}) {
        if (kind.is_slow && type == WeightType::f16) continue;
        const std::string path = small_model(like, type);
        const std::string_view type_name = engine::gguf::geometry(type).name;
        const std::string label =
            std::string(", ") + like + ", " + std::string(type_name) + ", " + kind.name;
        suite.run("small batches are bit-identical" + label,
                  [&](Suite& s) { check_small_batches(s, kind, path); });
        suite.run("shared prefix and copied blocks" + label,
                  [&](Suite& s) { check_shared_prefix(s, kind, path); });
        suite.run("blocks as bytes" + label,
                  [&](Suite& s) { check_blocks_as_bytes(s, kind, path); });
        const std::string one_layer = small_model(like, type, 1);
        suite.run("copied cells" + label,
                  [&](Suite& s) { check_copied_cells(s, kind, one_layer); });
      }
      const std::string path = small_model(like, WeightType::f32);
      suite.run(std::string("many sequences in one batch, ") + like + ", " + kind.name,
                [&](Suite& s) { check_many_sequences(s, kind, path); });
      suite.run(std::string("a run overtakes another, ") + like + ", " + kind.name,
                [&](Suite& s) { check_overtaking(s, kind, path); });
    }
  }
}

}  // namespace conformance
