#include "engine/cli/memory_model.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "engine/base/format.h"
#include "engine/decode/distribution.h"

namespace engine::cli {
namespace {

using decode::memory::Cut;
using tokenizer::Token;

// As the language server's prompts are (lsp/context/prompt.h): how far the model is to be trusted
// depends on how much it sees.
constexpr size_t longest_prompt = 1024;  // tokens
constexpr size_t longest_suffix = 256;

// BOS fim_begin PREFIX fim_hole SUFFIX fim_end TYPED MIDDLE; TYPED begins with the cursor's line.
std::vector<Token> prompt_of(const Cut& cut, const tokenizer::Tokenizer& tokenizer, size_t room) {
  const auto ends_line = [&](Token token) {
    return tokenizer.bytes(token).find('\n') != std::string_view::npos;
  };
  const auto last_end = std::find_if(cut.before.rbegin(), cut.before.rend(), ends_line);
  std::span<const Token> prefix =
      cut.before.first(static_cast<size_t>(cut.before.rend() - last_end));
  std::span<const Token> typed = cut.before.subspan(prefix.size());
  const auto suffix =
      std::span<const Token>(cut.after).first(std::min(cut.after.size(), longest_suffix));
  constexpr size_t marks = 5;
  room -= std::min(room, marks + suffix.size() + cut.middle.size());
  typed = typed.last(std::min(typed.size(), room));
  prefix = prefix.last(std::min(prefix.size(), room - typed.size()));

  std::vector<Token> prompt;
  const tokenizer::FimTokens fim = *tokenizer.fim();
  const auto add = [&](Token mark, std::span<const Token> text) {
    prompt.push_back(mark);
    prompt.insert(prompt.end(), text.begin(), text.end());
  };
  if (tokenizer.bos()) prompt.push_back(*tokenizer.bos());
  const bool suffix_first = fim.order == tokenizer::FimOrder::suffix_first;
  if (suffix_first) add(fim.suffix, suffix);
  add(fim.prefix, prefix);
  if (!suffix_first) add(fim.suffix, suffix);
  prompt.push_back(fim.middle);
  prompt.insert(prompt.end(), typed.begin(), typed.end());
  return prompt;
}

}  // namespace

decode::memory::Predict predict_with(std::shared_ptr<backend::Backend> backend,
                                     const tokenizer::Tokenizer& tokenizer) {
  return [backend, &tokenizer](const Cut& cut) -> base::Result<std::vector<float>> {
    const size_t vocabulary = static_cast<size_t>(backend->config().vocab_size);
    const size_t context = static_cast<size_t>(backend->config().context_length);
    std::vector<Token> tokens = prompt_of(cut, tokenizer, std::min(longest_prompt, context));
    const size_t first_wanted = tokens.size() - 1;
    tokens.insert(tokens.end(), cut.middle.begin(), cut.middle.end() - 1);

    std::vector<backend::BatchToken> batch;
    for (size_t i = 0; i < tokens.size(); ++i) {
      batch.push_back({tokens[i], static_cast<int32_t>(i), 0, i >= first_wanted});
    }
    std::vector<backend::BlockId> blocks;
    for (int i = 0; i < backend->block_count(); ++i) blocks.push_back(i);
    const std::span<const backend::BlockId> tables[] = {blocks};
    std::vector<float> logits(cut.middle.size() * vocabulary);
    const auto end = backend->run({batch, tables}, logits, {});
    if (!end) return end.error();

    std::vector<float> rows;
    for (size_t i = 0; i < cut.middle.size(); ++i) {
      // A model's rows may be padded beyond the vocabulary.
      const auto row = std::span<float>(logits).subspan(i * vocabulary, tokenizer.size());
      if (!decode::log_softmax(row)) return base::fail("the model's logits are not finite");
      rows.insert(rows.end(), row.begin(), row.end());
    }
    return rows;
  };
}

}  // namespace engine::cli
