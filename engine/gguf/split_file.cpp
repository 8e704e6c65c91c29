// Models in several files, as llama-gguf-split writes them.
#include <utility>

#include "engine/base/format.h"
#include "engine/base/split_name.h"
#include "engine/gguf/file.h"

namespace engine::gguf {
namespace {

using base::fail;
using base::Result;
using base::Status;

constexpr uint64_t most_parts = 65535;  // split.count has 16 bits

// "-00001-of-00003.gguf" of part 0 of 3
std::string ending_of(uint64_t number, uint64_t count) {
  return base::SplitName{"", number + 1, count}.text();
}

}  // namespace

Status File::check_part(uint64_t number, uint64_t count) const {
  const auto own_count = integer("split.count");
  if (!own_count) return own_count.error();
  const auto own_number = integer("split.no");
  if (!own_number) return own_number.error();
  if (*own_number == number && *own_count == count) return base::Done{};
  return fail(place_of("split.no"), ": is ", *own_number, " of ", *own_count,
              ", but the file is named as part ", number, " of ", count, " (counted from 0)");
}

Status File::append(File part, uint64_t number, uint64_t count) {
  if (auto status = part.check_part(number, count); !status) return status;
  for (TensorInfo& tensor : part.tensors_) {
    if (find_tensor(tensor.name) != nullptr) {
      return fail(part.path_, ": tensor '", tensor.name,
                  "' is in an earlier part of the model too");
    }
    tensors_.push_back(std::move(tensor));
  }
  // The index views names in the mappings, which stay where they are when they change owners.
  for (const auto& [name, index] : part.tensor_index_) {
    tensor_index_.emplace(name, tensors_.size() - part.tensors_.size() + index);
  }
  further_parts_.push_back(std::move(part.mapping_));
  return base::Done{};
}

Result<File> File::open_all_parts(File any, uint64_t count) {
  if (count > most_parts) {
    return fail(any.place_of("split.count"), ": is ", count, "; it is at most ", most_parts);
  }
  const auto number = any.integer("split.no");
  if (!number) return number.error();
  const std::string ending = ending_of(*number, count);
  if (*number >= count || !any.path_.ends_with(ending)) {
    return fail(any.place_of("split.count"), ": is ", count,
                ": the other parts are found by name, so "
                "the name of this one must end in '",
                ending, "'");
  }
  const std::string stem = any.path_.substr(0, any.path_.size() - ending.size());
  auto whole = *number == 0 ? Result<File>(std::move(any)) : open_part(stem + ending_of(0, count));
  if (!whole) return whole;
  if (auto status = whole->check_part(0, count); !status) return status.error();
  for (uint64_t index = 1; index < count; ++index) {
    auto part = open_part(stem + ending_of(index, count));
    if (!part) return fail(part.message(), " (the model ", whole->path_, " has ", count, " parts)");
    if (auto status = whole->append(*std::move(part), index, count); !status) return status.error();
  }
  const auto tensors = whole->integer_or("split.tensors.count", whole->tensors_.size());
  if (!tensors) return tensors.error();
  if (*tensors != whole->tensors_.size()) {
    return fail(whole->place_of("split.tensors.count"), ": is ", *tensors, ", but the parts hold ",
                whole->tensors_.size(), " tensors");
  }
  return whole;
}

}  // namespace engine::gguf
