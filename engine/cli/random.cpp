#include <filesystem>

#include "engine/base/format.h"
#include "engine/base/json_object.h"
#include "engine/cli/commands.h"
#include "engine/gguf/weight_type.h"

namespace engine::cli {

using base::fail;

base::Result<RandomModel> random_model(const RandomOptions& options) {
  auto model = model_like(options.like);
  if (!model.ok()) return model;
  if (options.type == "q4_k_m" || options.type == "q5_k_m") {
    model->type = options.type == "q4_k_m" ? gguf::WeightType::q4_k : gguf::WeightType::q5_k;
    model->more_bits = gguf::WeightType::q6_k;
  } else if (const auto type = gguf::weight_type_from_name(options.type)) {
    model->type = *type;
  } else {
    return fail("there is no weight type '", options.type,
                "'; q4_k_m and q5_k_m are, and each type by itself, such as f16, q8_0 and q4_k");
  }
  if (options.layout != "legacy" && options.layout != "split") {
    return fail("there is no layout '", options.layout, "'; legacy and split are");
  }
  model->layout = options.layout == "legacy" ? Layout::legacy : Layout::split;
  model->seed = options.seed;
  model::Config& config = model->config;
  if (options.layers > 0) {
    // With fewer layers as large a share of them is dense, so that V3 in four has one, not three.
    const int whole = config.layers;
    const int share = (config.dense_layers * options.layers + whole - 1) / whole;
    config.dense_layers =
        whole == config.dense_layers ? options.layers : std::min(config.dense_layers, share);
    config.layers = options.layers;
  }
  if (options.vocab_size > 0) config.vocab_size = options.vocab_size;
  return model;
}

base::Status random(const RandomModel& model, const RandomOptions& options, Output output,
                    std::ostream& out) {
  if (auto status = write_random_model(model, options.out_path); !status.ok()) return status;
  base::JsonObject json;
  json.text("path", options.out_path)
      .text("type", options.type)
      .text("layout", options.layout)
      .integer("seed", static_cast<int64_t>(options.seed))
      .integer("bytes", static_cast<int64_t>(std::filesystem::file_size(options.out_path)));
  if (output == Output::json) out << json.str() << "\n";
  return base::Done{};
}

}  // namespace engine::cli
