#include "engine/huggingface/pre_tokenizer.h"

#include <algorithm>
#include <string>
#include <vector>

#include "engine/base/format.h"

namespace engine::huggingface {
namespace {

using base::in_quotes;
using base::JsonValue;
using base::Result;

// A step of a sequence: a pattern that isolates what it matches, or a kind of step without one.
constexpr std::string_view digits = "(Digits)";
constexpr std::string_view gpt_2 = "(ByteLevel's own)";

constexpr std::string_view eastern = "[一-龥ࠀ-一가-퟿]+";
// They differ in how many digits stand together.
constexpr std::string_view qwen2 =
    R"re((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N})re"
    R"re(| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)re";
constexpr std::string_view llama3 =
    R"re((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3})re"
    R"re(| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)re";
constexpr std::string_view deepseek_v3 =
    R"re([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+)re"
    R"re(| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)re";
constexpr std::string_view seed_coder =
    R"re((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1})re"
    R"re(| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+(?!\S)|\s+)re";
constexpr std::string_view tekken =
    R"re([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+)re"
    R"re(|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*)re"
    R"re(|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)re";
constexpr std::string_view gpt_4o =
    R"re([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+)re"
    R"re((?i:'s|'t|'re|'ve|'m|'ll|'d)?)re"
    R"re(|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*)re"
    R"re((?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3})re"
    R"re(| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)re";
// Of the letters that have a case, of which deepseek-llm lists every range.
constexpr std::string_view cased_start = R"(\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿ)";

// A pattern with its line ends spelled as escapes, as half of the published files have them.
std::string spelled(std::string_view pattern) {
  std::string result;
  for (const char letter : pattern) {
    if (letter == '\r') {
      result += "\\r";
    } else if (letter == '\n') {
      result += "\\n";
    } else {
      result += letter;
    }
  }
  return result.starts_with(cased_start) ? std::string(cased_start) : result;
}

struct Known {
  std::string_view name;
  std::vector<std::string_view> steps;
  bool takes_whole_words = false;  // a piece that is a token is that token: "ignore_merges"
};

const std::vector<Known>& known_pre_tokenizers() {
  static const std::vector<Known> known = {
      {"qwen2", {qwen2}},
      {"llama-bpe", {llama3}, true},
      {"glm4", {llama3}},  // the same expression, and merges always
      {"deepseek-v3", {R"(\p{N}{1,3})", "[一-龥぀-ゟ゠-ヿ]+", deepseek_v3}},
      {"deepseek-coder", {R"([\r\n])", R"(\s?\p{L}+)", R"(\s?\p{P}+)", eastern, digits}},
      {"deepseek-llm",
       {R"([\r\n])", cased_start, "\\s?[!-/:-~！-／：-～‘-‟　-。]+", R"(\s+$)", eastern, digits}},
      {"seed-coder", {seed_coder}},
      {"gpt-2", {gpt_2}},
      {"starcoder", {digits, gpt_2}},
      {"tekken", {tekken}, true},
      {"gpt-4o", {gpt_4o}},
  };
  return known;
}

bool is_text(std::optional<JsonValue> value, std::string_view text) {
  return value && value->string() == text;
}
bool is_flag(std::optional<JsonValue> value, bool flag) {
  return value && value->boolean() == flag;
}

// The step's spelling; empty for one that no known pre-tokenizer has.
std::string step_of(JsonValue step) {
  const auto type = step.find("type");
  if (is_text(type, "Digits"))
    return is_flag(step.find("individual_digits"), true) ? std::string(digits) : "";
  const auto pattern = step.find("pattern");
  const auto expression = pattern ? pattern->find("Regex") : std::nullopt;
  const bool isolates = is_text(type, "Split") && is_text(step.find("behavior"), "Isolated") &&
                        !is_flag(step.find("invert"), true) && expression && expression->string();
  return isolates ? spelled(*expression->string()) : "";
}

bool is_byte_level(JsonValue step) {
  return is_text(step.find("type"), "ByteLevel") && !is_flag(step.find("add_prefix_space"), true);
}

}  // namespace

Result<std::string_view> pre_tokenizer_of(Fields& tokenizer) {
  constexpr std::string_view field = "pre_tokenizer";
  const auto all = tokenizer.find(field);
  std::vector<JsonValue> steps;
  if (is_text(tokenizer.find("pre_tokenizer.type"), "Sequence")) {
    const auto list = all->find("pretokenizers");
    if (list) list->for_each([&](JsonValue step) { steps.push_back(step); });
  } else if (all) {
    steps.push_back(*all);
  }
  const bool byte_level = !steps.empty() && is_byte_level(steps.back());
  const bool splits = byte_level && !is_flag(steps.back().find("use_regex"), false);
  if (byte_level) steps.pop_back();
  std::vector<std::string> spellings;
  for (const JsonValue step : steps) spellings.push_back(step_of(step));
  if (splits) spellings.emplace_back(gpt_2);
  const bool whole_words = tokenizer.boolean_or("model.ignore_merges", false);
  std::string names;
  for (const Known& known : known_pre_tokenizers()) {
    const bool same =
        std::equal(spellings.begin(), spellings.end(), known.steps.begin(), known.steps.end());
    if (byte_level && same && whole_words == known.takes_whole_words) return known.name;
    names += base::concat(names.empty() ? "" : ", ", known.name);
  }
  std::string found;
  for (const std::string& spelling : spellings) found += base::concat(" ", in_quotes(spelling));
  return base::fail(tokenizer.place_of(field), ": is none that lemma knows (", names,
                    "); its patterns are", found.empty() ? " none" : found,
                    byte_level ? "" : ", not of byte-level BPE");
}

}  // namespace engine::huggingface
