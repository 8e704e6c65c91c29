#include "lsp/features/inquiry.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "lsp/context/header.h"
#include "lsp/features/members.h"
#include "lsp/features/names.h"
#include "lsp/features/redefinition.h"
#include "lsp/text/utf8.h"
#include "lsp/text/word.h"

namespace lsp::features {
namespace {

using engine::session::Piece;

bool continues_word(std::string_view right) {
  return !right.empty() && text::is_word(right.front());
}

// From the start of the word that the cursor is in.
size_t known_length(const Scene& scene, const std::vector<ScoredPiece>& pieces,
                    const Fitted& fitted, double least, std::span<const context::OpenText> others) {
  size_t typed = 0;
  while (typed < scene.line_before.size() &&
         continues_word(scene.line_before.substr(scene.line_before.size() - typed - 1))) {
    ++typed;
  }
  const size_t begin = scene.cursor - typed;
  const std::string text = std::string(scene.before.substr(begin)) + fitted.text;
  const Suggested suggested{scene.text, {begin, scene.cursor + fitted.replaced_right}, text};
  return known_length(suggested, typed, pieces, least, others);
}

// A string that is not closed yet does not parse, and a `#` or `//` in it looks like a comment.
bool is_in_comment(const CompletionInput& input) {
  const auto& tree = input.here.tree;
  if (!tree || tree->place_at(input.cursor) != syntax::Place::comment) return false;
  const text::Document& document = *input.here.document;
  const size_t begin = document.line_range(document.line_at(input.cursor)).begin;
  const std::string_view line = document.text().substr(begin, input.cursor - begin);
  const std::string_view mark = syntax::line_comment(tree->language());
  char quote = '\0';
  bool quoted_mark = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const std::string_view rest = line.substr(i);
    const bool is_mark = (!mark.empty() && rest.starts_with(mark)) || rest.starts_with("/*");
    if (is_mark && quote == '\0') return true;
    quoted_mark = quoted_mark || is_mark;
    if (line[i] == '\\') {
      ++i;
    } else if (quote == line[i]) {
      quote = '\0';
    } else if (quote == '\0' && std::string_view("\"'`").find(line[i]) != std::string_view::npos) {
      quote = line[i];
    }
  }
  return quote == '\0' || !quoted_mark;
}

std::string as_characters(const std::string& bytes) {
  if (text::is_valid_utf8(bytes)) return bytes;
  constexpr const char* digits = "0123456789abcdef";
  std::string text;
  for (const char each : bytes) {
    const auto byte = static_cast<unsigned char>(each);
    text += {'\\', 'x', digits[byte / 16], digits[byte % 16]};
  }
  return text;
}

// Of the pieces that the first `length` bytes are made of.
std::vector<TokenExperts> experts_of(const std::vector<ScoredPiece>& pieces, size_t length) {
  std::vector<TokenExperts> experts;
  size_t begin = 0;
  for (const ScoredPiece& piece : pieces) {
    if (begin >= length) break;
    if (!piece.experts.empty()) experts.push_back({as_characters(piece.bytes), piece.experts});
    begin += piece.bytes.size();
  }
  return experts;
}

// What is known to stand there, and better than `guess`; see members.h. Nothing in most places.
std::optional<Completion> known_member(const CompletionInput& input, const Scene& scene,
                                       std::string_view guess) {
  if (input.related == nullptr || input.selected) return std::nullopt;
  const std::string rest = only_member(input.related->members, scene.before, guess);
  if (rest.size() < least_characters) return std::nullopt;
  const auto& tree = input.here.tree;
  if (tree && tree->place_at(input.cursor) != syntax::Place::code) return std::nullopt;
  Completion completion;
  completion.text = std::string(scene.line_before) + rest;
  completion.range = {input.cursor - scene.line_before.size(), input.cursor};
  completion.context.push_back({"what is imported here", "one member alone begins as typed", 1});
  return completion;
}

}  // namespace

Scene scene_of(const CompletionInput& input) {
  Scene scene{input.here, input.cursor, {}, {}, {}, {}, {}};
  if (input.selected) {
    const text::Range range = input.selected->range;
    const text::Document& document = *input.here.document;
    // The tree and the version belong to the text without the item; nobody else sees this snapshot.
    scene.text.document = document.edit(range, input.selected->text, document.version());
    scene.text.tree = nullptr;
    scene.cursor = range.begin + input.selected->text.size();
  }
  const text::Document& document = *scene.text.document;
  const text::Range line = document.line_range(document.line_at(scene.cursor));
  const std::string_view whole = document.text();
  scene.line_before = whole.substr(line.begin, scene.cursor - line.begin);
  scene.line_after = whole.substr(scene.cursor, line.end - scene.cursor);
  scene.following = whole.substr(line.end);
  scene.before = whole.substr(0, scene.cursor);
  scene.language = syntax::language_of(document.language_id(), document.uri(), whole);
  return scene;
}

std::optional<Filled> ask_elsewhere(const Inquiry& inquiry, int draw, double least,
                                    std::stop_token stop, Clock::time_point until) {
  const CompletionInput& input = inquiry.input;
  const context::Prompt& prompt = inquiry.prompt;
  if (input.elsewhere == nullptr) return std::nullopt;
  Filled filled{Collector(inquiry.scene, input.extent, 0, least), {}, true};
  const auto asked = Clock::now();
  auto outcome = input.elsewhere->fill(
      {prompt.preamble + prompt.prefix + prompt.typed, prompt.suffix, input.max_tokens, draw},
      [&](std::string_view text) {
        return Clock::now() <= until && filled.collector.take({.bytes = std::string(text)});
      },
      std::move(stop));
  if (!outcome) return std::nullopt;
  filled.outcome = std::move(*outcome);
  filled.engine_ms = std::chrono::duration<double, std::milli>(Clock::now() - asked).count();
  return filled;
}

Filled ask_engine(Inquiry& inquiry, const Branch& from, double least, context::BufferCache& buffers,
                  engine::session::Engine& engine, std::stop_token stop, Clock::time_point until) {
  const CompletionInput& input = inquiry.input;
  const std::string& healed = inquiry.encoded.healed;
  if (!inquiry.buffers) {
    auto* read = input.memory == Memory::none ? nullptr : &inquiry.prompt.sources;
    inquiry.buffers =
        buffers.buffers(inquiry.prompt_input, healed.size(), read, input.index_patience);
  }
  Filled filled{Collector(inquiry.scene, input.extent, healed.size(), least)};
  filled.log_before = from.log_probability() + std::log(from.left);
  engine::session::Request request;
  request.buffers = inquiry.buffers;
  request.prompt = inquiry.encoded.tokens;
  size_t given_bytes = 0;
  for (const ScoredPiece& piece : from.given) {
    request.prompt.push_back(piece.token);
    const std::string bytes(engine.tokenizer().bytes(piece.token));
    given_bytes += bytes.size();
    filled.collector.take({piece.token, bytes, 0, piece.experts, piece.model_log_probability});
  }
  request.typed = healed.substr(std::min(given_bytes, healed.size()));
  request.max_tokens = std::max(1, input.max_tokens - static_cast<int>(from.given.size()));
  request.priority = input.priority;
  request.search = line_search(least);
  request.search.not_first = from.not_next;
  request.tells_experts = true;  // who asks why does so afterwards; it costs next to nothing
  bool is_first = true;
  const auto asked = Clock::now();
  filled.outcome = engine.generate(std::move(request), stop, [&](const Piece& piece) {
    if (Clock::now() > until) return false;
    if (!std::exchange(is_first, false)) return filled.collector.take(piece);
    Piece first = piece;
    first.log_probability -= static_cast<float>(std::log(from.left));
    return filled.collector.take(first);
  });
  filled.engine_ms = std::chrono::duration<double, std::milli>(Clock::now() - asked).count();
  return filled;
}

Completion completion_of(const Inquiry& inquiry, const Filled& filled, double least) {
  const auto& [input, scene] = std::tie(inquiry.input, inquiry.scene);
  const std::span<const context::OpenText> others = inquiry.prompt_input.others;
  const Collector& collector = filled.collector;
  auto [fitted, silence] = settle(scene, collector, filled.outcome.reason, least);
  if (!fitted.text.empty()) {
    const auto known = known_length(scene, collector.pieces(), fitted, least, others);
    fitted.text.resize(known);
    if (known == 0) silence = "the model is not sure, and uses a name that is defined nowhere";
  }
  Completion completion{.range = {input.cursor, input.cursor}, .silence = silence};
  auto known = filled.elsewhere ? std::nullopt : known_member(input, scene, fitted.text);
  if (known) {
    known->outcome = filled.outcome;
    return std::move(*known);
  }
  completion.outcome = filled.outcome;
  if (fitted.text.empty()) return completion;
  if (input.selected && fitted.replaced_right > 0) {
    completion.silence = "what stands after the cursor does not go with the menu's selected item";
    return completion;
  }
  if (input.selected) {
    completion.range = input.selected->range;
    completion.text = input.selected->text + fitted.text;
  } else {
    // From the start of the line: an editor that accepts word by word then never redraws it.
    completion.range = {input.cursor - scene.line_before.size(),
                        input.cursor + fitted.replaced_right};
    completion.text = std::string(scene.line_before) + fitted.text;
  }
  if (!filled.elsewhere) {
    completion.log_probability =
        filled.log_before + log_probability_of(collector.pieces(), fitted.text.size());
  }
  completion.model_log_probability =
      model_log_probability_of(collector.pieces(), fitted.text.size());
  completion.experts = experts_of(collector.pieces(), fitted.text.size());
  return completion;
}

size_t length_there_already(const Inquiry& inquiry, const Completion& completion) {
  if (inquiry.input.selected || completion.text.empty()) return 0;
  const size_t length = length_there_already(inquiry.scene, completion.text);
  return length - std::min(length, inquiry.scene.line_before.size());
}

std::vector<ScoredPiece> line_of(const Filled& filled, const Branch& from, size_t shown_bytes) {
  std::vector<ScoredPiece> line;
  size_t bytes = 0;
  for (const ScoredPiece& piece : filled.collector.pieces()) {
    const size_t place = line.size();
    if (place > from.given.size() && shown_bytes > 0 && bytes >= shown_bytes) break;
    line.push_back(place < from.given.size() ? from.given[place] : piece);
    if (place == from.given.size()) line.back().log_probability += std::log(from.left);
    bytes += piece.bytes.size();
    if (piece.bytes.find('\n') != std::string::npos) break;
  }
  return line;
}

Completion silent(const CompletionInput& input, std::string why) {
  return {.range = {input.cursor, input.cursor}, .silence = std::move(why)};
}

std::string why_not(const CompletionInput& input, const Scene& scene) {
  const bool is_secret = context::is_secret_path(input.here.path) ||
                         context::is_secret_path(input.here.document->uri());
  if (is_secret) return "this is a file of secrets";
  if (input.comments == Comments::leave && input.trigger == Trigger::automatic &&
      is_in_comment(input)) {
    return "the cursor is inside a comment; completion.comments may be switched on";
  }
  return continues_word(scene.line_after) ? "the cursor is inside a word" : "";
}

Inquiry inquire(const CompletionInput& input, Scene scene, context::Anchor& anchor,
                const engine::session::Engine& engine) {
  std::vector<context::OpenText> others;
  const int for_others = context::tokens_for_others(engine.context_tokens());
  context::PromptInput prompt_input{
      scene.text, scene.cursor, input.others,
      context::prompt_budget(engine.context_tokens(), input.max_tokens)};
  if (input.related != nullptr) {
    others = context::with_related(input.others, *input.related, *scene.text.document);
  }
  if (input.related != nullptr && for_others > 0) {
    prompt_input.others = others;
    prompt_input.signatures = input.related->signatures;
  }
  prompt_input.tokens_for_others = for_others;
  prompt_input.diagnostics = input.diagnostics;
  context::Prompt prompt = context::build_prompt(prompt_input, engine.tokenizer(), anchor);
  if (input.related != nullptr) {  // for the memory, in any case
    others = context::with_members(std::move(others), *input.related);
    prompt_input.others = others;
  }
  context::EncodedPrompt encoded =
      context::encode(prompt, engine.tokenizer(), context::Healing::last_tokens);
  return {input,
          std::move(scene),
          std::move(prompt_input),
          std::move(prompt),
          std::move(encoded),
          std::move(others)};
}

Completion told(Completion completion, const Inquiry& inquiry, const Filled& filled) {
  completion.engine_ms = filled.engine_ms;
  const auto& sources = inquiry.prompt.sources;
  completion.context.insert(completion.context.begin(), sources.begin(), sources.end());
  if (filled.elsewhere) {
    completion.context.push_back({"what " + inquiry.input.elsewhere->name + " has written",
                                  "remote.completes is set",
                                  std::max(1, filled.outcome.generated_tokens)});
  }
  return completion;
}

}  // namespace lsp::features
