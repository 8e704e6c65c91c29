// The adapters' fuzz target with a fixed seed and a short time.
#include "tests/fuzz/mutation.h"
#include "engine/gguf/writer.h"
#include "tests/engine/model/model_file.h"
#include "tests/fuzz/adapter_input.h"
#include "tests/support/catch.h"

namespace {

using engine::gguf::Value;

// Rank 1 for the attention's first projection of queries in model_file::small().
struct Sizes {
  uint64_t columns = static_cast<uint64_t>(model_file::small().config.hidden);
  uint64_t rows = static_cast<uint64_t>(model_file::small().config.mla.q_lora_rank);
};

std::string gguf_seed(const support::TemporaryFolder& folder) {
  const Sizes sizes;
  engine::gguf::Writer writer;
  writer.add("general.type", Value(std::string_view("adapter")));
  writer.add("general.architecture", Value(std::string_view("deepseek2")));
  writer.add("adapter.type", Value(std::string_view("lora")));
  writer.add("adapter.lora.alpha", 1.0f);
  const std::string name = "blk.0.attn_q_a.weight.lora_";
  using engine::gguf::WeightType;
  writer.add_tensor(name + "a", WeightType::f32, std::vector<uint64_t>{sizes.columns, 1});
  writer.add_tensor(name + "b", WeightType::f32, std::vector<uint64_t>{1, sizes.rows});
  const std::string path = folder.path("seed.gguf");
  REQUIRE(writer.begin(path).ok());
  for (const uint64_t count : {sizes.columns, sizes.rows}) {
    const std::vector<float> values(count, 0.5F);
    REQUIRE(writer.write(std::as_bytes(std::span(values))).ok());
  }
  REQUIRE(writer.finish().ok());
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string peft_seed() {
  const Sizes sizes;
  const auto entry = [](const char* part, uint64_t rows, uint64_t columns, uint64_t begin) {
    return "\"base_model.model.model.layers.0.self_attn.q_a_proj.lora_" + std::string(part) +
           ".weight\":{\"dtype\":\"F32\",\"shape\":[" + std::to_string(rows) + "," +
           std::to_string(columns) + "],\"data_offsets\":[" + std::to_string(begin) + "," +
           std::to_string(begin + rows * columns * 4) + "]}";
  };
  std::string header = "{" + entry("A", 1, sizes.columns, 0) + "," +
                       entry("B", sizes.rows, 1, sizes.columns * 4) + "}";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  std::string length(8, '\0');
  length[0] = static_cast<char>(header.size() & 255);
  length[1] = static_cast<char>(header.size() >> 8);
  return R"({"peft_type":"LORA","r":1,"lora_alpha":2,"bias":"none"})" + std::string(1, '\0') +
         length + header + std::string((sizes.columns + sizes.rows) * 4, '\0');
}

}  // namespace

TEST_CASE("a mutated adapter is refused or fits, and never more than that") {
  const support::TemporaryFolder folder;
  auto model = model_file::small();
  REQUIRE(engine::cli::write_random_model(model, folder.path("model.gguf")).ok());
  const auto file = std::make_shared<const engine::gguf::File>(
      engine::gguf::File::open(folder.path("model.gguf")).value());
  for (const std::string& seed : {gguf_seed(folder), peft_seed()}) {
    fuzz::AdapterFigures figures;
    fuzz::feed_adapter(seed, folder, file, figures);
    CHECK(figures.loaded == 1);
    std::mt19937 random(7);
    // Mostly in the header, where what is said is judged.
    const size_t values = (Sizes().columns + Sizes().rows) * 4;
    for (int i = 0; i < 3'000; ++i) {
      const std::string head = seed.substr(0, seed.size() - values);
      const std::string changed =
          fuzz::mutated(head, std::string_view("\"{}[]:,-0189eAB.\0\1\xFF", 19), random);
      fuzz::feed_adapter(changed + seed.substr(head.size()), folder, file, figures);
    }
    INFO(figures.refused << " refused, " << figures.unfit << " unfit, " << figures.loaded);
    CHECK(figures.refused > 1'000);
    CHECK(figures.loaded > 100);
  }
}
