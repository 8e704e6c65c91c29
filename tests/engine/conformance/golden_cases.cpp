// Logits that an independent engine computed.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/backend/cpu/isa.h"
#include "engine/gguf/file.h"
#include "tests/engine/conformance/suite.h"

namespace conformance {
namespace {

struct Golden {
  std::string path;
  Ids ids;
  Rows logits;
};

Golden read_golden(const std::string& folder, const std::string& name) {
  Golden golden;
  golden.path = folder + "/" + name + ".gguf";
  std::ifstream tokens(folder + "/tokens.txt");
  for (int32_t id; tokens >> id;) golden.ids.push_back(id);
  const std::string path = folder + "/" + name + ".logits.f32";
  std::ifstream file(path, std::ios::binary);
  golden.logits.resize(std::filesystem::file_size(path) / sizeof(float));
  file.read(reinterpret_cast<char*>(golden.logits.data()),
            static_cast<std::streamsize>(golden.logits.size() * sizeof(float)));
  return golden;
}

// Where weights are rounded, the CPU backend may round activations too: near-ties between experts
// then flip, and some rows differ as a whole. Most must not.
void check_rounded(Suite& suite, const Golden& golden, const Rows& rows) {
  const size_t count = golden.ids.size(), width = rows.size() / count;
  std::vector<double> errors;
  for (size_t i = 0; i < count; ++i) {
    errors.push_back(relative_error(std::span(rows).subspan(i * width, width),
                                    std::span(golden.logits).subspan(i * width, width)));
  }
  std::sort(errors.begin(), errors.end());
  suite.check(errors[count / 2] <= 0.04,
              "the median row is off by " + std::to_string(errors[count / 2]));
  suite.check(errors[count * 3 / 4] <= 0.06,
              "a quarter of the rows is off by " + std::to_string(errors[count * 3 / 4]));
}

bool has_float_weights(const std::string& name) {
  return name.ends_with("f16") || name.ends_with("f32");
}

void check_golden(Suite& suite, const Kind& kind, const std::string& folder,
                  const std::string& name) {
  const Golden golden = read_golden(folder, name);
  const int count = static_cast<int>(golden.ids.size());
  const auto backend = make(kind, golden.path, 4 * count);
  const Blocks table = blocks(1, 2);
  const Rows whole = run(*backend, golden.ids, 0, table);
  if (kind.of == Of::cuda_fast || (kind.rounds() && !has_float_weights(name))) {
    return check_rounded(suite, golden, whole);
  }

  const double error = relative_error(whole, golden.logits);
  suite.check(error <= 1e-4, "relative error " + std::to_string(error));
  for (const int chunk : {7, 1}) {
    const double difference =
        relative_error(run_in_chunks(*backend, golden.ids, chunk, table), whole);
    suite.check(difference <= 1e-5,
                "chunks of " + std::to_string(chunk) + " differ by " + std::to_string(difference));
  }
  // Truncated to 20 tokens, another text, then the first text again.
  const std::span<const int32_t> rest = std::span(golden.ids).subspan(20);
  const Ids other = random_ids(17, backend->config().vocab_size, 3);
  run(*backend, other, 20, table);
  const Rows again = run(*backend, rest, 20, table);
  const auto expected = std::span<const float>(whole).last(again.size());
  suite.check(relative_error(again, expected) <= 1e-5, "truncating and extending again differs");
}

}  // namespace

void golden_cases(Suite& suite) {
  const char* const more = std::getenv("LEMMA_GOLDEN");
  for (const Kind& kind : kinds()) {
    if (kind.is_fp8()) continue;  // the other engine did not round latents to it
    for (const char* name : {"v3-q8_0", "qwen2-f16", "deepseek-f16", "mellum-f16", "gpt-oss-f16"}) {
      const auto file = open_model(std::string("tests/golden/") + name + ".gguf");
      if (!kind.takes(engine::model::read_config(*file).value())) continue;
      suite.run(std::string("golden ") + name + ", " + kind.name,
                [&](Suite& s) { check_golden(s, kind, "tests/golden", name); });
    }
    if (more == nullptr) continue;
    for (const char* name : {"v2lite-f16", "v2-f16", "v3-f16", "v3-bf16", "v3split-f32", "v3-q4_0",
                             "v3-q4_1", "v3-q5_0", "v3-q5_1", "v3-q8_0", "v3-q2_k", "v3-q3_k",
                             "v3-q4_k", "v3-q5_k", "v3-q6_k", "v3-iq4_nl", "v3-iq4_xs"}) {
      suite.run(std::string("golden ") + name + ", " + kind.name,
                [&](Suite& s) { check_golden(s, kind, more, name); });
    }
  }
}

}  // namespace conformance
