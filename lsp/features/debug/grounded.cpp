// A sentence is taken apart three ways: what stands in code marks or quotes must occur word for
// word in what is known; the numbers of lines must be lines, and quoted code must stand in the line
// it is quoted for; in the rest, what looks like code (numbers, names with `_`, capitals or
// brackets, operators with their neighbours) must occur, and "n is 4" only where n has that value.
// What a fix adds and the program did not have there may not be quoted before the fix is shown.
#include "lsp/features/debug/grounded.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <regex>

namespace lsp::features::debug {
namespace {

using Words = Ground::Words;

constexpr std::string_view operator_bytes = "=<>!+-*/%&|^~";
constexpr size_t longest_sentence = 400;  // bytes
constexpr const char* boundary = "\n";    // no word

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
bool is_operator(const std::string& word) {
  return operator_bytes.find(word[0]) != std::string_view::npos;
}
bool is_number(const std::string& word) { return is_digit(word[0]); }

// A name, a number, a run of operators, or one other byte, from there; its end.
size_t end_of_word(std::string_view text, size_t at) {
  size_t end = at + 1;
  const auto while_is = [&](auto&& belongs) {
    while (end < text.size() && belongs(text[end])) ++end;
  };
  if (is_letter(text[at])) {
    while_is([](char c) { return is_letter(c) || is_digit(c); });
  } else if (is_digit(text[at])) {
    while_is(is_digit);
    const bool fraction = end + 1 < text.size() && text[end] == '.' && is_digit(text[end + 1]);
    if (fraction) ++end;
    while_is(is_digit);
  } else if (operator_bytes.find(text[at]) != std::string_view::npos) {
    while_is([](char c) { return operator_bytes.find(c) != std::string_view::npos; });
  }
  return end;
}

Words words_of(std::string_view text) {
  Words words;
  for (size_t at = 0; at < text.size();) {
    const size_t end = end_of_word(text, at);
    if (!is_space(text[at])) words.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

bool contains(const Words& all, const Words& part) {
  return std::search(all.begin(), all.end(), part.begin(), part.end()) != all.end();
}

// What stands in code marks or quotes, and the sentence with spaces in its place.
struct Marked {
  std::vector<Words> spans;
  std::string prose;
};

Marked marked_in(std::string_view sentence) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> marks = {
      {{"`", "`"},
       {"\"", "\""},
       {"“", "”"},
       {"„", "“"},
       {"«", "»"},
       {"「", "」"},
       {"‘", "’"},
       {"‚", "‘"},
       {"'", "'"}}};
  Marked found;
  for (size_t at = 0; at < sentence.size();) {
    const auto mark = std::find_if(marks.begin(), marks.end(), [&](const auto& each) {
      return sentence.substr(at).starts_with(each.first);
    });
    const bool is_apostrophe = at > 0 && (is_letter(sentence[at - 1]) || sentence[at - 1] < 0);
    size_t end = sentence.npos;
    if (mark != marks.end() && !(mark->first == "'" && is_apostrophe)) {
      end = sentence.find(mark->second, at + mark->first.size());
    }
    if (end == sentence.npos) {
      found.prose += sentence[at++];
      continue;
    }
    const size_t begin = at + mark->first.size();
    found.spans.push_back(words_of(sentence.substr(begin, end - begin)));
    found.prose += "  ";
    at = end + mark->second.size();
  }
  return found;
}

// Where a sentence ends; not behind a single letter, as in "z. B.", nor within code marks.
std::vector<std::string> sentences_of(std::string_view text) {
  std::vector<std::string> sentences(1);
  bool in_code = false;
  for (size_t at = 0; at < text.size();) {
    std::string& sentence = sentences.back();
    const bool wide = text.substr(at).starts_with("。") || text.substr(at).starts_with("！") ||
                      text.substr(at).starts_with("？");
    const char byte = text[at];
    const bool followed = at + 1 < text.size() && !is_space(text[at + 1]);
    const size_t size = sentence.size();
    const bool short_word =
        size > 1 && is_letter(sentence[size - 1]) && !is_letter(sentence[size - 2]) && byte == '.';
    const bool ends =
        !in_code && (wide || byte == '\n' ||
                     ((byte == '.' || byte == '!' || byte == '?') && !followed && !short_word));
    if (byte == '`') in_code = !in_code;
    sentence += byte == '\n' ? std::string() : std::string(text.substr(at, wide ? 3 : 1));
    at += wide ? 3 : 1;
    if (ends) sentences.emplace_back();
  }
  for (std::string& sentence : sentences) {
    const size_t begin = sentence.find_first_not_of(" \t\r*");
    const size_t end = sentence.find_last_not_of(" \t\r*");
    sentence = begin == std::string::npos ? "" : sentence.substr(begin, end - begin + 1);
  }
  std::erase(sentences, "");
  return sentences;
}

// A byte that only begins letters of Chinese and its neighbours, in UTF-8.
bool is_chinese(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0xe3 && byte <= 0xe9;
  });
}

bool looks_like_a_name(const std::string& word) {
  for (size_t i = 0; i < word.size(); ++i) {
    if (word[i] == '_' || is_digit(word[i])) return true;
    if (i > 0 && std::islower(static_cast<unsigned char>(word[i - 1])) != 0 &&
        std::isupper(static_cast<unsigned char>(word[i])) != 0) {
      return true;
    }
  }
  return false;
}

// Numbers of lines, and what a name is said to be.
const std::regex& line_reference() {
  static const std::regex pattern(
      "(?:[Ll]ines?|[Ll]ignes?|Zeilen?|第) ?([0-9]+)"
      "(?: ?(?:,|-|–|to|and|or|bis|und|oder|à|et|ou|和|到|至|、) ?([0-9]+))?");
  return pattern;
}

const std::regex& claim() {
  static const std::regex pattern(
      "([A-Za-z_][A-Za-z_0-9]*)(?: *(?:==?|为|是|等于) *| +(?:is|was|equals|est|vaut|ist|war) +)"
      "(-?[0-9]+(?:[.][0-9]+)?)");
  return pattern;
}

// The lines that a text names, which are taken out of it.
Words take_lines(std::string& text) {
  Words lines;
  std::smatch match;
  while (std::regex_search(text, match, line_reference())) {
    for (size_t i = 1; i <= 2; ++i) {
      if (match[i].matched) lines.push_back(match[i]);
    }
    text = match.prefix().str() + "  " + match.suffix().str();
  }
  return lines;
}

// What of a sentence without marks and lines is no plain word: names, numbers, and operators with
// what stands on both sides.
std::vector<Words> code_in(const std::string& prose) {
  std::vector<Words> found;
  std::string before;
  for (size_t at = 0; at < prose.size();) {
    const size_t end = end_of_word(prose, at);
    const std::string word = prose.substr(at, end - at);
    at = end;
    if (is_space(word[0])) continue;
    const char next = end < prose.size() ? prose[end] : ' ';
    const char behind = end + 1 < prose.size() ? prose[end + 1] : ' ';
    const bool opens = next == '(' || next == '[' || (next == '.' && is_letter(behind));
    if (is_number(word) || (is_letter(word[0]) && (looks_like_a_name(word) || opens))) {
      found.push_back({word});
    } else if (is_operator(word) && (word.size() > 1 || operator_bytes.find(word[0]) < 3 ||
                                     word == "+" || word == "*" || word == "%")) {
      const size_t begin = prose.find_first_not_of(' ', end);
      Words phrase = before.empty() ? Words{word} : Words{before, word};
      if (begin != prose.npos) {
        phrase.push_back(prose.substr(begin, end_of_word(prose, begin) - begin));
      }
      found.push_back(std::move(phrase));
    }
    before = word;
  }
  return found;
}

// Whether a piece of code is made by a fix: it stands in what the fix adds, not in what it takes.
bool is_of_fix(const Words& code, const Fix& fix) {
  if (code.size() < 2 && !is_operator(code[0])) return false;
  Words added, taken;
  for (size_t at = 0; at < fix.diff.size();) {
    const size_t end = std::min(fix.diff.find('\n', at), fix.diff.size());
    const std::string line = fix.diff.substr(at, end - at);
    at = end + 1;
    if (line.starts_with("+++") || line.starts_with("---") || line.empty()) continue;
    Words& side = line[0] == '+' ? added : taken;
    if (line[0] != '+' && line[0] != '-') continue;
    const Words words = words_of(std::string_view(line).substr(1));
    side.insert(side.end(), words.begin(), words.end());
    side.emplace_back(boundary);
  }
  return contains(added, code) && !contains(taken, code);
}

}  // namespace

Ground::Ground(const Found& found, const Subject& subject, Tongue tongue) : tongue_(tongue) {
  const auto add = [&](std::string_view text) {
    for (std::string& word : words_of(text)) {
      single_.insert(word);
      words_.push_back(std::move(word));
    }
    words_.emplace_back(boundary);
  };
  const std::string& text = subject.question.text;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    lines_.push_back(words_of(std::string_view(text).substr(at, end - at)));
    at = end + 1;
  }
  add(text);
  add(subject.tests_text);
  for (const std::string& more : {found.message, found.type, found.verdict}) add(more);
  for (const std::string& test : found.red) add(test);
  add(std::filesystem::path(subject.question.file).filename().string());
  add(std::filesystem::path(subject.tests).filename().string());
  for (const auto& [file, line, function, locals] : found.frames) {
    frame_lines_.insert(std::to_string(line));
    add(function);
    for (const auto& [name, value] : locals) {
      add(name + " = " + value);
      values_[name].insert(value);
    }
  }
}

bool Ground::has(const Words& words) const {
  return words.size() == 1 ? single_.contains(words[0]) : contains(words_, words);
}

bool Ground::is_line(const std::string& number) const {
  if (frame_lines_.contains(number)) return true;
  if (number.size() > 6) return false;
  const auto line = static_cast<size_t>(std::stoul(number));
  return line >= 1 && line <= lines_.size() && !lines_[line - 1].empty();
}

// A name of the run has the value that it is said to have.
bool Ground::claims_hold(std::string text) const {
  std::erase(text, '`');
  for (auto at = std::sregex_iterator(text.begin(), text.end(), claim());
       at != std::sregex_iterator(); ++at) {
    const auto values = values_.find((*at)[1]);
    if (values == values_.end()) continue;
    const std::string value = (*at)[2];
    if (!values->second.contains(value) && !has(words_of((*at)[1].str() + " = " + value))) {
      return false;
    }
  }
  return true;
}

bool Ground::holds(const std::string& sentence, const std::vector<Fix>& fixes) const {
  if (sentence.size() > longest_sentence) return false;
  if (is_chinese(sentence) != (tongue_ == Tongue::chinese)) return false;
  auto [code, prose] = marked_in(sentence);
  const Words lines = take_lines(prose);
  for (const std::string& line : lines) {
    if (!is_line(line)) return false;
  }
  // What is quoted beside one line stands there, unless it is a name or a value.
  const size_t line = lines.size() == 1 ? static_cast<size_t>(std::stoul(lines[0])) : 0;
  for (const Words& words : code) {
    const bool elsewhere = line >= 1 && line <= lines_.size() && words.size() > 1 &&
                           !contains(lines_[line - 1], words) &&
                           std::any_of(lines_.begin(), lines_.end(),
                                       [&](const Words& each) { return contains(each, words); });
    if (words.empty() || elsewhere) return false;
  }
  const std::vector<Words> unmarked = code_in(prose);
  code.insert(code.end(), unmarked.begin(), unmarked.end());
  return claims_hold(sentence) && std::all_of(code.begin(), code.end(), [&](const Words& words) {
           return has(words) && std::none_of(fixes.begin(), fixes.end(),
                                             [&](const Fix& fix) { return is_of_fix(words, fix); });
         });
}

std::string Ground::of(std::string_view said, size_t most, const std::vector<Fix>& fixes) const {
  std::string kept;
  size_t count = 0;
  for (const std::string& sentence : sentences_of(said)) {
    if (count == most) break;
    if (!holds(sentence, fixes)) continue;
    if (!kept.empty() && tongue_ != Tongue::chinese) kept += " ";
    kept += sentence;
    ++count;
  }
  return kept;
}

}  // namespace lsp::features::debug
