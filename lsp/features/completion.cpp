// The way of a suggestion: complete() asks for a prompt and the engine for its continuation; the
// Collector takes the stream until nothing more would be shown; settle() cuts what came to what is
// sure, complete and not there already (trim.h, indentation.h, brackets.h); and a name that nothing
// defines (names.h) may cost it the rest. Each step that leaves nothing says why, since people ask.
#include "lsp/features/completion.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <utility>

#include "lsp/context/header.h"
#include "lsp/features/brackets.h"
#include "lsp/features/indentation.h"
#include "lsp/features/members.h"
#include "lsp/features/names.h"
#include "lsp/features/trim.h"
#include "lsp/text/utf8.h"
#include "lsp/text/word.h"

namespace lsp::features {
namespace {

using engine::base::Result;
using engine::session::EndReason;
using engine::session::Outcome;
using engine::session::Piece;
using Clock = std::chrono::steady_clock;

// Fewer characters than this are typed faster than read.
constexpr size_t least_characters = 2;

// The document as the editor shows it, with the completion menu's selected item in place.
struct Scene {
  context::OpenText text;
  size_t cursor;
  std::string_view line_before;  // of the cursor's line, up to the cursor
  std::string_view line_after;   // the rest of that line
  std::string_view following;    // the lines after it
  std::string_view before;       // all of the text up to the cursor
  std::optional<syntax::Language> language;
};

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

bool continues_word(std::string_view right) {
  return !right.empty() && text::is_word(right.front());
}

// Whether a line that ends like this one goes on in a deeper block.
bool begins_block(std::string_view line) {
  const size_t last = line.find_last_not_of(" \t\r");
  if (last == std::string_view::npos) return false;
  line = line.substr(0, last + 1);
  for (const std::string_view word : {"then", "do", "else"}) {
    if (!line.ends_with(word)) continue;
    const std::string_view before = line.substr(0, line.size() - word.size());
    if (before.empty() || std::string_view(" \t;)").find(before.back()) != std::string_view::npos) {
      return true;
    }
  }
  return std::string_view("{([:,\\>").find(line.back()) != std::string_view::npos;
}

// Collects the stream without the healed bytes it begins with, and decides when enough has come.
class Collector {
 public:
  Collector(const Scene& scene, Extent extent, size_t healed_bytes, double least)
      : line_before_(scene.line_before),
        one_line_(extent == Extent::line || !text::is_blank(scene.line_after)),
        to_skip_(healed_bytes),
        least_log_probability_(std::log(least)) {}

  // False when nothing that could still come would be shown.
  bool take(const Piece& piece) {
    const size_t skipped = std::min(to_skip_, piece.bytes.size());
    to_skip_ -= skipped;
    log_probability_ += piece.log_probability;
    pieces_.push_back({piece.bytes.substr(skipped), piece.log_probability, piece.experts,
                       piece.model_log_probability});
    text_ += pieces_.back().bytes;
    return log_probability_ >= least_log_probability_ && !complete();
  }

  const std::vector<ScoredPiece>& pieces() const { return pieces_; }
  // Whether even the first of what was collected is too unlikely.
  bool unsure() const {
    return !pieces_.empty() && pieces_.front().log_probability < least_log_probability_;
  }
  // What was collected: of one line alone, where no more is wanted.
  std::string text() const { return one_line_ ? text_.substr(0, text_.find('\n')) : text_; }

 private:
  bool complete() const {
    const size_t newline = text_.find('\n');
    if (newline == std::string::npos) return false;
    const std::string first = std::string(line_before_) + text_.substr(0, newline);
    if (one_line_ || !begins_block(first)) return true;
    // A line that stands at or above the first one's depth has begun.
    const size_t last = text_.find_last_not_of(" \t\r\n");
    return last != std::string::npos && last >= keep_block(text_, line_before_).size();
  }

  std::string_view line_before_;
  bool one_line_;
  size_t to_skip_;
  double least_log_probability_;
  double log_probability_ = 0;
  std::string text_;
  std::vector<ScoredPiece> pieces_;
};

struct Settled {
  Fitted fitted;
  std::string silence;  // why the text is empty, where it is
};

std::string percent(double probability) {
  return std::to_string(std::lround(probability * 100)) + " %";
}

// To where brackets are `balanced` as far as a reader of tokens can tell: brackets in regular
// expressions and raw strings mislead it. The tree knows better, if it finds no error.
void cut_at_brackets(const Scene& scene, const std::function<size_t(const Fitted&)>& balanced,
                     Fitted& fitted) {
  const size_t length = balanced(fitted);
  const text::Range place{scene.cursor, scene.cursor + fitted.replaced_right};
  const std::string_view rest = scene.line_after.substr(fitted.replaced_right);
  std::string text = fitted.text;
  for (int closers = 0; closers < 3 && text.size() > length; ++closers) {
    const bool closes = std::string_view(")]}").find(text.back()) != std::string_view::npos;
    const std::string shorter = text.substr(0, text.size() - 1);
    if (parses({scene.text, place, text})) {
      // One that stands right of the cursor and is not missed is doubled: in a string both parse.
      const bool doubled = closes && rest.starts_with(text.back());
      fitted.text = doubled && parses({scene.text, place, shorter}) ? shorter : text;
      return;
    }
    if (!closes) break;
    text = shorter;  // the last one may stand right of the cursor
  }
  // What stands right of the cursor is not in what is left of the text.
  const bool replaces = length < fitted.text.size() && fitted.replaced_right > 0;
  if (replaces) fitted.replaced_right = 0;
  fitted.text.resize(replaces ? balanced(fitted) : length);
}

// The editor may have closed the string that the cursor is in. Where the text does so itself and
// goes on, its quote takes the place of the editor's, which would open another string; where it
// ends within a string, the editor's stays.
Fitted with_one_quote(const Scene& scene, Fitted fitted) {
  const char quote = open_quote(scene.line_before, scene.language);
  const std::string_view right = scene.line_after;
  const bool is_closed =
      quote != '\0' && right.starts_with(quote) && !right.starts_with(std::string(3, quote));
  if (!is_closed) return fitted;
  const bool closes =
      open_quote(std::string(scene.line_before) + fitted.text, scene.language) == '\0';
  if (!closes) return {std::move(fitted.text), 0};
  if (fitted.replaced_right > 0) return fitted;
  std::string_view text = fitted.text;
  for (size_t overlap = std::min(text.size(), right.size()); overlap > 0; --overlap) {
    if (!text.ends_with(right.substr(0, overlap))) continue;
    return {std::string(text.substr(0, text.size() - overlap)), 0};
  }
  const std::string_view rest = right.substr(1);
  if (!text::is_blank(rest)) text = without_doubled_punctuation(text, rest);
  return {std::string(text), 1};
}

// What is worth inserting at the cursor.
Settled settle(const Scene& scene, const Collector& collector, EndReason end, double least) {
  std::string text = collector.text();
  if (text::is_blank(text) && !collector.unsure()) {
    return {{}, "the model thinks that nothing is missing here"};
  }
  text.resize(std::min(text.size(), confident_length(collector.pieces(), least)));
  const bool cut_off = end == EndReason::limit && text.size() == collector.text().size();
  if (cut_off) text.resize(whole_words_length(text));
  text.resize(whole_lines_length(collector.text(), text.size()));
  if (text.empty()) return {{}, "the model gives its best guess less than " + percent(least)};
  if (!begins_block(std::string(scene.line_before) + text.substr(0, text.find('\n')))) {
    text.resize(std::min(text.size(), text.find('\n')));
  }
  text = stop_at_loop(keep_block(text, scene.line_before));
  text = indent_like_file(scene.before, text, scene.text.document->text());
  const std::string lines =
      drop_repeated_suffix(std::string(scene.line_before) + text, scene.following);
  text = lines.size() < scene.line_before.size() ? "" : lines.substr(scene.line_before.size());

  Fitted fitted = with_one_quote(scene, fit_before_rest_of_line(text, scene.line_after));
  const auto balanced = [&, outer = from_outermost_line(scene.before)](const Fitted& each) {
    return balanced_length(outer, each.text, scene.line_after.substr(each.replaced_right),
                           scene.language);
  };
  if (balanced(fitted) < fitted.text.size()) {
    // "x) + f(y)" before ")": the text closes that bracket itself, and goes on.
    auto replaced = replace_rest_of_line(text, scene.line_after);
    if (replaced && balanced(*replaced) == replaced->text.size()) fitted = std::move(*replaced);
  }
  cut_at_brackets(scene, balanced, fitted);
  fitted = with_one_quote(scene, std::move(fitted));  // which may be in what was cut off
  fitted.text.resize(fitted.text.find_last_not_of(" \t\r\n") + 1);
  const auto shown = std::count_if(fitted.text.begin(), fitted.text.end(),
                                   [](char byte) { return byte != ' ' && byte != '\n'; });
  if (shown == 0) return {{}, "all that the model would write is there already"};
  if (static_cast<size_t>(shown) < least_characters) {
    return {{}, "a single character is typed faster than read"};
  }
  return {fitted, ""};
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

}  // namespace

double least_probability(Trigger trigger) { return trigger == Trigger::automatic ? 0.25 : 0.05; }

engine::session::Search line_search(double least_probability) {
  return {.width = 2, .least_probability = static_cast<float>(least_probability)};
}

namespace {

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

// What came, and who has said it.
struct Filled {
  Collector collector;
  Outcome outcome;
  bool elsewhere;
};

// Nothing where it does not answer. It gives no probabilities: what it says counts as sure.
std::optional<Filled> ask_elsewhere(const CompletionInput& input, const Scene& scene,
                                    context::Prompt& prompt, double least, std::stop_token stop) {
  if (input.elsewhere == nullptr) return std::nullopt;
  Filled filled{Collector(scene, input.extent, 0, least), {}, true};
  auto outcome = input.elsewhere->fill(
      prompt.preamble + prompt.prefix + prompt.typed, prompt.suffix, input.max_tokens,
      [&](std::string_view text) { return filled.collector.take({.bytes = std::string(text)}); },
      std::move(stop));
  if (!outcome) return std::nullopt;
  filled.outcome = std::move(*outcome);
  prompt.sources.push_back({"what " + input.elsewhere->name + " has written",
                            "remote.completes is set",
                            std::max(1, filled.outcome.generated_tokens)});
  return filled;
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

// What of it is worth showing.
Completion completion_of(const CompletionInput& input, const Scene& scene, const Filled& filled,
                         double least, std::span<const context::OpenText> others) {
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
    completion.log_probability = log_probability_of(collector.pieces(), fitted.text.size());
  }
  completion.model_log_probability =
      model_log_probability_of(collector.pieces(), fitted.text.size());
  completion.experts = experts_of(collector.pieces(), fitted.text.size());
  return completion;
}

std::optional<Completion> silent(const CompletionInput& input, std::string why) {
  return Completion{.range = {input.cursor, input.cursor}, .silence = std::move(why)};
}

}  // namespace

Result<std::optional<Completion>> complete(const CompletionInput& input, context::Anchor& anchor,
                                           context::BufferCache& buffers,
                                           engine::session::Engine& engine, std::stop_token stop) {
  const bool is_secret = context::is_secret_path(input.here.path) ||
                         context::is_secret_path(input.here.document->uri());
  if (is_secret) return silent(input, "this is a file of secrets");
  if (input.comments == Comments::leave && input.trigger == Trigger::automatic &&
      is_in_comment(input)) {
    return silent(input, "the cursor is inside a comment; completion.comments may be switched on");
  }
  const Scene scene = scene_of(input);
  if (continues_word(scene.line_after)) return silent(input, "the cursor is inside a word");

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

  const double least = input.least_probability.value_or(least_probability(input.trigger));
  auto asked = Clock::now();
  std::optional<Filled> filled = ask_elsewhere(input, scene, prompt, least, stop);
  std::chrono::duration<double, std::milli> engine_time = Clock::now() - asked;
  if (!filled) {
    engine::session::Request request;
    auto* read = input.memory == Memory::none ? nullptr : &prompt.sources;
    request.buffers =
        buffers.buffers(prompt_input, encoded.healed.size(), read, input.index_patience);
    request.prompt = std::move(encoded.tokens);
    request.typed = encoded.healed;
    request.max_tokens = input.max_tokens;
    request.priority = input.priority;
    request.search = line_search(least);
    request.tells_experts = true;  // who asks why does so afterwards; it costs next to nothing
    filled = Filled{Collector(scene, input.extent, encoded.healed.size(), least), {}, false};
    asked = Clock::now();
    filled->outcome = engine.generate(std::move(request), stop, [&](const Piece& piece) {
      return filled->collector.take(piece);
    });
    engine_time += Clock::now() - asked;
  }
  if (filled->outcome.reason == EndReason::error) {
    return engine::base::Error{filled->outcome.error};
  }
  if (stop.stop_requested()) return std::optional<Completion>();
  Completion completion = completion_of(input, scene, *filled, least, prompt_input.others);
  completion.engine_ms = engine_time.count();
  completion.context.insert(completion.context.begin(), prompt.sources.begin(),
                            prompt.sources.end());
  return std::optional(std::move(completion));
}

}  // namespace lsp::features
