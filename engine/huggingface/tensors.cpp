#include "engine/huggingface/tensors.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "engine/base/format.h"
#include "engine/huggingface/fields.h"
#include "engine/huggingface/names.h"
#include "engine/huggingface/safetensors.h"

namespace engine::huggingface {
namespace {

namespace fs = std::filesystem;

using base::concat;
using base::Error;
using base::fail;
using base::in_quotes;
using base::Result;
using base::Status;

// A tensor and the file it is in.
struct Source {
  const SafetensorsFile* file;
  const SafeTensor* tensor;

  std::string place() const { return file->place_of(*tensor); }
};

struct Weights {
  std::map<std::string, SafetensorsFile> files;  // by name; stay where they are
  std::vector<Source> tensors;
};

Result<SafetensorsFile*> open_file(const std::string& folder, const std::string& name,
                                   Weights& weights) {
  const auto known = weights.files.find(name);
  if (known != weights.files.end()) return &known->second;
  auto file = SafetensorsFile::open(concat(folder, "/", name));
  if (!file) return file.error();
  return &weights.files.emplace(name, *std::move(file)).first->second;
}

Status open_shards(const std::string& folder, const std::string& index, Weights& weights) {
  auto fields = Fields::open(concat(folder, "/", index));
  if (!fields) return fields.error();
  const auto map = fields->find("weight_map");
  if (!map || map->kind() != base::JsonKind::object) {
    return fail(fields->place_of("weight_map"), ": is missing or no JSON object");
  }
  Status status = base::Done{};
  map->for_each_member([&](std::string_view tensor, base::JsonValue value) {
    if (!status) return;
    const std::string place =
        concat(fields->path(), ": weight_map of ", in_quotes(tensor), " at byte ", value.offset());
    const std::string name(value.string().value_or(""));
    // A name that leaves the folder could make us read any file.
    if (name.empty() || name.find('/') != std::string::npos) {
      status = fail(place, ": is no name of a file in this folder");
      return;
    }
    auto file = open_file(folder, name, weights);
    if (!file) {
      status = fail(file.message(), " (named by ", index, ")");
      return;
    }
    const SafeTensor* const found = (*file)->find(tensor);
    if (found == nullptr) {
      status = fail(place, ": is ", in_quotes(name), ", which does not hold that tensor");
      return;
    }
    weights.tensors.push_back({*file, found});
  });
  return status;
}

Result<Weights> open_weights(const std::string& folder) {
  constexpr const char* one = "model.safetensors";
  constexpr const char* index = "model.safetensors.index.json";
  std::error_code ignored;  // a file that cannot be looked at is not there
  Weights weights;
  if (fs::exists(concat(folder, "/", one), ignored)) {
    auto file = open_file(folder, one, weights);
    if (!file) return file.error();
    for (const SafeTensor& tensor : (*file)->tensors()) weights.tensors.push_back({*file, &tensor});
    return weights;
  }
  if (!fs::exists(concat(folder, "/", index), ignored)) {
    return fail(folder, ": has neither ", one, " nor ", index,
                "; of a model in other files (pytorch_model.bin), take its safetensors version");
  }
  if (auto status = open_shards(folder, index, weights); !status) return status.error();
  return weights;
}

Result<gguf::WeightType> type_of(const Source& source) {
  const std::string_view dtype = source.tensor->dtype;
  if (dtype == "F32") return gguf::WeightType::f32;
  if (dtype == "F16") return gguf::WeightType::f16;
  if (dtype == "BF16") return gguf::WeightType::bf16;
  if (dtype.starts_with("F8_")) {
    return fail(source.place(), ": is in FP8 (", dtype,
                "), which lemma does not read; take the model's BF16 version, or a GGUF file such "
                "as Q8_0 or Q4_K_M");
  }
  return fail(source.place(), ": is of type ", in_quotes(dtype),
              "; lemma reads BF16, F16 and F32 from safetensors, other types from GGUF files");
}

// `rank` axes at most, outermost first in the file, the row length first in the result.
Result<gguf::TensorInfo> info_of(const Source& source, std::string name, size_t rank) {
  const SafeTensor& tensor = *source.tensor;
  const auto type = type_of(source);
  if (!type) return type.error();
  if (tensor.shape.empty() || tensor.shape.size() > rank) {
    return fail(source.place(), ": 'shape' has ", tensor.shape.size(), " axes; expected 1 to ",
                rank);
  }
  gguf::TensorInfo info{.name = std::move(name),
                        .type = *type,
                        .shape = {1, 1, 1, 1},
                        .rank = static_cast<int>(tensor.shape.size()),
                        .data = tensor.data,
                        .header_offset = tensor.offset,
                        .origin = source.place()};
  std::copy(tensor.shape.rbegin(), tensor.shape.rend(), info.shape.begin());
  if (info.data.empty()) return fail(source.place(), ": 'shape' has a length of 0");
  const size_t element = gguf::geometry(*type).bytes;
  if (reinterpret_cast<uintptr_t>(info.data.data()) % element != 0) {
    return fail(source.place(), ": its data is not aligned to its ", element,
                "-byte values; write the file again with a current safetensors library");
  }
  return info;
}

// The experts of one stack, by number.
using Stack = std::map<int, Source>;

Result<gguf::TensorInfo> stack_of(const std::string& name, const Stack& stack) {
  std::optional<gguf::TensorInfo> whole;
  int next = 0;
  for (const auto& [expert, source] : stack) {
    if (expert != next++) {
      std::string missing = name_from_gguf(name);
      missing.replace(missing.find('*'), 1, std::to_string(next - 1));
      return fail(source.file->path(), ": tensor ", missing,
                  " is missing here and in the model's other files");
    }
    auto part = info_of(source, name, 2);
    if (!part) return part;
    if (!whole) {
      whole = *part;
    } else if (part->type != whole->type || part->shape != whole->shape) {
      return fail(part->origin, ": differs in type or shape from the expert before it");
    }
    whole->parts.push_back(part->data);
  }
  whole->rank = 3;
  whole->shape[2] = stack.size();
  whole->data = {};
  return *std::move(whole);
}

class Collector {
 public:
  Collector(const std::string& folder, const TensorChoice& choice, gguf::Assembly& model)
      : folder_(folder), choice_(choice), model_(model) {}

  Status add(const Source& source) {
    const std::string_view tensor = source.tensor->name;
    if (is_left_out(tensor)) return base::Done{};
    auto name = name_in_gguf(tensor);
    return add(std::move(name), source);
  }

  Status add(std::optional<TensorName> name, const Source& source) {
    if (!name) {
      return fail(source.place(), ": lemma knows no tensor of that name in this kind of model");
    }
    if (name->expert >= 0) return add_expert(*name, source);
    if (model_.has_tensor(name->name)) return twice(source);
    auto info = info_of(source, std::move(name->name), 2);
    if (!info) return info.error();
    model_.add(*std::move(info));
    return base::Done{};
  }

  Status finish_stacks() {
    for (const auto& [name, stack] : stacks_) {
      auto info = stack_of(name, stack);
      if (!info) return info.error();
      model_.add(*std::move(info));
    }
    return base::Done{};
  }

  Status finish() {
    if (auto status = finish_stacks(); !status) return status;
    if (choice_.output == OutputTensor::own && !model_.has_tensor("output.weight")) {
      return fail(folder_,
                  ": tensor lm_head.weight is missing, and config.json says that the output "
                  "is not tied to the embedding");
    }
    return base::Done{};
  }

 private:
  bool is_left_out(std::string_view tensor) const {
    if (tensor == "lm_head.weight") return choice_.output == OutputTensor::tied;
    // The frequencies of the rotation, which follow from the configuration.
    if (tensor.ends_with(".rotary_emb.inv_freq")) return true;
    const int layer = layer_of(tensor);
    return layer >= choice_.layers && layer < choice_.layers + choice_.prediction_layers;
  }

  Status add_expert(const TensorName& name, const Source& source) {
    const bool is_new = stacks_[name.name].emplace(name.expert, source).second;
    return is_new ? Status(base::Done{}) : twice(source);
  }

  // As "layers.3" and "layers.03", or twice in the index.
  static Error twice(const Source& source) { return fail(source.place(), ": is there twice"); }

  const std::string& folder_;
  const TensorChoice& choice_;
  gguf::Assembly& model_;
  std::map<std::string, Stack> stacks_;
};

}  // namespace

Status add_tensors(const std::string& folder, const TensorChoice& choice, gguf::Assembly& model) {
  auto weights = open_weights(folder);
  if (!weights) return weights.error();
  Collector collector(folder, choice, model);
  for (const Source& source : weights->tensors) {
    if (auto status = collector.add(source); !status) return status;
  }
  if (auto status = collector.finish(); !status) return status;
  for (auto& [name, file] : weights->files) model.hold(file.take_mapping());
  return base::Done{};
}

Status add_adapter_tensors(const std::string& folder, gguf::Assembly& adapter) {
  constexpr const char* name = "adapter_model.safetensors";
  std::error_code ignored;  // a file that cannot be looked at is not there
  if (!fs::exists(concat(folder, "/", name), ignored)) {
    return fail(folder, ": has no ", name,
                "; of an adapter in another file (adapter_model.bin), take its safetensors "
                "version");
  }
  Weights weights;
  auto file = open_file(folder, name, weights);
  if (!file) return file.error();
  const TensorChoice all;
  Collector collector(folder, all, adapter);
  for (const SafeTensor& tensor : (*file)->tensors()) {
    const Source source{*file, &tensor};
    if (auto status = collector.add(adapter_name_in_gguf(tensor.name), source); !status) {
      return status;
    }
  }
  if (auto status = collector.finish_stacks(); !status) return status;
  adapter.hold((*file)->take_mapping());
  return base::Done{};
}

}  // namespace engine::huggingface
