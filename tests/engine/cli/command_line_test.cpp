#include "engine/cli/command_line.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/cli/commands.h"
#include "engine/gguf/file.h"
#include "tests/support/catch.h"

namespace {

namespace fs = std::filesystem;

struct Outcome {
  int code;
  std::string out, errors;
};

Outcome lemma(const std::vector<std::string>& arguments, const std::string& input = "") {
  std::istringstream in(input);
  std::ostringstream out, errors;
  const int code = engine::cli::run_command_line(arguments, in, out, errors);
  return {code, out.str(), errors.str()};
}

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("lemma-cli-test-" + std::to_string(getpid()))) {
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

std::string make_model(const Folder& folder, std::vector<std::string> options = {}) {
  const std::string path = folder / "model.gguf";
  std::vector<std::string> arguments{
      "random", "--like", "deepseek-v3-small", "--layers", "2", "--vocab", "300", path};
  arguments.insert(arguments.end(), options.begin(), options.end());
  const Outcome made = lemma(arguments);
  INFO(made.errors);
  REQUIRE(made.code == 0);
  return path;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

void check_usage(const std::vector<std::string>& arguments, const std::string& complaint) {
  const Outcome outcome = lemma(arguments);
  INFO(outcome.errors);
  CHECK(outcome.code == 2);
  CHECK(outcome.out.empty());
  CHECK(contains(outcome.errors, complaint));
  CHECK(contains(outcome.errors, "usage: "));
}

void check_failure(const std::vector<std::string>& arguments, const std::string& complaint) {
  const Outcome outcome = lemma(arguments);
  INFO(outcome.errors);
  CHECK(outcome.code == 1);
  CHECK(outcome.out.empty());
  CHECK(contains(outcome.errors, complaint));
}

}  // namespace

TEST_CASE("wrong usage exits with 2 and says what is wrong") {
  check_usage({}, "usage");
  check_usage({"frobnicate"}, "there is no command 'frobnicate'");
  check_usage({"info"}, "MODEL is missing");
  check_usage({"info", "a", "b"}, "unexpected argument 'b'");
  check_usage({"info", "--verbose", "a"}, "--verbose");
  check_usage({"logits", "m.gguf", "--out", "o"}, "--tokens is missing");
  check_usage({"logits", "m.gguf", "--tokens", "t", "--out"}, "--out");
  check_usage({"logits", "m.gguf", "--tokens", "t", "--out", "o", "--backend", "gpu"},
              "reference, cpu or cuda, not 'gpu'");
  check_usage({"bench", "--model", "m", "--prompt", "-1"}, "--prompt takes a number");
  check_usage({"bench", "--model", "m", "--prompt", "1x"}, "--prompt takes a number");
  check_usage({"bench", "--model", "m", "--prompt", "0"}, "--prompt takes a number from 1,");
  check_usage({"bench", "--model", "m", "--kv-cache", "fp4"}, "--kv-cache takes f16 or fp8");
  check_usage({"bench", "--model", "m", "--threads", "33000"},
              "--threads takes a number from 0 to 1024, not '33000'");
  check_usage({"random", "--like", "default", "--layers", "0", "m"},
              "--layers takes a number from 1 to 1024");
  check_usage({"random", "--like", "default", "--layers", "1000000", "m"},
              "--layers takes a number from 1 to 1024");
  check_usage({"random", "--like", "default", "--vocab", "0", "m"},
              "--vocab takes a number from 1");
  check_usage({"random", "--like", "gpt", "x.gguf"}, "no shape 'gpt'");
  check_usage({"random", "--like", "default", "--type", "q4_k_x", "x.gguf"}, "'q4_k_x'");
  check_usage({"random", "--like", "default", "--layout", "flat", "x.gguf"}, "no layout 'flat'");
}

TEST_CASE("what cannot be done exits with 1 and says why") {
  check_failure({"info", "/nowhere.gguf"}, "/nowhere.gguf");
  check_failure({"info", "/nowhere.gguf"}, "The default model ships in engine/models");
  check_failure({"bench", "--model", "/nowhere.gguf"}, "The default model ships in engine/models");
}

TEST_CASE("messages call a command what its user called it") {
  std::istringstream in;
  std::ostringstream out, errors;
  const auto run = [&](const std::vector<std::string>& arguments) {
    return engine::cli::run_command_line(arguments, in, out, errors, "lemma model info");
  };
  CHECK(run({"info"}) == 2);
  CHECK(errors.str() ==
        "lemma model info: MODEL is missing\nusage: lemma model info [--json] MODEL\n");
  errors.str("");
  CHECK(run({"info", "/nowhere.gguf"}) == 1);
  CHECK(contains(errors.str(), "lemma model info: cannot open /nowhere.gguf"));
  CHECK(run({"info", "--help"}) == 0);
  CHECK(out.str() == "usage: lemma model info [--json] MODEL\n");
}

TEST_CASE("output that cannot be written is a failure") {
  const Folder folder;
  std::istringstream in;
  std::ostringstream errors;
  std::ofstream full("/dev/full");
  CHECK(engine::cli::run_command_line({"info", make_model(folder)}, in, full, errors) == 1);
  CHECK(errors.str() == "lemma-engine info: cannot write to standard output\n");
}

TEST_CASE("info describes a model and says whether it runs") {
  const Folder folder;
  const std::string path = make_model(folder);
  const Outcome json = lemma({"info", "--json", path});
  CHECK(json.code == 0);
  CHECK(json.out.front() == '{');
  CHECK(json.out.find('\n') == json.out.size() - 1);
  for (const char* part : {"\"architecture\": \"deepseek2\"", "\"layers\": 2", "\"experts\": 32",
                           "\"vocab_size\": 300", "\"runs\": true"}) {
    CHECK(contains(json.out, part));
  }
  CHECK(contains(lemma({"info", path}).out, "layers: 2\n"));
}

TEST_CASE("a model without a vocabulary does not run") {
  const Folder folder;
  const std::string path = folder / "model.gguf";
  REQUIRE(lemma({"random", "--like", "default", "--layers", "1", "--vocab", "100", path}).code ==
          0);
  const Outcome json = lemma({"info", "--json", path});
  CHECK(json.code == 0);
  CHECK(contains(json.out, "\"runs\": false"));
  CHECK(contains(json.out, "tokenizer.ggml"));
}

TEST_CASE("damaged weights are told by their results") {
  const Folder folder;
  const std::string path = make_model(folder, {"--type", "f32"});
  const std::string tokens = folder / "tokens", out = folder / "out.f32";
  std::ofstream(tokens) << "1 2 3";
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  const std::string nans(4096, '\xff');  // over the end of the last tensor
  file.seekp(-static_cast<std::streamoff>(nans.size()), std::ios::end);
  file << nans << std::flush;
  check_failure({"logits", path, "--tokens", tokens, "--out", out},
                "the logits after entry 0 are not finite");
  check_failure({"bench", "--model", path, "--prompt", "4", "--generate", "1"}, "are not finite");
}

TEST_CASE("random models repeat with their seed") {
  const Folder folder;
  const auto bytes = [&](const std::string& seed) {
    std::ifstream file(make_model(folder, {"--seed", seed}), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::string first = bytes("7");
  CHECK(bytes("7") == first);
  CHECK(bytes("8") != first);
}

// Rows are the same however many there are, and files of 16 MiB are made by all cores.
TEST_CASE("random models do not depend on who made which rows") {
  const Folder folder;
  const auto embedding = [&](const char* vocabulary) {
    const std::string path = folder / "rows.gguf";
    const Outcome made = lemma(
        {"random", "--like", "deepseek-v3-small", "--layers", "1", "--vocab", vocabulary, path});
    REQUIRE(made.code == 0);
    auto file = engine::gguf::File::open(path);
    REQUIRE(file.ok());
    const auto data = file->find_tensor("token_embd.weight")->data;
    const size_t size = fs::file_size(path);
    return std::pair(std::vector<std::byte>(data.begin(), data.end()), size);
  };
  const auto [alone, small] = embedding("24000");
  auto [together, large] = embedding("60000");
  REQUIRE((small < 16 << 20 && large > 16 << 20));
  together.resize(alone.size());
  CHECK(together == alone);
}

TEST_CASE("a random model of fewer layers has as large a share of dense ones, and one at least") {
  const auto dense_of = [](const std::string& like, int layers) {
    const auto model = engine::cli::random_model({.like = like, .layers = layers});
    return model.ok() ? model->config.dense_layers : -1;
  };
  CHECK(dense_of("deepseek-v3", 0) == 3);
  CHECK(dense_of("deepseek-v3", 4) == 1);
  CHECK(dense_of("deepseek-v3", 40) == 2);
  CHECK(dense_of("deepseek-coder-v2-lite", 9) == 1);
  CHECK(dense_of("qwen3-0.6b", 2) == 2);
  CHECK(dense_of("qwen3-30b-a3b", 2) == 0);
  CHECK(dense_of("deepseek-moe-16b", 4) == 1);
  CHECK(dense_of("mixtral-8x7b", 2) == 0);
}

TEST_CASE("logits of both backends agree and have a row for each token") {
  const Folder folder;
  const std::string path = make_model(folder, {"--type", "f32", "--layout", "legacy"});
  const std::string tokens = folder / "tokens", out = folder / "out.f32";
  std::ofstream(tokens) << "1 2\n3 299\n";
  std::vector<std::vector<float>> found;
  for (const char* backend : {"reference", "cpu"}) {
    const Outcome outcome =
        lemma({"logits", path, "--tokens", tokens, "--out", out, "--backend", backend, "--json"});
    INFO(outcome.errors);
    REQUIRE(outcome.code == 0);
    CHECK(contains(outcome.out, "\"tokens\": 4"));
    REQUIRE(fs::file_size(out) == 4 * 300 * sizeof(float));
    found.emplace_back(4 * 300);
    std::ifstream file(out, std::ios::binary);
    file.read(reinterpret_cast<char*>(found.back().data()), 4 * 300 * sizeof(float));
  }
  for (size_t i = 0; i < found[0].size(); ++i)
    CHECK(found[0][i] == Approx(found[1][i]).margin(1e-3));

  std::ofstream(tokens) << "1 300";
  check_failure({"logits", path, "--tokens", tokens, "--out", out}, "entry 1 is 300");
  std::ofstream(tokens) << "1 two";
  check_failure({"logits", path, "--tokens", tokens, "--out", out}, "entry 1 is not a token id");
  std::ofstream(tokens) << "1 99999999999999999999";
  check_failure({"logits", path, "--tokens", tokens, "--out", out}, "entry 1 is not a token id");
  std::ofstream(tokens) << "1";
  check_failure({"logits", path, "--tokens", tokens, "--out", folder / "no/out"}, "cannot write");
}

TEST_CASE("a text becomes one line of ids") {
  const Folder folder;
  const std::string path = make_model(folder);  // its tokens are the bytes
  CHECK(lemma({"tokenize", path}, "ab\n").out == "97 98 10\n");
  CHECK(lemma({"tokenize", path, "--json"}, "ab\n").out == "{\"ids\": [97, 98, 10]}\n");
  CHECK(lemma({"tokenize", path}, "").out == "\n");
}

TEST_CASE("bench reports prefill and decode") {
  const Folder folder;
  const Outcome outcome = lemma({"bench", "--model", make_model(folder), "--prompt", "20",
                                 "--generate", "3", "--context", "40", "--threads", "1", "--json"});
  INFO(outcome.errors);
  REQUIRE(outcome.code == 0);
  for (const char* key : {"prefill_ms", "decode_median_ms", "decode_tokens_per_second"}) {
    CHECK(contains(outcome.out, std::string("\"") + key + "\": "));
  }
}

TEST_CASE("bench refuses a KV cache of fp8 where there is none") {
  const Folder folder;
  const Outcome outcome = lemma({"bench", "--model", make_model(folder), "--kv-cache", "fp8"});
  CHECK(outcome.code == 1);
  CHECK(contains(outcome.errors, "a KV cache of fp8 is for the backend cuda"));
}

TEST_CASE("a context longer than the model's is refused with what it holds") {
  const Folder folder;
  const std::string path = make_model(folder);
  check_failure({"bench", "--model", path, "--prompt", "4", "--context", "1000000"},
                "and the model's context holds 163840; ask for fewer");
}

TEST_CASE("info tells which layers have a window") {
  const Outcome outcome =
      lemma({"info", "--json", LEMMA_SOURCE_DIR "/tests/golden/mellum-f16.gguf"});
  CHECK(outcome.code == 0);
  CHECK(contains(outcome.out, "\"window\": 6, \"windowed_layers\": 3"));
}
