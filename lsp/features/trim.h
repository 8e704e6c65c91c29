// What is left of a generated text once the document and the model's own confidence have had their
// say. Pure functions over text; each undoes one habit of language models that people complain
// about.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/tokenizer/tokenizer.h"

namespace lsp::features {

// A token's worth of generated text.
struct ScoredPiece {
  std::string bytes;
  double log_probability;
  std::vector<std::vector<int16_t>> experts = {};    // of each layer (engine/decode/piece.h)
  std::optional<double> model_log_probability = {};  // likewise
  engine::tokenizer::Token token = 0;
};

// Of the pieces that these bytes are made of.
double log_probability_of(std::span<const ScoredPiece> pieces, size_t length);
// As the model alone has it; nothing where a piece does not say.
std::optional<double> model_log_probability_of(std::span<const ScoredPiece> pieces, size_t length);

// Confidence. The expected gain of showing the first k pieces is (probability that all of them are
// right) × (characters saved); the best cut is the k with the largest. A cut never splits a word,
// nor leaves a bracket open that the next piece most likely closes: nobody wants to accept half a
// call. Nor is there one where `may_end` refuses the length. Returns the length in bytes, 0 when
// even the best cut is right less often than `least_probability`.
using MayEnd = std::function<bool(size_t length)>;
size_t confident_length(const std::vector<ScoredPiece>& pieces, double least_probability,
                        const MayEnd& may_end = nullptr);

// How much is left without a word at the end that may go on.
size_t whole_words_length(std::string_view text);

// How much is left without lines that were cut off, where there are several; `whole` is the text
// that `length` bytes are kept of. A line that begins a block may stand alone.
size_t whole_lines_length(std::string_view whole, size_t length);

struct Fitted {
  std::string text;       // to insert at the cursor
  size_t replaced_right;  // bytes right of the cursor that `text` takes the place of
};

// The rest of the cursor's line, `right`, stays in the document. If the text ends by repeating it,
// the repetition goes, and so does punctuation that would stand there twice; if `right` is only
// closing punctuation that the text contains, the text replaces it.
Fitted fit_before_rest_of_line(std::string_view generated, std::string_view right);

// What would stand twice before `rest`, which is not empty, or ends a statement that goes on there,
// is left out.
std::string_view without_doubled_punctuation(std::string_view text, std::string_view rest);

// The texts in place of some of the closing brackets and quotes that `right` consists of and that
// the text contains, more of them first; the others stay behind it.
std::vector<Fitted> replace_some_of_line(std::string_view generated, std::string_view right);

// The text in place of `right`, where that is only closing punctuation that the text contains. A
// comma or a semicolon at the end of `right` stays behind a text that ends otherwise.
std::optional<Fitted> replace_rest_of_line(std::string_view generated, std::string_view right);

// Lines at the end of the text that repeat the lines that follow in the document go; a text that is
// nothing but the next line goes whole. `generated` begins at the start of a line; lines are
// compared without their indentation, unless they only close brackets.
std::string drop_repeated_suffix(std::string_view generated, std::string_view following);

// The text is its first line and the block that line opens: lines indented deeper than the line it
// began on, and one line at that depth that only closes brackets.
std::string keep_block(std::string_view generated, std::string_view line_before_cursor);

// From the third time on that the same line comes, the text ends.
std::string stop_at_loop(std::string_view generated);

}  // namespace lsp::features
