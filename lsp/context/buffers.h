// What the open documents say, as the token ids that the memory (engine/decode/memory) wants.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "engine/decode/memory/buffers.h"
#include "engine/tokenizer/tokenizer.h"
#include "lsp/context/prompt.h"

namespace lsp::context {

// Keeps the encodings of open documents, so that a keystroke encodes a few lines and no more.
// One for each tokenizer.
//
// Thread safety: all methods may be called from any thread.
class BufferCache {
 public:
  explicit BufferCache(const Tokenizer& tokenizer);
  ~BufferCache();

  // `before` ends `healed_bytes` before the cursor: with what session::Request::typed begins.
  // `read`, where it is wanted, gets what the memory reads of other documents. What is far from the
  // cursor and not indexed yet is indexed for as long as `patience`, the rest with later requests.
  using Patience = std::chrono::microseconds;
  std::shared_ptr<const engine::decode::memory::Buffers> buffers(
      const PromptInput& input, size_t healed_bytes, std::vector<Source>* read = nullptr,
      Patience patience = Patience::max());
  // Encodes ahead what will be asked for as other documents.
  void prepare(std::span<const OpenText> others);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lsp::context
