#include "engine/model/adapter.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <filesystem>
#include <limits>
#include <span>
#include <utility>

#include "engine/base/checksum.h"
#include "engine/base/format.h"
#include "engine/gguf/dequantize.h"
#include "engine/gguf/file.h"
#include "engine/huggingface/adapter.h"

namespace engine::model {
namespace {

using base::concat;
using base::Error;
using base::fail;
using base::in_quotes;
using base::Result;
using base::Status;

constexpr std::string_view suffix_a = ".lora_a", suffix_b = ".lora_b";
// More would be no adapter; it also keeps every product of two extents in range.
constexpr uint64_t most_rank = 4096, most_extent = uint64_t{1} << 24;

Result<gguf::File> open_file(const std::string& path) {
  std::error_code ignored;  // what cannot be looked at is no directory
  if (std::filesystem::is_directory(path, ignored)) return huggingface::open_adapter(path);
  return gguf::File::open(path);
}

Status check_kind(const gguf::File& file) {
  const auto kind = file.find("general.type") == nullptr ? Result<std::string_view>("model")
                                                         : file.string("general.type");
  if (!kind.ok()) return kind.error();
  if (*kind != "adapter") {
    return fail(file.path(), ": is a ", *kind,
                ", not an adapter (general.type); a model is chosen by `model`");
  }
  const auto type = file.string("adapter.type");
  if (!type.ok()) return type.error();
  if (*type != "lora") {
    return fail(file.place_of("adapter.type"), ": is ", in_quotes(*type), "; lemma applies 'lora'");
  }
  constexpr const char* tokens = "adapter.alora.invocation_tokens";
  if (file.find(tokens) != nullptr) {
    return fail(file.place_of(tokens),
                ": the adapter is meant for what follows certain tokens alone, which lemma cannot "
                "do; take a plain LoRA adapter");
  }
  return base::Done{};
}

std::string extents(const gguf::TensorInfo& tensor) {
  std::string text = "[";
  for (int i = 0; i < tensor.rank; ++i) text += concat(i == 0 ? "" : ", ", tensor.shape[i]);
  return text + "]";
}

Status check_pair(const gguf::File& file, const gguf::TensorInfo& a, const gguf::TensorInfo& b) {
  if (a.shape[1] == b.shape[0] && a.shape[2] == b.shape[2] && a.shape[3] == 1 && b.shape[3] == 1 &&
      a.shape[1] <= most_rank && a.shape[0] < most_extent && b.shape[1] < most_extent) {
    return base::Done{};
  }
  return fail(file.place_of(a), ": has shape ", extents(a), " and its lora_b ", extents(b),
              "; expected [columns, rank] and [rank, rows], with a rank up to ", most_rank,
              "; make the adapter's file anew");
}

std::vector<float> values_of(const gguf::TensorInfo& tensor) {
  std::vector<float> values(tensor.shape[0] * tensor.rows());
  if (tensor.parts.empty()) {
    gguf::dequantize_row(tensor.type, tensor.data, values);
    return values;
  }
  const size_t size = values.size() / tensor.parts.size();
  for (size_t i = 0; i < tensor.parts.size(); ++i) {
    gguf::dequantize_row(tensor.type, tensor.parts[i], std::span(values).subspan(i * size, size));
  }
  return values;
}

bool all_finite(std::span<const float> values) {
  return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

Result<AdapterTensor> read_pair(const gguf::File& file, const gguf::TensorInfo& a,
                                const gguf::TensorInfo& b, double alpha) {
  if (auto status = check_pair(file, a, b); !status) return status.error();
  AdapterTensor result{.columns = static_cast<int64_t>(a.shape[0]),
                       .rows = static_cast<int64_t>(b.shape[1]),
                       .rank = static_cast<int>(a.shape[1]),
                       .count = static_cast<int>(a.shape[2]),
                       .a = values_of(a),
                       .b = {},
                       .place = file.place_of(a)};
  const std::vector<float> b_rows = values_of(b);  // [count][rows][rank]
  const double scale = alpha == 0 ? 1 : alpha / result.rank;
  result.b.resize(b_rows.size());
  for (int64_t i = 0; i < result.count; ++i) {
    const int64_t first = i * result.rows * result.rank;
    for (int64_t row = 0; row < result.rows; ++row) {
      for (int64_t k = 0; k < result.rank; ++k) {
        result.b[first + k * result.rows + row] =
            static_cast<float>(scale * b_rows[first + row * result.rank + k]);
      }
    }
  }
  if (!all_finite(result.a) || !all_finite(result.b)) {
    return fail(result.place,
                ": it or its lora_b holds what is no finite number; the training has failed, or "
                "the file is damaged");
  }
  return result;
}

uint64_t fingerprint_of(const std::map<std::string, AdapterTensor, std::less<>>& tensors) {
  uint64_t sum = 0;
  const auto add = [&](std::span<const std::byte> bytes) {
    sum = (std::rotl(sum, 23) ^ base::checksum_of(bytes) ^ bytes.size()) * 0x9e3779b97f4a7c15;
  };
  for (const auto& [name, tensor] : tensors) {
    add(std::as_bytes(std::span(name)));
    add(std::as_bytes(std::span(tensor.a)));
    add(std::as_bytes(std::span(tensor.b)));
  }
  return sum;
}

// Of a head's rows as halves have them, their places where pairs are consecutive, or back.
void reorder_rows(AdapterTensor& tensor, int heads, int head_rows, RopePairs to) {
  if (tensor.rows != int64_t{heads} * head_rows) return;  // refused for its shape later
  const int half = head_rows / 2;
  std::vector<float> row(tensor.rows);
  for (int64_t k = 0; k < int64_t{tensor.count} * tensor.rank; ++k) {
    float* const values = tensor.b.data() + k * tensor.rows;
    std::copy_n(values, tensor.rows, row.begin());
    for (int head = 0; head < heads; ++head) {
      for (int i = 0; i < 2 * half; ++i) {
        const int64_t first = int64_t{head} * head_rows;
        const int64_t halves = first + (i % 2) * half + i / 2, consecutive = first + i;
        const bool is_to = to == RopePairs::consecutive;
        values[is_to ? consecutive : halves] = row[is_to ? halves : consecutive];
      }
    }
  }
}

}  // namespace

Status Adapter::read(const gguf::File& file) {
  if (auto status = check_kind(file); !status) return status;
  if (file.find("general.architecture") != nullptr) {
    const auto architecture = file.string("general.architecture");
    if (!architecture.ok()) return architecture.error();
    architecture_ = *architecture;
  }
  if (file.find(huggingface::halves_key) != nullptr) pairs_ = RopePairs::halves;
  const auto alpha = file.number_or("adapter.lora.alpha", 0);
  if (!alpha.ok()) return alpha.error();
  for (const gguf::TensorInfo& tensor : file.tensors()) {
    const std::string_view name = tensor.name;
    const bool is_a = name.ends_with(suffix_a);
    if (!is_a && !name.ends_with(suffix_b)) {
      return fail(file.place_of(tensor),
                  ": is no matrix of an adapter (its name ends neither in .lora_a nor .lora_b)");
    }
    const std::string target(name.substr(0, name.size() - suffix_a.size()));
    const std::string other = concat(target, is_a ? suffix_b : suffix_a);
    const gguf::TensorInfo* const pair = file.find_tensor(other);
    if (pair == nullptr) return fail(file.place_of(tensor), ": has no tensor ", other, " to it");
    if (!is_a) continue;
    auto read = read_pair(file, tensor, *pair, *alpha);
    if (!read.ok()) return read.error();
    tensors_.emplace(target, std::move(*read));
  }
  if (tensors_.empty()) return fail(file.path(), ": the adapter holds no tensors");
  fingerprint_ = fingerprint_of(tensors_);
  return base::Done{};
}

Result<std::shared_ptr<const Adapter>> Adapter::open(const std::string& path) {
  const auto file = open_file(path);
  if (!file.ok()) return file.error();
  auto adapter = std::make_shared<Adapter>();
  adapter->path_ = path;
  if (auto status = adapter->read(*file); !status) return status.error();
  return std::shared_ptr<const Adapter>(std::move(adapter));
}

int64_t Adapter::bytes() const {
  size_t values = 0;
  for (const auto& [name, tensor] : tensors_) values += tensor.a.size() + tensor.b.size();
  return static_cast<int64_t>(values * sizeof(float));
}

Status Adapter::check_base(const Config& config, const std::string& model_path) const {
  if (architecture_.empty() || architecture_ == config.architecture) return base::Done{};
  return fail(path_, ": the adapter is for models of the architecture ", in_quotes(architecture_),
              ", and ", model_path, " is ", in_quotes(config.architecture),
              "; choose the model that it was trained on");
}

std::shared_ptr<const Adapter> Adapter::in_order_of(const Config& config) const {
  auto adapter = std::make_shared<Adapter>(*this);
  if (!is_permuted_in_gguf(config) || pairs_ == config.rope.pairs) return adapter;
  const Gqa& gqa = config.gqa;
  for (auto& [name, tensor] : adapter->tensors_) {
    if (name.ends_with(".attn_q.weight")) {
      reorder_rows(tensor, gqa.heads, gqa.key_dim, config.rope.pairs);
    }
    if (name.ends_with(".attn_k.weight")) {
      reorder_rows(tensor, gqa.kv_heads, gqa.key_dim, config.rope.pairs);
    }
  }
  adapter->pairs_ = config.rope.pairs;
  return adapter;
}

const AdapterTensor* Adapter::find(std::string_view tensor) const {
  const auto found = tensors_.find(tensor);
  return found == tensors_.end() ? nullptr : &found->second;
}

}  // namespace engine::model
