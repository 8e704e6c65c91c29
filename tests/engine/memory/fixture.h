// Small random corpora and memory files made of them, over the toy vocabulary.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "engine/decode/memory/builder.h"
#include "engine/decode/memory/corpus.h"
#include "engine/decode/memory/fit.h"
#include "tests/support/toy_vocabulary.h"

namespace engine::decode::memory {

inline const tokenizer::Tokenizer& toy() {
  static const tokenizer::Tokenizer tokenizer = support::toy_tokenizer();
  return tokenizer;
}

// A path of its own that is removed with it.
class TemporaryPath {
 public:
  explicit TemporaryPath(const std::string& name)
      : path_(std::filesystem::temp_directory_path() /
              ("lemma-memory-" + std::to_string(::getpid()) + "-" + name)) {}
  TemporaryPath(const TemporaryPath&) = delete;
  TemporaryPath& operator=(const TemporaryPath&) = delete;
  ~TemporaryPath() { std::filesystem::remove_all(path_); }

  std::string str() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

inline std::vector<Text> random_texts(std::mt19937& random, int alphabet) {
  std::vector<Text> texts(1 + random() % 6);
  for (Text& text : texts) {
    text.family = static_cast<int>(random() % 2);
    text.project = random() % 4;
    text.tokens.resize(random() % 30);
    for (Token& token : text.tokens) token = static_cast<Token>(random() % alphabet);
  }
  return texts;
}

inline std::vector<const Text*> pointers(const std::vector<Text>& texts) {
  std::vector<const Text*> result;
  for (const Text& text : texts) result.push_back(&text);
  return result;
}

inline void quiet(const std::string&) {}

inline void write(const std::string& path, const std::vector<Text>& texts,
                  const FileOptions& options) {
  static const std::vector<float> weights = initial_weights();
  const auto status = write_memory(path, pointers(texts), weights, toy(), options, quiet);
  if (!status) throw std::runtime_error(status.message());
}

inline std::unique_ptr<const Corpus> write_and_open(const std::string& path,
                                                    const std::vector<Text>& texts,
                                                    const FileOptions& options) {
  write(path, texts, options);
  auto corpus = Corpus::open(path, toy());
  if (!corpus) throw std::runtime_error(corpus.message());
  return std::move(*corpus);
}

}  // namespace engine::decode::memory
