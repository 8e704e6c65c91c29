#include "lsp/context/gap.h"

#include <algorithm>

#include "engine/base/format.h"

namespace lsp::context {
namespace {

constexpr size_t bytes_per_token = 4;  // where nothing is known yet; shown bytes only get fewer

struct Cut {
  Prompt prompt;
  size_t before;  // bytes of the prefix and what was typed
};

// Two thirds of the bytes before the gap, one behind it.
Cut cut(const Gap& gap, size_t bytes) {
  const std::string& before = gap.before;
  size_t begin = before.size() - std::min(before.size(), bytes - bytes / 3);
  if (begin > 0 && before[begin - 1] != '\n') {
    begin = std::min(before.find('\n', begin), before.size() - 1) + 1;
  }
  const size_t line = std::max(before.rfind('\n') + 1, begin);  // npos + 1 is 0
  Cut result{{}, before.size() - begin};
  result.prompt.prefix = before.substr(begin, line - begin);
  result.prompt.typed = before.substr(line);
  const bool all = gap.after.size() <= bytes / 3;
  result.prompt.suffix =
      gap.after.substr(0, all ? gap.after.npos : gap.after.rfind('\n', bytes / 3) + 1);
  return result;
}

}  // namespace

engine::base::Result<GapPrompt> prompt_of(const Gap& gap, const Tokenizer& tokenizer, int room) {
  if (!tokenizer.fim()) {
    return engine::base::fail(
        "it does not fill gaps, as it has no tokens for what stands behind one; name another "
        "'model'");
  }
  const size_t whole = gap.before.size() + gap.after.size();
  // All of a short text is shown, however it is divided.
  size_t bytes =
      std::min({gap.most, static_cast<size_t>(std::max(room, 0)) * bytes_per_token, 3 * whole + 3});
  for (; bytes > 0; bytes = bytes * 3 / 4) {
    const Cut part = cut(gap, bytes);
    if (part.before < gap.needed) break;
    EncodedPrompt encoded = encode(part.prompt, tokenizer, Healing::last_tokens);
    if (encoded.tokens.size() <= static_cast<size_t>(std::max(room, 0))) {
      return GapPrompt{std::move(encoded), part.prompt.typed};
    }
  }
  return engine::base::fail("what stands before the gap does not fit: of its context, it has ",
                            std::max(room, 0), " tokens for that");
}

}  // namespace lsp::context
