// Small random model files, and the same with something wrong in their header.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/base/result.h"
#include "engine/cli/random_model.h"
#include "engine/model/weights.h"

namespace model_file {

// deepseek-v3-small with fewer layers and tokens.
engine::cli::RandomModel small();

// The bytes of the file `model` is written to.
std::string bytes_of(const engine::cli::RandomModel& model);

// Replaces the value of an integer or float key.
void set_integer(std::string& bytes, const std::string& key, uint32_t value);
void set_number(std::string& bytes, const std::string& key, float value);
// Replaces text of the same length, once.
void replace(std::string& bytes, const std::string& from, const std::string& to);
// Replaces the extents of a tensor.
void set_shape(std::string& bytes, const std::string& tensor,
               std::initializer_list<uint64_t> shape);

engine::base::Result<engine::model::Weights> load(const std::string& bytes);

}  // namespace model_file
