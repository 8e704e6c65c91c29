// Engines over real files: the golden model, and a memory made for it.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>

#include "engine/backend/cpu/cpu.h"
#include "engine/backend/memory_need.h"
#include "engine/base/machine_limits.h"
#include "engine/decode/memory/builder.h"
#include "engine/gguf/writer.h"
#include "engine/model/open.h"
#include "tests/engine/session/harness.h"
#include "tests/engine/session/logged_folder.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/toy_vocabulary.h"

namespace {

using namespace support;
using engine::session::BackendKind;
using engine::session::KvCache;
using engine::session::ModelOptions;
namespace memory = engine::decode::memory;

const std::string golden = LEMMA_SOURCE_DIR "/tests/golden/v3-q8_0.gguf";
constexpr int golden_vocabulary = 512;

std::shared_ptr<Engine> load(ModelOptions options) {
  options.path = golden;
  options.threads = 1;
  auto engine = Engine::load(options);
  INFO((engine ? "" : engine.message()));
  REQUIRE(engine.ok());
  return std::move(*engine);
}

// Another file: one that takes both roles would be loaded once.
class CopiedModel {
 public:
  CopiedModel() { std::filesystem::copy_file(golden, folder_.path("copy.gguf")); }
  ModelOptions in_place_of(ModelOptions options) const {
    options.path = folder_.path("copy.gguf");
    return options;
  }

 private:
  const TemporaryFolder folder_;
};

// For the queries of its first layer; all values the same.
std::string write_adapter(const TemporaryFolder& folder, const std::string& name, float value) {
  const auto file = engine::gguf::File::open(golden).value();
  const auto* const tensor = file.find_tensor("blk.0.attn_q_b.weight");
  REQUIRE(tensor != nullptr);
  engine::gguf::Writer writer;
  writer.add("general.type", "adapter");
  writer.add("adapter.type", "lora");
  const std::string target = "blk.0.attn_q_b.weight";
  writer.add_tensor(target + ".lora_a", engine::gguf::WeightType::f32, {{tensor->shape[0], 1}});
  writer.add_tensor(target + ".lora_b", engine::gguf::WeightType::f32, {{1, tensor->shape[1]}});
  const std::string path = folder.path(name + ".gguf");
  const std::vector<float> values(tensor->shape[0] + tensor->shape[1], value);
  REQUIRE(
      (writer.begin(path).ok() &&
       writer.write(std::as_bytes(std::span(values)).first(tensor->shape[0] * sizeof value)).ok()));
  const auto b = std::as_bytes(std::span(values)).subspan(tensor->shape[0] * sizeof value);
  REQUIRE((writer.write(b).ok() && writer.finish().ok()));
  return path;
}

void check_load_refused(const ModelOptions& options, const std::vector<std::string>& says) {
  const auto engine = Engine::load(options);
  REQUIRE_FALSE(engine.ok());
  INFO(engine.message());
  for (const std::string& words : says) CHECK(engine.message().find(words) != std::string::npos);
}

// A memory of one text, seen in two projects; its path.
std::string write_memory_of(const std::vector<Token>& text,
                            const engine::tokenizer::Tokenizer& tokenizer) {
  const memory::Text first{0, 1, text};
  const memory::Text second{0, 2, text};
  const std::vector<const memory::Text*> texts{&first, &second};
  const std::string path = std::filesystem::temp_directory_path() /
                           ("lemma-test-" + std::to_string(::getpid()) + ".memory");
  const auto written = memory::write_memory(path, texts, memory::initial_weights(), tokenizer, {},
                                            [](const std::string&) {});
  REQUIRE(written.ok());
  return path;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("a file that is not there is refused, saying how to get one") {
  check_load_refused({.path = "/nowhere/model.gguf"},
                     {"/nowhere/model.gguf", "engine/models", "--model FILE.gguf"});
  check_load_refused({.path = golden, .memory_path = "/nowhere/x.memory"}, {"/nowhere/x.memory"});
  check_load_refused({.path = golden, .threads = -1}, {"threads"});
  check_load_refused({.path = golden, .backend = BackendKind::reference, .kv_tokens = -5}, {"-5"});
  check_load_refused({.path = write_toy_vocabulary()}, {"architecture"});
  std::filesystem::remove(write_toy_vocabulary());
}

// The same tokens with the same log-probabilities, up to rounding. The CPU backend rounds
// activations to 8 bits and takes another path for batches of more than 16 rows, so that two tokens
// as good as equal may change places there, and then the texts part. A wrong block would be off by
// far more.
void check_same(BackendKind kind, const std::vector<Piece>& found,
                const std::vector<Piece>& expected) {
  const double rounding = kind == BackendKind::cpu ? 0.15 : 1e-3;
  REQUIRE(found.size() == expected.size());
  for (size_t i = 0; i < found.size(); ++i) {
    INFO("token " << i);
    CHECK(found[i].log_probability == Approx(expected[i].log_probability).margin(rounding));
    if (kind == BackendKind::cpu && found[i].token != expected[i].token) return;
    CHECK(found[i].token == expected[i].token);
  }
}

TEST_CASE("real backends give the same tokens alone, cached, batched and overtaken") {
  for (const BackendKind kind : {BackendKind::reference, BackendKind::cpu}) {
    INFO((kind == BackendKind::cpu ? "cpu" : "reference"));
    std::vector<Request> requests;
    std::vector<std::vector<Piece>> alone;
    for (uint64_t i = 0; i < 4; ++i) {
      requests.push_back({.prompt = text_of(i / 2, 70 + i),
                          .max_tokens = 8,
                          .priority = static_cast<Priority>(2 - i % 3)});
      alone.push_back(answer(*load({.backend = kind, .kv_tokens = 512}), requests.back()).pieces);
    }
    const auto engine = load({.backend = kind, .kv_tokens = 512});
    for (int round = 0; round < 2; ++round) {  // the second one out of the cache
      std::vector<std::unique_ptr<Pending>> pending;
      for (const Request& request : requests) {
        pending.push_back(std::make_unique<Pending>(*engine, request));
      }
      for (size_t i = 0; i < requests.size(); ++i) {
        CHECK(pending[i]->wait().outcome.error.empty());
        check_same(kind, pending[i]->wait().pieces, alone[i]);
        if (round == 1) CHECK(pending[i]->wait().outcome.cached_tokens >= 69);
      }
    }
  }
}

TEST_CASE("scores of a real model are the log-probabilities of what it generates") {
  const auto engine = load({.backend = BackendKind::reference, .kv_tokens = 512});
  const std::vector<Token> prompt = text_of(3, 45);
  const auto found = answer(*engine, {.prompt = prompt, .max_tokens = 8});
  REQUIRE(!found.pieces.empty());
  double sum = 0;
  for (const Piece& piece : found.pieces) sum += static_cast<double>(piece.log_probability);
  const std::vector<std::vector<Token>> continuations{found.tokens(), text_of(4, 8)};
  const auto scores = engine->score(prompt, continuations, Priority::interactive, {});
  REQUIRE(scores.ok());
  CHECK((*scores)[0] == Approx(sum).margin(1e-3));
  CHECK((*scores)[1] < (*scores)[0]);
}

TEST_CASE("a KV cache that there is no room for is made smaller") {
  const auto engine = Engine::load({.path = golden, .kv_tokens = 1 << 30});
  REQUIRE(engine.ok());
  CHECK(answer(**engine, {.prompt = text_of(1, 8), .max_tokens = 2}).tokens().size() == 2);
}

TEST_CASE("a chat model that is not there, or no model, is refused as such") {
  const auto missing = Engine::load({.path = golden}, {.path = "/nowhere/chat.gguf"});
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.message() ==
        "the chat model: no model at '/nowhere/chat.gguf': name a GGUF file or a Hugging Face "
        "folder, or do without a chat model");
  const auto vocabulary = Engine::load({.path = golden}, {.path = write_toy_vocabulary()});
  std::filesystem::remove(write_toy_vocabulary());
  REQUIRE_FALSE(vocabulary.ok());
  CHECK(vocabulary.message().find("the chat model: ") == 0);
  const auto first = Engine::load({.path = "/nowhere/model.gguf"}, {.path = golden});
  REQUIRE_FALSE(first.ok());
  CHECK(first.message().find("no model at '/nowhere/model.gguf'") == 0);
}

TEST_CASE("two models that fit each alone, but not together, are refused before either is loaded") {
  using namespace engine;
  auto file = engine::model::open(golden);
  REQUIRE(file.ok());
  const auto weights =
      engine::model::load_weights(std::make_shared<const engine::gguf::File>(*std::move(file)));
  REQUIRE(weights.ok());
  const int64_t token_bytes = backend::cpu::cache_bytes(*weights, 32) / 32;
  const backend::MemoryNeed need = backend::memory_need(*weights, 0, 0);
  const int64_t there = base::memory_limit();
  const int64_t room = there - std::min(there / 16, int64_t{1} << 30) - need.weights;
  const auto tokens = static_cast<int>(room / token_bytes - 2000);  // too few for the other one
  const CopiedModel copy;
  const ModelOptions options{.path = golden, .kv_tokens = tokens};
  const auto engines = Engine::load(options, copy.in_place_of(options));
  REQUIRE_FALSE(engines.ok());
  CHECK_THAT(engines.message(), Catch::Matchers::Contains(", beside the ") &&
                                    Catch::Matchers::Contains(" of " + golden + ", and this") &&
                                    Catch::Matchers::EndsWith("or do without one of the two"));
}

TEST_CASE("a file that takes both roles is loaded once") {
  const ModelOptions complete{.path = golden, .threads = 1, .kv_tokens = 256};
  ModelOptions chat = complete;
  chat.kv_tokens = 512;
  const auto engines = Engine::load(complete, chat);
  REQUIRE(engines.ok());
  CHECK(engines->complete == engines->chat);
  CHECK(engines->complete->context_tokens() == 512);
}

TEST_CASE("two real models at once answer as each does alone") {
  const CopiedModel copy;
  for (const BackendKind kind : {BackendKind::reference, BackendKind::cpu}) {
    const ModelOptions options{.path = golden, .backend = kind, .threads = 2, .kv_tokens = 512};
    const Request slow{
        .prompt = text_of(1, 300), .max_tokens = 20, .priority = Priority::background};
    const Request fast{.prompt = text_of(2, 60), .max_tokens = 8, .priority = Priority::keystroke};
    const auto slow_alone = answer(*load(options), slow);
    const auto fast_alone = answer(*load(options), fast);
    auto engines = Engine::load(options, copy.in_place_of(options));
    REQUIRE(engines.ok());
    REQUIRE(engines->complete != engines->chat);
    Pending solve(*engines->chat, slow);
    for (int i = 0; i < 3; ++i) {
      check_same(kind, answer(*engines->complete, fast).pieces, fast_alone.pieces);
    }
    check_same(kind, solve.wait().pieces, slow_alone.pieces);
  }
}

TEST_CASE("an engine says what it is and how much it holds") {
  const auto engine = load({.backend = BackendKind::reference, .kv_tokens = 512});
  CHECK(engine->context_tokens() == 512);
  CHECK(engine->tokenizer().size() == golden_vocabulary);
  CHECK(engine->description().find("reference") != std::string::npos);
}

TEST_CASE("an engine whose KV cache cannot be fp8 says what it is instead") {
  const auto says = [](const std::string& path, KvCache kv_cache) {
    const auto engine = Engine::load({.path = path, .kv_tokens = 512, .kv_cache = kv_cache});
    return engine.ok() ? (*engine)->description() : engine.message();
  };
  CHECK_THAT(says(golden, KvCache::fp8),
             Catch::Matchers::Contains("KV cache f16 (fp8 is for a GPU)"));
  CHECK_THAT(says(LEMMA_SOURCE_DIR "/tests/golden/qwen2-f16.gguf", KvCache::fp8),
             Catch::Matchers::Contains("KV cache f16 (fp8 is for latent attention)"));
  CHECK_THAT(says(golden, KvCache::f16), !Catch::Matchers::Contains("KV cache"));
}

TEST_CASE("a model of another family and vocabulary hears what open and related files say") {
  const std::string shipped = LEMMA_SOURCE_DIR "/engine/models/lemma-default.memory";
  const ModelOptions qwen{.path = LEMMA_SOURCE_DIR "/tests/golden/qwen2-f16.gguf", .threads = 1};
  ModelOptions remembering = qwen;
  remembering.memory_path = shipped;
  const auto alone = Engine::load(qwen);
  const auto with_memory = Engine::load(remembering);
  REQUIRE((alone.ok() && with_memory.ok()));
  CHECK((*alone)->description().find("memory") == std::string::npos);
  CHECK((*with_memory)->description().find("memory of open and related files") !=
        std::string::npos);

  const std::string related = "def total(rows):\n    return sum(row.price for row in rows)\n";
  const auto tokens = [&](std::string_view text) {
    return (*alone)->tokenizer().encode(text, engine::tokenizer::SpecialTokens::literal);
  };
  const std::vector<Token> before = tokens(related + "\n\n" + related.substr(0, 39));
  auto buffers = std::make_shared<memory::Buffers>();
  buffers->before = std::make_shared<memory::Buffer>(before);
  buffers->others = {std::make_shared<memory::Buffer>(tokens(related))};
  buffers->language_id = "python";
  const Request request{.prompt = before, .max_tokens = 15, .buffers = buffers};
  const std::string rest = "ce for row in r";
  const auto hearing = answer(**with_memory, request).pieces;
  CHECK_FALSE(answer(**alone, request).pieces.front().model_log_probability);
  const auto score = (*alone)->score(before, std::vector<std::vector<Token>>{{hearing[0].token}},
                                     Priority::interactive, {});
  REQUIRE((score.ok() && hearing[0].model_log_probability));
  CHECK(*hearing[0].model_log_probability == Approx(score->front()).margin(0.05));
  CHECK(hearing[0].log_probability > *hearing[0].model_log_probability + 1);
  CHECK(answer(**alone, request).text().substr(0, rest.size()) != rest);
  CHECK(answer(**with_memory, request).text().substr(0, rest.size()) == rest);
}

TEST_CASE("the memory alone generates the same each time, and heals") {
  const auto vocabulary = load({.backend = BackendKind::reference, .kv_tokens = 64});
  const std::vector<Token> text = text_of(9, 200);
  const std::string path = write_memory_of(text, vocabulary->tokenizer());
  const auto engine = load({.memory_path = path, .backend = BackendKind::none, .kv_tokens = 4096});
  std::filesystem::remove(path);
  const std::vector<Token> prompt(text.begin(), text.begin() + 50);
  auto buffers = std::make_shared<memory::Buffers>();
  buffers->before = std::make_shared<memory::Buffer>(prompt);
  buffers->others = {std::make_shared<memory::Buffer>(text)};
  // The weights are not fitted, so nothing is asked of what it says.
  Request request{.prompt = prompt, .max_tokens = 10, .buffers = buffers};
  const auto found = answer(*engine, request);
  CHECK(found.outcome.error.empty());
  CHECK(found.pieces.size() == 10);
  CHECK(found.tokens() == answer(*engine, request).tokens());
  for (const Piece& piece : found.pieces) CHECK(piece.log_probability <= 0);

  request.typed = "zq";
  const auto healed = answer(*engine, request);
  CHECK(healed.outcome.error.empty());
  CHECK(healed.text().substr(0, 2) == "zq");
}

TEST_CASE("with drafts the default model writes the same, to the last bit") {
#ifdef __SANITIZE_THREAD__
  return;  // a matter of arithmetic, which takes minutes here; threads are in the other tests
#endif
  const std::string models = LEMMA_SOURCE_DIR "/engine/models/lemma-default";
  const std::string source = LEMMA_SOURCE_DIR "/tests/engine/session/load_test.cpp";
  for (const std::string& memory_path : {models + ".memory", std::string()}) {
    ModelOptions options{.path = models + ".gguf", .memory_path = memory_path, .kv_tokens = 4096};
    options.drafts = Drafts::never;
    const auto plain = Engine::load(options);
    options.drafts = Drafts::always;
    const auto drafting = Engine::load(options);
    REQUIRE(plain.ok());
    REQUIRE(drafting.ok());
    const auto tokens =
        (*plain)->tokenizer().encode(read_file(source), engine::tokenizer::SpecialTokens::literal);
    int accepted = 0;
    for (const size_t cut : {tokens.size() / 3, tokens.size() / 2, tokens.size() - 200}) {
      const std::vector<Token> before(tokens.begin(), tokens.begin() + static_cast<long>(cut));
      auto buffers = std::make_shared<memory::Buffers>();
      buffers->before = std::make_shared<memory::Buffer>(before);
      buffers->after = std::make_shared<memory::Buffer>(
          std::vector<Token>(tokens.begin() + static_cast<long>(cut) + 20, tokens.end()));
      buffers->language_id = "cpp";
      for (const float temperature : {0.0F, 0.7F}) {
        const Request request{
            .prompt = {before.end() - std::min<long>(300, static_cast<long>(cut)), before.end()},
            .typed = cut % 2 == 0 ? "co" : "",
            .max_tokens = 40,
            .sampling = {.temperature = temperature, .seed = cut},
            .buffers = buffers};
        const auto expected = answer(**plain, request), found = answer(**drafting, request);
        REQUIRE(found.pieces.size() == expected.pieces.size());
        for (size_t i = 0; i < found.pieces.size(); ++i) {
          INFO("token " << i << " after " << cut);
          CHECK(found.pieces[i].token == expected.pieces[i].token);
          CHECK(found.pieces[i].log_probability == expected.pieces[i].log_probability);
        }
        CHECK(expected.outcome.drafted_tokens == 0);
        accepted += found.outcome.accepted_tokens;
      }
    }
    CHECK(accepted > 0);
  }
}

TEST_CASE("what was computed with one adapter is not found with another, in memory or on disk") {
  const LoggedFolder folder;
  LoggedFolder prefixes;
  const std::vector<std::string> adapters{"", write_adapter(folder, "one", 0.5f),
                                          write_adapter(folder, "two", -0.5f)};
  const auto request = Request{.prompt = text_of(3, 97), .max_tokens = 1};
  for (const int expected : {0, 96}) {
    for (const std::string& adapter : adapters) {
      const auto engine =
          load({.adapter_path = adapter,
                .backend = BackendKind::cpu,
                .prefixes = {
                    .path = prefixes.path(), .bytes = uint64_t{1} << 28, .log = prefixes.log()}});
      const auto outcome = engine->generate(request, {}, {});
      INFO(adapter << outcome.error << prefixes.logged());
      CHECK(outcome.cached_tokens == expected);
    }
  }
}

// A sanitizer needs the memory that this test takes away.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("where memory runs out while a model is loaded, that is an error and nothing more") {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    rlim_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    const auto leave = [bytes = pages * static_cast<rlim_t>(getpagesize())](rlim_t more) {
      const rlimit little{bytes + more, RLIM_INFINITY};
      if (setrlimit(RLIMIT_AS, &little) != 0) _exit(2);
    };
    leave(0);
    // What the tests before this one have left free.
    for (size_t size = 1 << 20; size >= 64; size /= 2) {
      while (::operator new(size, std::nothrow) != nullptr) {
      }
    }
    int failed = 0, loaded = 0;
    for (rlim_t more = 1; loaded == 0 && more < 1024; ++more) {
      leave(more << 20);
      const auto engine = Engine::load({.path = golden, .backend = BackendKind::cpu, .threads = 4});
      ++(engine.ok() ? loaded : failed);
    }
    _exit(failed > 0 && loaded == 1 ? 0 : 3);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
#endif
