#include "lsp/http/prompt.h"

#include <algorithm>

#include "engine/base/format.h"
#include "lsp/context/header.h"
#include "lsp/context/prompt.h"

namespace lsp::http {
namespace {

using engine::tokenizer::SpecialTokens;
using engine::tokenizer::Token;
using engine::tokenizer::Tokenizer;

// Where the context is short, an answer that may take all of it leaves this part to the prompt.
constexpr int least_prompt_part = 2;
// Tokens of the form itself, and of what encodes a little longer once it was cut.
constexpr int form_tokens = 16;
// No token of code is longer; so the text beyond need not be encoded to be cut off.
constexpr size_t most_bytes_per_token = 64;

enum class Keep { beginning, end };

// A text within a budget of tokens.
class Cutter {
 public:
  explicit Cutter(const Tokenizer& tokenizer) : tokenizer_(tokenizer) {}

  // As much of `text` as fits, whole lines where there is one; `room` becomes what is left.
  std::string cut(std::string_view text, Keep keep, size_t most, size_t& room) {
    most = std::min(most, room);
    const size_t bytes = std::min(text.size(), most * most_bytes_per_token);
    std::string_view kept =
        keep == Keep::end ? text.substr(text.size() - bytes) : text.substr(0, bytes);
    auto tokens = tokenizer_.encode(kept, SpecialTokens::literal);
    if (tokens.size() > most) {
      tokens = keep == Keep::end
                   ? std::vector(tokens.end() - static_cast<long>(most), tokens.end())
                   : std::vector(tokens.begin(), tokens.begin() + static_cast<long>(most));
      const size_t size = tokenizer_.decode(tokens).size();
      kept = keep == Keep::end ? kept.substr(kept.size() - size) : kept.substr(0, size);
    }
    if (kept.size() < text.size()) kept = whole_lines(kept, keep);
    truncated_ = truncated_ || kept.size() < text.size();
    room -= std::min(room, tokens.size());
    return std::string(kept);
  }

  bool truncated() const { return truncated_; }

 private:
  static std::string_view whole_lines(std::string_view text, Keep keep) {
    const size_t newline = keep == Keep::end ? text.find('\n') : text.rfind('\n');
    if (newline == std::string_view::npos) return text;
    return keep == Keep::end ? text.substr(newline + 1) : text.substr(0, newline + 1);
  }

  const Tokenizer& tokenizer_;
  bool truncated_ = false;
};

// The latest come last and stay longest; each is whole or left out.
std::string preamble_of(const Question& question, const Tokenizer& tokenizer, size_t room,
                        bool& truncated) {
  std::string preamble;
  for (auto extra = question.extra.rbegin(); extra != question.extra.rend(); ++extra) {
    if (context::is_secret_path(extra->name)) continue;
    std::string text =
        context::header_line(extra->name, syntax::language_of("", extra->name, extra->text)) +
        extra->text + "\n";
    const size_t tokens = text.size() > room * most_bytes_per_token
                              ? room + 1
                              : tokenizer.encode(text, SpecialTokens::literal).size();
    if (tokens > room) {
      truncated = true;
      break;
    }
    room -= tokens;
    preamble = text + preamble;
  }
  return preamble;
}

Prepared fill_gap(const Question& question, const engine::session::Engine& engine,
                  int most_prompt) {
  const Tokenizer& tokenizer = engine.tokenizer();
  // What was typed is the cursor's line, in whichever field its beginning came.
  const size_t line = question.prefix.rfind('\n') + 1;  // npos + 1 is 0
  const std::string_view before = std::string_view(question.prefix).substr(0, line);
  const std::string typed = question.prefix.substr(line) + question.typed;
  Cutter cutter(tokenizer);
  size_t room = static_cast<size_t>(std::max(most_prompt - form_tokens, form_tokens));
  const size_t quarter = room / 4;
  context::Prompt prompt;
  prompt.typed = cutter.cut(typed, Keep::end, quarter, room);
  prompt.suffix = cutter.cut(question.suffix, Keep::beginning, quarter, room);
  prompt.prefix = cutter.cut(before, Keep::end, room, room);
  bool truncated = cutter.truncated();
  prompt.preamble = preamble_of(question, tokenizer, room, truncated);
  auto encoded = context::encode(prompt, tokenizer, context::Healing::last_tokens);
  Prepared prepared;
  prepared.request.prompt = std::move(encoded.tokens);
  prepared.request.typed = std::move(encoded.healed);
  prepared.truncated = truncated;
  return prepared;
}

}  // namespace

base::Result<Prepared> prepare(const Question& question, const engine::session::Engine& engine,
                               const Chat* chat) {
  const Tokenizer& tokenizer = engine.tokenizer();
  const int context = engine.context_tokens();
  const int answer = std::min(question.max_tokens.value_or(context), context);
  Prepared prepared;
  std::vector<Token>& prompt = prepared.request.prompt;
  if (chat != nullptr) {
    auto tokens = chat->form->tokens_of(question.messages, tokenizer);
    if (!tokens) return tokens.error();
    prompt = std::move(*tokens);
  } else if (question.has_gap) {
    if (!tokenizer.fim() && question.route != Route::infill) {
      return base::fail("'suffix': this model has no tokens to fill a gap with; leave it out");
    }
    const int least_prompt = context / least_prompt_part;
    prepared = fill_gap(question, engine, std::max(context - answer, least_prompt));
  } else {
    // The prompt is the client's own: its template's special tokens mean what they say.
    const std::string foreign(question.prefix.size(), '\0');
    prompt = tokenizer.encode(question.prefix, foreign);
    const auto bos = tokenizer.bos();
    if (bos && (prompt.empty() || prompt.front() != *bos)) prompt.insert(prompt.begin(), *bos);
  }
  if (prompt.empty()) return base::fail("'prompt' is empty");
  if (!question.has_gap && static_cast<int>(prompt.size()) >= context) {
    return base::fail(chat != nullptr ? "the conversation has " : "'prompt' has ", prompt.size(),
                      " tokens, and the context holds ", context);
  }
  const int room = context - static_cast<int>(prompt.size());
  prepared.request.max_tokens = std::min(question.max_tokens.value_or(room), room);
  prepared.request.sampling = question.sampling;
  prepared.request.stop_texts = question.stop_texts;
  if (chat != nullptr) {
    const auto& turns = chat->form->stop_texts();
    auto& stops = prepared.request.stop_texts;
    stops.insert(stops.end(), turns.begin(), turns.end());
  }
  return prepared;
}

}  // namespace lsp::http
