// What a user names when a model is to be loaded: an address, or a file of the Hugging Face hub.
#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"

namespace engine::remote {

struct ModelSource {
  struct File {
    std::string url;
    std::string name;  // the last part of the path: what it is called here
  };
  std::vector<File> files;  // more than one for a model in parts, the first one first
};

// `text` is a URL, or hf:OWNER/REPO/FILE, with folders before FILE where there are some. `hub` is
// the hub's address, without a slash at its end. Of a model in parts (…-00001-of-00009.gguf) any
// one names all. Errors say what is wrong; contacts nobody.
base::Result<ModelSource> find_model_source(const std::string& text, const std::string& hub);

}  // namespace engine::remote
