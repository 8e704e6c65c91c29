#include "tests/engine/model/model_file.h"

#include <unistd.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>

#include "engine/base/check.h"
#include "tests/support/memory_file.h"

namespace model_file {
namespace {

// Where the text ends, given that it is a string of the header (a length before it).
size_t end_of(const std::string& bytes, const std::string& text) {
  const uint64_t length = text.size();
  std::string entry(reinterpret_cast<const char*>(&length), sizeof length);
  entry += text;
  const size_t at = bytes.find(entry);
  INVARIANT(at != std::string::npos);
  return at + entry.size();
}

template <typename T>
void put(std::string& bytes, size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

}  // namespace

engine::cli::RandomModel small() {
  auto model = engine::cli::model_like("deepseek-v3-small").value();
  model.config.layers = 2;
  model.config.vocab_size = 300;
  return model;
}

std::string bytes_of(const engine::cli::RandomModel& model) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("lemma-model-test-" + std::to_string(getpid()) + ".gguf");
  INVARIANT(engine::cli::write_random_model(model, path).ok());
  std::ifstream file(path, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(file), {});
  std::filesystem::remove(path);
  return bytes;
}

void set_integer(std::string& bytes, const std::string& key, uint32_t value) {
  put(bytes, end_of(bytes, key) + sizeof(uint32_t), value);
}

void set_number(std::string& bytes, const std::string& key, float value) {
  put(bytes, end_of(bytes, key) + sizeof(uint32_t), value);
}

void replace(std::string& bytes, const std::string& from, const std::string& to) {
  INVARIANT(from.size() == to.size());
  bytes.replace(end_of(bytes, from) - from.size(), from.size(), to);
}

void set_shape(std::string& bytes, const std::string& tensor,
               std::initializer_list<uint64_t> shape) {
  size_t at = end_of(bytes, tensor) + sizeof(uint32_t);
  for (const uint64_t extent : shape) {
    put(bytes, at, extent);
    at += sizeof extent;
  }
}

engine::base::Result<engine::model::Weights> load(const std::string& bytes) {
  const support::MemoryFile memory(bytes);
  auto file = engine::gguf::File::open(memory.path());
  if (!file.ok()) return file.error();
  return engine::model::load_weights(std::make_shared<const engine::gguf::File>(std::move(*file)));
}

}  // namespace model_file
