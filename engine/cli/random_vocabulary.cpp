#include "engine/cli/random_vocabulary.h"

#include <string>
#include <string_view>
#include <vector>

namespace engine::cli {
namespace {

constexpr int byte_count = 256;
constexpr std::string_view specials[] = {
    "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜fim▁begin｜>",
    "<｜fim▁hole｜>",          "<｜fim▁end｜>",
};
enum TokenType { normal = 1, control = 3, unused = 5 };

// Byte-level vocabularies write printable bytes as themselves, the others as the code points from
// 256 on, in order.
std::vector<std::string> byte_texts() {
  std::vector<std::string> texts;
  int code_point = byte_count;
  for (int byte = 0; byte < byte_count; ++byte) {
    const bool printable =
        (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xff && byte != 0xad);
    const int code = printable ? byte : code_point++;
    if (code < 0x80) {
      texts.push_back({static_cast<char>(code)});
    } else {
      texts.push_back({static_cast<char>(0xc0 | code >> 6), static_cast<char>(0x80 | (code & 63))});
    }
  }
  return texts;
}

}  // namespace

void add_random_vocabulary(gguf::Writer& writer, int size) {
  if (size < byte_count + static_cast<int>(std::size(specials))) return;
  std::vector<std::string> texts = byte_texts();
  std::vector<int32_t> types(byte_count, normal);
  for (const std::string_view special : specials) {
    texts.emplace_back(special);
    types.push_back(control);
  }
  while (static_cast<int>(texts.size()) < size) {
    texts.push_back("[PAD" + std::to_string(texts.size()) + "]");
    types.push_back(unused);
  }
  writer.add("tokenizer.ggml.model", "gpt2");
  writer.add("tokenizer.ggml.pre", "deepseek-v3");
  writer.add_strings("tokenizer.ggml.tokens",
                     std::vector<std::string_view>(texts.begin(), texts.end()));
  writer.add_integers("tokenizer.ggml.token_type", types);
  writer.add_strings("tokenizer.ggml.merges", {});
  writer.add("tokenizer.ggml.bos_token_id", static_cast<uint32_t>(byte_count));
  writer.add("tokenizer.ggml.eos_token_id", static_cast<uint32_t>(byte_count + 1));
}

}  // namespace engine::cli
