#include "lsp/features/solve/written.h"

#include <algorithm>
#include <optional>

#include "engine/base/format.h"

namespace lsp::features::solve {
namespace {

using engine::base::concat;
using Kind = Token::Kind;
using Tokens = std::vector<Token>;

struct Sign {
  std::string_view bytes;
  char plain;
};
constexpr Sign raised[] = {{"⁰", '0'}, {"¹", '1'}, {"²", '2'}, {"³", '3'}, {"⁴", '4'},
                           {"⁵", '5'}, {"⁶", '6'}, {"⁷", '7'}, {"⁸", '8'}, {"⁹", '9'},
                           {"⁺", '+'}, {"⁻", '-'}, {"ⁿ", 'n'}, {"ˣ", 'x'}, {"ⁱ", 'i'}};
constexpr Sign lowered[] = {{"₀", '0'}, {"₁", '1'}, {"₂", '2'}, {"₃", '3'}, {"₄", '4'}, {"₅", '5'},
                            {"₆", '6'}, {"₇", '7'}, {"₈", '8'}, {"₉", '9'}, {"₋", '-'}, {"ₙ", 'n'}};
struct Fraction {
  std::string_view bytes, plain;
};
constexpr Fraction fractions[] = {{"½", "1/2"}, {"⅓", "1/3"}, {"⅔", "2/3"}, {"¼", "1/4"},
                                  {"¾", "3/4"}, {"⅕", "1/5"}, {"⅖", "2/5"}, {"⅗", "3/5"},
                                  {"⅘", "4/5"}, {"⅙", "1/6"}, {"⅛", "1/8"}, {"⅜", "3/8"},
                                  {"⅝", "5/8"}, {"⅞", "7/8"}};

// The signs of one table that `text` begins with; `bytes` is how far they go.
template <size_t count>
std::string run_of(const Sign (&table)[count], std::string_view text, size_t& bytes) {
  std::string run;
  bytes = 0;
  for (bool found = true; found;) {
    found = false;
    for (const Sign& each : table) {
      if (!text.substr(bytes).starts_with(each.bytes)) continue;
      run += each.plain;
      bytes += each.bytes.size();
      found = true;
    }
  }
  return run;
}

std::string_view stripped(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

bool prepares(std::string_view statement) {
  if (statement.starts_with("import ")) return true;
  if (statement.starts_with("from ") && statement.find(" import ") != std::string_view::npos) {
    return true;
  }
  for (const std::string_view made : {"symbols(", "Symbol(", "Function(", "init_printing("}) {
    const size_t at = statement.find(made);
    const bool all = at != std::string_view::npos && statement.ends_with(")") &&
                     statement.find(')') == statement.size() - 1;
    if (all && (statement.find('=') < at || at == 0)) return true;
  }
  return statement.empty();
}

// Whether a line gives a name its value, as in Python.
bool assigns(std::string_view line) {
  size_t end = 0;
  while (end < line.size() && (is_letter(line[end]) || is_digit(line[end]) || line[end] == '_')) {
    ++end;
  }
  const std::string_view rest = stripped(line.substr(end));
  return end > 0 && rest.starts_with("=") && !rest.starts_with("==");
}

void replace(Tokens& tokens, size_t at, size_t count, const Tokens& made) {
  const auto begin = tokens.begin() + static_cast<long>(at);
  tokens.insert(tokens.erase(begin, begin + static_cast<long>(count)), made.begin(), made.end());
}

bool whole(const Token& token) {
  return token.kind == Kind::number &&
         token.text.find_first_not_of("0123456789") == std::string::npos;
}

// The sign of a millionth before a unit: the µ of µm and µs, of which Unicode has two.
size_t micro_bytes(std::string_view rest) {
  for (const std::string_view sign : {"µ", "μ"}) {
    if (!rest.starts_with(sign) || rest.size() == sign.size()) continue;
    const std::string_view unit = rest.substr(sign.size());
    const bool ends = unit.size() == 1 || !is_letter(unit[1]);
    if (ends && (unit[0] == 'm' || unit[0] == 's')) return sign.size();
  }
  return 0;
}

// ＋, １ and the other signs of ASCII as they are typed in Chinese: U+FF01 to U+FF5E, and U+3000.
char narrowed(std::string_view rest) {
  if (rest.size() < 3) return '\0';
  const auto byte = [&](size_t at) { return static_cast<unsigned char>(rest[at]); };
  if (rest.starts_with("\u3000")) return ' ';
  if (byte(0) != 0xEF || (byte(1) != 0xBC && byte(1) != 0xBD)) return '\0';
  const int code = ((byte(0) & 0x0F) << 12) | ((byte(1) & 0x3F) << 6) | (byte(2) & 0x3F);
  return code >= 0xFF01 && code <= 0xFF5E ? static_cast<char>(code - 0xFF01 + '!') : '\0';
}

}  // namespace

std::string in_plain_signs(std::string_view text) {
  std::string made;
  for (size_t i = 0; i < text.size();) {
    const std::string_view rest = text.substr(i);
    size_t bytes = 0;
    if (const std::string run = run_of(raised, rest, bytes); !run.empty()) {
      made +=
          run == "2" || run == "3" ? std::string(rest.substr(0, bytes)) : concat("^{", run, "}");
      i += bytes;
      continue;
    }
    if (const std::string run = run_of(lowered, rest, bytes); !run.empty()) {
      const bool name = !made.empty() && is_letter(made.back()) &&
                        (made.size() < 2 || !is_letter(made[made.size() - 2]));
      made += name ? concat("_", run) : concat("_{", run, "}");
      i += bytes;
      continue;
    }
    const auto* const found =
        std::find_if(std::begin(fractions), std::end(fractions),
                     [&](const Fraction& each) { return rest.starts_with(each.bytes); });
    if (found != std::end(fractions)) {
      const bool mixed = !made.empty() && is_digit(made.back());
      made += mixed ? concat(" ", found->plain) : concat("(", found->plain, ")");
      i += found->bytes.size();
      continue;
    }
    if (const size_t micro = micro_bytes(rest);
        micro > 0 && !made.empty() && (is_digit(made.back()) || made.back() == ' ')) {
      made += 'u';
      i += micro;
      continue;
    }
    if (rest.starts_with("\u00a0")) {  // no break, and none that is narrow
      made += ' ';
      i += 2;
      continue;
    }
    if (rest.starts_with("\u202f") || rest.starts_with("\u2009")) {
      made += ' ';
      i += 3;
      continue;
    }
    if (const char wide = narrowed(rest); wide != '\0') {
      made += wide;
      i += 3;
      continue;
    }
    if (rest.starts_with("∂")) {  // ∂/∂x as d/dx
      made += 'd';
      i += std::string_view("∂").size();
      continue;
    }
    made += text[i++];
  }
  return made;
}

std::string without_preparation(std::string_view text) {
  const bool python = text.find("import ") != std::string_view::npos ||
                      text.find("ymbol") != std::string_view::npos ||
                      text.find("Function(") != std::string_view::npos ||
                      text.find("print(") != std::string_view::npos ||
                      (text.find('\n') != std::string_view::npos && assigns(text));
  if (!python || text.find('\\') != std::string_view::npos) return std::string(text);
  std::string made;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(";\n"), text.size());
    std::string_view statement = stripped(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (prepares(statement)) continue;
    if (statement.starts_with("print(") && statement.ends_with(")")) {
      statement = statement.substr(6, statement.size() - 7);
    }
    made += made.empty() ? "" : "; ";
    made += statement;
  }
  return made;
}

void join_latex(Tokens& tokens) {
  const auto is = [&](size_t at, std::string_view mark) {
    return at < tokens.size() && tokens[at].is(mark);
  };
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    const size_t place = tokens[i].at;
    const auto mark = [&](const char* text) { return Token{Kind::mark, text, place, false}; };
    const auto numeral = [&](std::string text) {
      return Token{Kind::number, std::move(text), place, false};
    };
    if (is(i, "^") && is(i + 1, "{") && tokens[i + 2].is_command("circ") && is(i + 3, "}")) {
      replace(tokens, i, 4, {mark("°")});
    } else if (whole(tokens[i]) && is(i + 1, "{") && is(i + 2, ",") && is(i + 3, "}") &&
               whole(tokens[i + 4])) {  // 3{,}5 and 1{,}000
      const std::string& behind = tokens[i + 4].text;
      tokens[i].text += (behind.size() == 3 && tokens[i].text != "0" ? "" : ".") + behind;
      replace(tokens, i + 1, 4, {});
    } else if (tokens[i].kind == Kind::number && i + 4 < tokens.size() &&
               tokens[i].text.find('.') != std::string::npos &&
               tokens[i + 1].is_command("overline") && is(i + 2, "{") && whole(tokens[i + 3]) &&
               is(i + 4, "}")) {  // 0.1\overline{6}
      const size_t decimals = tokens[i].text.size() - tokens[i].text.find('.') - 1;
      const std::string period = tokens[i + 3].text;
      const std::string below = std::string(period.size(), '9') + std::string(decimals, '0');
      replace(
          tokens, i, 5,
          {mark("("), tokens[i], mark("+"), numeral(period), mark("/"), numeral(below), mark(")")});
    } else if (tokens[i].is_command("choose") && i > 1 && is(i - 2, "{") && is(i + 2, "}")) {
      replace(tokens, i - 2, 5,
              {Token{Kind::command, "binom", place, false}, mark("{"), tokens[i - 1], mark("}"),
               mark("{"), tokens[i + 1], mark("}")});
    }
  }
}

}  // namespace lsp::features::solve
