// What the tests of prompts share: a real vocabulary and real files.
#pragma once

#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>

#include "engine/tokenizer/tokenizer.h"
#include "lsp/context/prompt.h"
#include "tests/support/catch.h"

namespace lsp::context {

inline const Tokenizer& tokenizer() {
  static const Tokenizer loaded = [] {
    auto file =
        engine::gguf::File::open(LEMMA_SOURCE_DIR "/tests/golden/tokenizer/deepseek-coder.gguf");
    REQUIRE(file.ok());
    auto tokenizer = Tokenizer::load(*file);
    REQUIRE(tokenizer.ok());
    return std::move(*tokenizer);
  }();
  return loaded;
}

inline int count(std::string_view text) {
  return static_cast<int>(
      tokenizer().encode(text, engine::tokenizer::SpecialTokens::literal).size());
}

inline std::string read_file(const std::string& path) {
  std::ifstream file(std::string(LEMMA_SOURCE_DIR "/") + path);
  REQUIRE(file);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

inline OpenText open_text(std::string_view path, std::string_view text,
                          std::string_view language_id = "") {
  OpenText open;
  open.document = std::make_shared<const text::Document>(
      "file:///w/" + std::string(path), std::string(language_id), 1, std::string(text));
  open.tree = syntax::Tree::parse(open.document, nullptr);
  open.path = path;
  return open;
}

// A Python file of `functions` functions, each of eight lines.
inline std::string long_python_file(int functions) {
  std::string text = "import os\nfrom json import loads\n\n\nclass Store:\n";
  for (int i = 0; i < functions; ++i) {
    const std::string n = std::to_string(i);
    text += "    def load_" + n + "(self, path, limit=" + n + "):\n        \"\"\"Loads part " + n +
            ".\"\"\"\n        name = os.path.join(self.root, path)\n        total = 0\n" +
            "        for line in open(name):\n            total += len(line) * limit\n" +
            "        return total + " + n + "\n\n";
  }
  return text;
}

}  // namespace lsp::context
