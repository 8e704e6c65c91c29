// A model with an adapter against the same model whose weights were merged with it in float32.
#include <algorithm>
#include <cmath>
#include <string_view>

#include "engine/gguf/dequantize.h"
#include "engine/gguf/file.h"
#include "engine/gguf/writer.h"
#include "tests/engine/conformance/suite.h"
#include "tests/engine/conformance/variable.h"

namespace conformance {
namespace {

using engine::cli::Layout;
using engine::cli::RandomModel;
using engine::gguf::TensorInfo;
using engine::gguf::WeightType;
using engine::gguf::Writer;

constexpr int rank = 5;
constexpr float alpha = 10;  // so that the scale is 2

bool takes_adapter(const TensorInfo& tensor) {
  const std::string_view name = tensor.name;
  return tensor.rank >= 2 && name.ends_with(".weight") && name != "token_embd.weight" &&
         name.find("norm") == std::string_view::npos &&
         name.find("nextn") == std::string_view::npos;
}

// One A or B: numbers of an even spread, `size` of them times `scale`.
std::vector<float> random_values(uint64_t size, double scale, uint64_t seed) {
  std::vector<float> values;
  uint64_t state = seed * 977 + 13;
  for (uint64_t i = 0; i < size; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    values.push_back(
        static_cast<float>((static_cast<double>(state >> 40) / (1 << 23) - 1) * scale));
  }
  return values;
}

struct Pair {
  std::string name;
  std::vector<uint64_t> a_shape, b_shape;
  std::vector<float> a, b;  // as in the file: [count][rank][columns], [count][rows][rank]
};

Pair pair_for(const TensorInfo& tensor, uint64_t seed) {
  const uint64_t columns = tensor.shape[0], rows = tensor.shape[1], count = tensor.shape[2];
  Pair pair{tensor.name, {columns, rank}, {rank, rows}, {}, {}};
  if (tensor.rank == 3) pair.a_shape.push_back(count), pair.b_shape.push_back(count);
  // With the scale, about a third of what random weights are.
  const double size = 0.4 / std::sqrt(static_cast<double>(columns));
  pair.a = random_values(columns * rank * count, 1, 2 * seed);
  pair.b = random_values(rows * rank * count, size / std::sqrt(double{rank}), 2 * seed + 1);
  return pair;
}

std::vector<Pair> pairs_for(const engine::gguf::File& file) {
  std::vector<Pair> pairs;
  for (const TensorInfo& tensor : file.tensors()) {
    // Where its parts are there as well, they are what is used.
    const size_t joint = tensor.name.find("attn_kv_b");
    const std::string part = tensor.name.substr(0, joint) + "attn_k_b.weight";
    if (joint != std::string::npos && file.find_tensor(part) != nullptr) continue;
    if (takes_adapter(tensor)) pairs.push_back(pair_for(tensor, pairs.size() + 1));
  }
  if (file.find_tensor("output.weight") == nullptr) {
    pairs.push_back(pair_for(*file.find_tensor("token_embd.weight"), pairs.size() + 1));
    pairs.back().name = "output.weight";
  }
  return pairs;
}

std::string write_adapter(const std::vector<Pair>& pairs, std::string_view architecture) {
  const std::string path = next_file();
  Writer writer;
  writer.add("general.type", "adapter");
  writer.add("general.architecture", engine::gguf::Value(architecture));
  writer.add("adapter.type", "lora");
  writer.add("adapter.lora.alpha", alpha);
  for (const Pair& pair : pairs) {
    writer.add_tensor(pair.name + ".lora_a", WeightType::f32, pair.a_shape);
    writer.add_tensor(pair.name + ".lora_b", WeightType::f32, pair.b_shape);
  }
  bool ok = writer.begin(path).ok();
  for (const Pair& pair : pairs) {
    ok = ok && writer.write(std::as_bytes(std::span(pair.a))).ok() &&
         writer.write(std::as_bytes(std::span(pair.b))).ok();
  }
  return ok && writer.finish().ok() ? path : "";
}

std::vector<float> values_of(const TensorInfo& tensor) {
  std::vector<float> values(tensor.shape[0] * tensor.rows());
  engine::gguf::dequantize_row(tensor.type, tensor.data, values);
  return values;
}

void merge(const Pair& pair, std::vector<float>& weights) {
  const uint64_t columns = pair.a_shape[0], rows = pair.b_shape[1];
  for (uint64_t row = 0; row < weights.size() / columns; ++row) {
    const float* const a = pair.a.data() + row / rows * rank * columns;
    for (uint64_t column = 0; column < columns; ++column) {
      double sum = 0;
      for (int k = 0; k < rank; ++k)
        sum += double{pair.b[row * rank + k]} * a[k * columns + column];
      weights[row * columns + column] += static_cast<float>(sum * alpha / rank);
    }
  }
}

std::string write_merged(const engine::gguf::File& file, const std::vector<Pair>& pairs) {
  const std::string path = next_file();
  Writer writer;
  for (const auto& [key, value] : file.metadata()) writer.add(key, value);
  std::vector<std::vector<float>> values;
  const auto add = [&](const std::string& name, const TensorInfo& tensor) {
    writer.add_tensor(name, WeightType::f32, std::span(tensor.shape).first(tensor.rank));
    values.push_back(values_of(tensor));
    for (const Pair& pair : pairs) {
      if (pair.name == name) merge(pair, values.back());
    }
  };
  for (const TensorInfo& tensor : file.tensors()) add(tensor.name, tensor);
  if (file.find_tensor("output.weight") == nullptr) {
    add("output.weight", *file.find_tensor("token_embd.weight"));
  }
  bool ok = writer.begin(path).ok();
  for (const auto& tensor : values) ok = ok && writer.write(std::as_bytes(std::span(tensor))).ok();
  return ok && writer.finish().ok() ? path : "";
}

struct Files {
  std::string base, adapter, merged;
};

Files write_files(const RandomModel& random) {
  Files files{random_file(random), "", ""};
  const auto file = open_model(files.base);
  const auto pairs = pairs_for(*file);
  files.adapter = write_adapter(pairs, random.config.architecture);
  files.merged = write_merged(*file, pairs);
  return files;
}

Kind reference() { return {"reference", Of::reference, "", false}; }

void check_adapter(Suite& suite, const Kind& kind, const RandomModel& random, double bound) {
  const Files files = write_files(random);
  const Ids ids = random_ids(50, random.config.vocab_size, 3);
  const Blocks table = blocks(0, 2);
  const Rows expected = run(*make(reference(), files.merged, 64), ids, 0, table);
  const Rows plain = run(*make(reference(), files.base, 64), ids, 0, table);
  suite.check(relative_error(plain, expected) > 0.05, "the adapter hardly changes anything");
  const auto backend = make(kind, files.base, 64, files.adapter);
  const Rows at_once = run(*backend, ids, 0, table);
  suite.check(relative_error(at_once, expected) <= bound,
              "relative error " + std::to_string(relative_error(at_once, expected)));
  const Rows in_nines = run_in_chunks(*backend, ids, 9, table);
  suite.check(
      relative_error(in_nines, expected) <= bound,
      "relative error " + std::to_string(relative_error(in_nines, expected)) + " in batches of 9");
  suite.check(identical(in_nines, run_in_chunks(*backend, ids, 1, table)),
              "a row alone differs from the row in a batch");
}

// An adapter for attn_kv_b serves files that have its parts.
void check_joint_projections(Suite& suite, const Kind& kind) {
  RandomModel random = variants()[2].model;
  random.layout = Layout::legacy;
  const Files files = write_files(random);
  const Ids ids = random_ids(40, random.config.vocab_size, 3);
  const Rows legacy = run(*make(kind, files.base, 64, files.adapter), ids, 0, blocks(0, 2));
  random.layout = Layout::split;
  const Rows split = run(*make(kind, random_file(random), 64, files.adapter), ids, 0, blocks(0, 2));
  suite.check(relative_error(split, legacy) <= 1e-6, "the layouts differ");
}

// All experts run, so that rounding flips no choice between them.
RandomModel rounded() {
  RandomModel random = variants()[3].model;
  random.type = WeightType::q8_0;
  random.config.experts.count = random.config.experts.used = 8;
  random.config.experts.groups = random.config.experts.groups_used = 1;
  return random;
}

}  // namespace

void adapter_cases(Suite& suite) {
  for (const Kind& kind : kinds()) {
    if (kind.is_fp8()) continue;  // the reference does not round latents to it
    for (const Variant& variant : variants()) {
      // As in check_model: the CPU computes in float32 where the weights are floats.
      suite.run(kind.name + ", adapter, " + variant.name, [&](Suite& s) {
        check_adapter(s, kind, variant.model, kind.is_reference() ? 1e-5 : kind.bound(1e-4));
      });
    }
    suite.run(kind.name + ", an adapter for attn_kv_b in every layout",
              [&](Suite& s) { check_joint_projections(s, kind); });
    suite.run(kind.name + ", adapter, Q8_0", [&](Suite& s) {
      check_adapter(s, kind, rounded(), kind.is_reference() ? 1e-5 : 0.05);
    });
    if (!kind.is_cuda()) continue;
    suite.run(kind.name + ", adapter, room for 3 of 8 experts", [&](Suite& s) {
      const Variable most("LEMMA_CUDA_EXPERTS", "3");
      check_adapter(s, kind, rounded(), 0.05);
    });
  }
}

}  // namespace conformance
