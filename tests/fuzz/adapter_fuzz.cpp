// Any bytes as a LoRA adapter of a small model: refused, or what it adds is as large as it says.
#include "tests/fuzz/adapter_input.h"

#include "tests/engine/model/model_file.h"

namespace {

std::shared_ptr<const engine::gguf::File> small_model(const support::TemporaryFolder& folder) {
  auto model = model_file::small();
  const std::string path = folder.path("model.gguf");
  INVARIANT(engine::cli::write_random_model(model, path).ok());
  auto file = engine::gguf::File::open(path);
  INVARIANT(file.ok());
  return std::make_shared<const engine::gguf::File>(std::move(*file));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const support::TemporaryFolder folder;
  static const auto file = small_model(folder);
  fuzz::AdapterFigures figures;
  fuzz::feed_adapter({reinterpret_cast<const char*>(data), size}, folder, file, figures);
  return 0;
}
