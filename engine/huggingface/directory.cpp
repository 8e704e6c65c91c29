#include "engine/huggingface/directory.h"

#include <filesystem>

#include "engine/base/format.h"
#include "engine/huggingface/fields.h"
#include "engine/huggingface/metadata.h"
#include "engine/huggingface/names.h"
#include "engine/huggingface/tensors.h"
#include "engine/huggingface/vocabulary.h"

namespace engine::huggingface {
namespace {

namespace fs = std::filesystem;

base::Error no_model(const std::string& path) {
  std::error_code ignored;  // a folder that cannot be read has no files
  for (const auto& entry : fs::directory_iterator(path, ignored)) {
    if (entry.path().extension() != ".gguf") continue;
    return base::fail(path, ": is a folder; of the GGUF files in it, name one, such as ",
                      entry.path().string());
  }
  return base::fail(path,
                    ": is a folder without config.json; a model directory has config.json, "
                    "tokenizer.json and its weights in safetensors");
}

}  // namespace

base::Result<gguf::File> open_directory(const std::string& path) {
  std::error_code ignored;
  if (!fs::exists(path + "/config.json", ignored)) return no_model(path);
  auto config = Fields::open(path + "/config.json");
  if (!config) return config.error();
  gguf::Assembly model(path, name_from_gguf);
  const auto choice = add_metadata(*config, model);
  if (!choice) return choice.error();
  const std::string name = fs::path(path + "/").lexically_normal().parent_path().filename();
  model.add("general.name", std::string_view(name), path);
  if (auto status = add_vocabulary(path, *config, model); !status) return status.error();
  if (auto status = add_tensors(path, *choice, model); !status) return status.error();
  return model.finish();
}

}  // namespace engine::huggingface
