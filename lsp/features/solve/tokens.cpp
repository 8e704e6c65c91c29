// One loop over the bytes makes the tokens of all notations. What LaTeX writes as a command and
// others as a sign or word becomes the same token (\cdot is "*", \sin the word "sin"), spacing and
// sizes of brackets vanish, so that the parser meets LaTeX only where its grammar differs:
// fractions, bounds, environments.
#include "lsp/features/solve/tokens.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <map>
#include <optional>
#include <set>

#include "engine/base/format.h"

namespace lsp::features::solve {
namespace {

using engine::base::concat;
using engine::base::fail;
using engine::base::in_quotes;
using engine::base::Result;
using Kind = Token::Kind;

struct Written {
  std::string_view bytes;
  Kind kind;
  std::string_view text;
};

// What is not ASCII, as people paste it.
constexpr Written unicode[] = {
    {"π", Kind::word, "pi"},
    {"∞", Kind::word, "oo"},
    {"θ", Kind::word, "theta"},
    {"α", Kind::word, "alpha"},
    {"β", Kind::word, "beta"},
    {"γ", Kind::word, "gamma"},
    {"δ", Kind::word, "delta"},
    {"λ", Kind::word, "lambda"},
    {"μ", Kind::word, "mu"},
    {"σ", Kind::word, "sigma"},
    {"φ", Kind::word, "phi"},
    {"ω", Kind::word, "omega"},
    {"√", Kind::word, "sqrt"},
    {"∫", Kind::word, "integrate"},
    {"Σ", Kind::word, "sum"},
    {"∑", Kind::word, "sum"},
    {"∏", Kind::word, "product"},
    {"×", Kind::mark, "×"},
    {"·", Kind::mark, "·"},
    {"⋅", Kind::mark, "·"},
    {"÷", Kind::mark, "/"},
    {"−", Kind::mark, "-"},
    {"–", Kind::mark, "-"},
    {"≤", Kind::mark, "<="},
    {"≥", Kind::mark, ">="},
    {"≠", Kind::mark, "!="},
    {"→", Kind::mark, "->"},
    {"²", Kind::mark, "²"},
    {"³", Kind::mark, "³"},
    {"°", Kind::mark, "°"},
    {"ℝ", Kind::word, "Reals"},
    {"∈", Kind::word, "in"},
    {"…", Kind::mark, "..."},
    {"≡", Kind::command, "equiv"},
    {"′", Kind::mark, "'"},
    {"∂", Kind::word, "d"},
    {"⨯", Kind::mark, "×"},
    {"∪", Kind::word, "union"},
    {"∩", Kind::word, "intersection"},
    {"∖", Kind::word, "without"},
    {"⊕", Kind::word, "xor"},
    {"µ", Kind::word, "mu"},
    {"∛", Kind::word, "cbrt"},
    {"∇", Kind::word, "gradient"},
    {"∬", Kind::command, "iint"},
    {"∧", Kind::word, "and"},
    {"∨", Kind::word, "or"},
    {"¬", Kind::word, "not"},
    {"ℤ", Kind::word, "Integers"},
    {"ℂ", Kind::word, "Complexes"},
    {"ᵀ", Kind::word, "transposed"},
    {"∘", Kind::mark, "∘"},
    {"∗", Kind::mark, "*"},
    {"⇒", Kind::mark, ","},
    {"″", Kind::mark, "'"},
};

// The longest first.
constexpr Written ascii[] = {
    {"**", Kind::mark, "^"},  {"//", Kind::mark, "//"},   {"==", Kind::mark, "="},
    {"<=", Kind::mark, "<="}, {">=", Kind::mark, ">="},   {"!=", Kind::mark, "!="},
    {"->", Kind::mark, "->"}, {"...", Kind::mark, "..."}, {"..", Kind::mark, ".."},
    {"+", Kind::mark, "+"},   {"-", Kind::mark, "-"},     {"*", Kind::mark, "*"},
    {"/", Kind::mark, "/"},   {"^", Kind::mark, "^"},     {"(", Kind::mark, "("},
    {")", Kind::mark, ")"},   {"[", Kind::mark, "["},     {"]", Kind::mark, "]"},
    {"{", Kind::mark, "{"},   {"}", Kind::mark, "}"},     {",", Kind::mark, ","},
    {";", Kind::mark, ";"},   {"|", Kind::mark, "|"},     {"!", Kind::mark, "!"},
    {"%", Kind::mark, "%"},   {"=", Kind::mark, "="},     {"<", Kind::mark, "<"},
    {">", Kind::mark, ">"},   {".", Kind::mark, "."},     {"_", Kind::mark, "_"},
    {":", Kind::mark, ":"},   {"&", Kind::mark, "&"},     {"@", Kind::mark, "@"},
    {"~", Kind::mark, "~"},
};

// Commands that stand for a word, a mark, or nothing at all. Others stay commands.
const std::map<std::string_view, Written>& latex_table() {
  static const std::map<std::string_view, Written> table = [] {
    std::map<std::string_view, Written> all;
    const auto add = [&](Kind kind, std::string_view text,
                         std::initializer_list<std::string_view> names) {
      for (const std::string_view name : names) all[name] = {name, kind, text};
    };
    add(Kind::mark, "*", {"ast"});
    add(Kind::mark, "·", {"cdot"});
    add(Kind::mark, "×", {"times"});
    add(Kind::mark, "...", {"dots", "cdots", "ldots"});
    add(Kind::mark, "'", {"prime"});
    add(Kind::mark, "/", {"div"});
    add(Kind::mark, "<=", {"le", "leq", "leqslant"});
    add(Kind::mark, ">=", {"ge", "geq", "geqslant"});
    add(Kind::mark, "<", {"lt"});
    add(Kind::mark, ">", {"gt"});
    add(Kind::mark, "!=", {"ne", "neq"});
    add(Kind::mark, "->", {"to", "rightarrow", "longrightarrow"});
    add(Kind::mark, ",", {"implies", "Rightarrow", "Longrightarrow"});
    add(Kind::word, "gradient", {"nabla"});
    add(Kind::word, "T", {"top", "intercal"});
    add(Kind::word, "and", {"land", "wedge"});
    add(Kind::word, "or", {"lor", "vee"});
    add(Kind::word, "not", {"lnot", "neg"});
    add(Kind::mark, "|", {"vert", "lvert", "rvert", "mid"});
    add(Kind::mark, "%", {"%"});
    add(Kind::mark, "(", {"{"});
    add(Kind::mark, ")", {"}"});
    add(Kind::mark, "\\\\", {"\\"});
    add(Kind::mark, "°", {"degree"});
    add(Kind::word, "oo", {"infty"});
    add(Kind::word, "mod", {"bmod", "mod"});
    add(Kind::word, "in", {"in"});
    add(Kind::word, "union", {"cup"});
    add(Kind::word, "intersection", {"cap"});
    add(Kind::word, "without", {"setminus"});
    add(Kind::word, "xor", {"oplus"});
    add(Kind::mark, "||", {"lVert", "rVert", "Vert", "|"});
    add(Kind::word, "floor", {"lfloor"});
    add(Kind::end, "", {",",         ";",
                        ":",         "!",
                        " ",         "quad",
                        "qquad",     "left",
                        "right",     "big",
                        "Big",       "bigl",
                        "bigr",      "Bigl",
                        "Bigr",      "bigg",
                        "Bigg",      "biggl",
                        "biggr",     "Biggl",
                        "Biggr",     "mathop",
                        "boxed",     ">",
                        "middle",    "displaystyle",
                        "textstyle", "limits",
                        "nolimits",  "$"});
    return all;
  }();
  return table;
}

const std::set<std::string_view>& named_in_latex() {
  static const std::set<std::string_view> names{
      "sin",    "cos",          "tan",    "sec",     "csc", "cot",        "arcsin",   "arccos",
      "arctan", "sinh",         "cosh",   "tanh",    "ln",  "log",        "exp",      "gcd",
      "lcm",    "max",          "min",    "arg",     "pi",  "alpha",      "beta",     "gamma",
      "delta",  "theta",        "lambda", "mu",      "nu",  "rho",        "sigma",    "tau",
      "phi",    "varphi",       "omega",  "epsilon", "xi",  "zeta",       "eta",      "kappa",
      "chi",    "psi",          "Gamma",  "Delta",   "Phi", "varepsilon", "vartheta", "deg",
      "rank",   "operatorname", "lg"};
  return names;
}

bool is_word(std::string_view row) {
  static const std::set<std::string_view> others{"det", "lim", "mod", "for", "and", "the"};
  return row.size() >= 4 ||
         (row.size() >= 2 && (named_in_latex().contains(row) || others.contains(row)));
}

// Whether letters stand in a row that are no command, nor the name behind one, but a word, where
// LaTeX would have a product: four or more, or the name of a function.
bool has_words(std::string_view text) {
  size_t begin = 0;  // of the row
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && is_letter(text[i])) continue;
    if (is_word(text.substr(begin, i - begin))) return true;
    if (i < text.size() && text[i] == '\\') {
      ++i;
      while (i < text.size() && is_letter(text[i])) ++i;
      const std::string_view rest = text.substr(std::min(i, text.size()));
      const size_t close = rest.starts_with("{") ? rest.find('}') : std::string_view::npos;
      const bool name = close != std::string_view::npos && close > 1 &&
                        std::all_of(rest.begin() + 1, rest.begin() + static_cast<long>(close),
                                    [](char c) { return is_letter(c) || c == '*' || c == ' '; });
      i = name ? i + close : i - 1;
    }
    begin = i + 1;
  }
  return false;
}

class Tokenizer {
 public:
  Tokenizer(std::string_view text, Notation notation)
      : text_(text), notation_(notation), in_words_(has_words(text)) {}

  Result<std::vector<Token>> run() {
    while (!error_ && at_ < text_.size()) next();
    if (error_) return *error_;
    add(Kind::end, "", at_);
    return std::move(tokens_);
  }

 private:
  char here(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void add(Kind kind, std::string_view text, size_t at) {
    tokens_.push_back({kind, std::string(text), at, spaced_});
    spaced_ = false;
  }

  void next() {
    const char c = here();
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '$' ||
        (c == '~' && notation_ == Notation::latex)) {
      spaced_ = true;
      ++at_;
    } else if (is_digit(c) || (c == '.' && is_digit(here(1)))) {
      read_number();
    } else if (is_letter(c)) {
      read_word();
    } else if (c == '\\' && notation_ == Notation::latex) {
      read_command();
    } else if (c == '\'' && !spaced_ && is_differentiable()) {
      add(Kind::mark, "'", at_++);
    } else if (c == '\'' || c == '"') {
      read_direction();
    } else {
      read_mark();
    }
  }

  // Whether a mark behind the last token says that it is differentiated: f', (x^2)', y''.
  bool is_differentiable() const {
    if (tokens_.empty()) return false;
    const Token& last = tokens_.back();
    return (last.kind == Kind::word && last.text.size() == 1) || last.is(")") || last.is("'");
  }

  void read_number() {
    const size_t begin = at_;
    // Python's 0xff, 0b101 and 0o17
    for (const auto& [letter, base] : {std::pair{'x', 16}, std::pair{'b', 2}, std::pair{'o', 8}}) {
      if (notation_ != Notation::plain || here() != '0' || std::tolower(here(1)) != letter)
        continue;
      const char first = here(2);
      if (base == 16 ? std::isxdigit(first) != 0 : first >= '0' && first < '0' + base) {
        read_in_base(base);
        return;
      }
    }
    // Python's 1_000
    const bool groups = notation_ == Notation::plain;
    while (is_digit(here()) || (groups && here() == '_' && at_ > begin && is_digit(here(1)))) {
      ++at_;
    }
    if (at_ > begin + 2 && text_[at_ - 2] == '_') {
      error_ = fail("whether ", in_quotes(text_.substr(begin, at_ - begin)),
                    " is a number of another base is not clear: '1010 from base 2' is");
    }
    const bool ends_sentence = here(1) == ' ' && is_letter(here(2));  // y = 4. compute x + y
    if (here() == '.' && here(1) != '.' && !is_letter(here(1)) && !ends_sentence) {
      ++at_;
      while (is_digit(here())) ++at_;
    }
    const size_t sign = here(1) == '-' || here(1) == '+' ? 1 : 0;
    if ((here() == 'e' || here() == 'E') && is_digit(here(1 + sign))) {
      at_ += 1 + sign;
      while (is_digit(here())) ++at_;
    }
    std::string digits(text_.substr(begin, at_ - begin));
    std::erase(digits, '_');
    add(Kind::number, digits, begin);
  }

  void read_in_base(int base) {
    const size_t begin = at_;
    at_ += 2;
    uint64_t value = 0;
    const auto [end, error] =
        std::from_chars(text_.data() + at_, text_.data() + text_.size(), value, base);
    at_ = static_cast<size_t>(end - text_.data());
    if (error != std::errc()) error_ = fail("the number at ", begin + 1, " is too long");
    if (is_digit(here()) || is_letter(here())) {
      error_ = fail("a number of base ", base, " has no ", in_quotes(text_.substr(at_, 1)),
                    ", as there is at ", at_ + 1);
    }
    add(Kind::number, std::to_string(value), begin);
  }

  void read_word() {
    const size_t begin = at_++;
    if (notation_ == Notation::plain) {
      // A subscript belongs to a name (x_1), but for those that take bounds or a base.
      static const std::set<std::string_view> bounded{"lim", "limit", "sum",      "int",
                                                      "log", "prod",  "integrate"};
      while (is_letter(here()) || is_digit(here()) ||
             (here() == '_' && (is_letter(here(1)) || is_digit(here(1))) &&
              !bounded.contains(text_.substr(begin, at_ - begin)))) {
        ++at_;
      }
    }
    // "solve $\frac{x}{2} = 3$ for x": beside words, letters in a row are words.
    size_t end = at_;
    while (in_words_ && end < text_.size() && is_letter(text_[end])) ++end;
    if (end - begin != 2 || text_[begin] != 'd') at_ = end;  // \frac{d}{dx} has a d and an x
    add(Kind::word, text_.substr(begin, at_ - begin), begin);
  }

  // The text in the braces that follow, without them.
  std::string braced() {
    if (here() != '{') return "";
    const size_t end = text_.find('}', at_);
    if (end == std::string_view::npos) {
      error_ = fail("a brace is opened at ", at_ + 1, " and never closed");
      return "";
    }
    const std::string inside(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return inside;
  }

  void read_command() {
    const size_t begin = at_++;
    const size_t name_begin = at_;
    while (is_letter(here())) ++at_;
    if (at_ == name_begin && at_ < text_.size()) ++at_;
    const std::string_view name = text_.substr(name_begin, at_ - name_begin);
    const auto found = latex_table().find(name);
    // \left\{ … \right. is a brace around a system's lines.
    if (name == "left" && text_.substr(at_).starts_with("\\{") &&
        (text_.ends_with("\\right") || text_.find("\\right.", at_) != std::string_view::npos)) {
      at_ += 2;
    } else if ((name == "right" || name == "left") && here() == '.') {
      ++at_;
    } else if (found != latex_table().end()) {
      if (found->second.kind == Kind::end) {
        spaced_ = true;
      } else {
        add(found->second.kind, found->second.text, begin);
      }
    } else if (name == "begin" || name == "end") {
      add(Kind::command, std::string(name) + " " + braced(), begin);
    } else if (name == "operatorname" || name == "mathrm" || name == "text" || name == "mathbf" ||
               name == "mathit" || name == "textrm" || name == "mathsf" || name == "vec" ||
               name == "boldsymbol") {
      read_upright(begin);
    } else if (name == "mathbb") {
      add(Kind::word, braced() == "R" ? "Reals" : "Complexes", begin);
    } else {
      const bool named = named_in_latex().contains(name);
      add(named ? Kind::word : Kind::command, name, begin);
    }
  }

  // \mathrm{d}, \text{ for }: words as in plain text.
  void read_upright(size_t begin) {
    const std::string inside = braced();
    if (error_) return;
    const auto words = tokens_of(inside, Notation::plain);
    if (!words) {
      error_ = words.error();
      return;
    }
    for (const Token& token : *words) {
      if (token.kind != Kind::end) add(token.kind, token.text, begin);
    }
  }

  // The only text in quotation marks that a formula has: limit(1/x, x, 0, '+').
  void read_direction() {
    for (const std::string_view sides : {"+-", "+", "-"}) {
      const char quote = here();
      const size_t end = at_ + 1 + sides.size();
      if (text_.substr(at_ + 1, sides.size()) == sides && end < text_.size() &&
          text_[end] == quote) {
        add(Kind::command,
            sides == "+"   ? "side right"
            : sides == "-" ? "side left"
                           : "side both",
            at_);
        at_ = end + 1;
        return;
      }
    }
    error_ = fail("a formula has no text in quotation marks, as there is at ", at_ + 1);
  }

  void read_mark() {
    const std::string_view rest = text_.substr(at_);
    for (const std::string_view currency : {"€", "£", "¥"}) {
      if (!rest.starts_with(currency)) continue;
      at_ += currency.size();
      spaced_ = true;
      return;
    }
    const auto take = [&](const Written& written) {
      if (!rest.starts_with(written.bytes)) return false;
      add(written.kind, written.text, at_);
      at_ += written.bytes.size();
      return true;
    };
    if (std::any_of(std::begin(ascii), std::end(ascii), take)) return;
    if (std::any_of(std::begin(unicode), std::end(unicode), take)) return;
    size_t bytes = 1;
    while (bytes < rest.size() && (static_cast<unsigned char>(rest[bytes]) & 0xC0) == 0x80) ++bytes;
    const std::string_view sign = rest.substr(0, bytes);
    error_ = fail("no formula has ", bytes > 1 ? concat("'", sign, "'") : in_quotes(sign),
                  ", as there is at ", at_ + 1);
  }

  const std::string_view text_;
  const Notation notation_;
  const bool in_words_;
  size_t at_ = 0;
  bool spaced_ = false;
  std::vector<Token> tokens_;
  std::optional<engine::base::Error> error_;
};

}  // namespace

int depth_of(const Token& token) {
  if (token.kind == Token::Kind::command && token.text.starts_with("begin ")) return 1;
  if (token.kind == Token::Kind::command && token.text.starts_with("end ")) return -1;
  if (token.is("(") || token.is("[") || token.is("{")) return 1;
  return token.is(")") || token.is("]") || token.is("}") ? -1 : 0;
}

Result<std::vector<Token>> tokens_of(std::string_view text, Notation notation) {
  return Tokenizer(text, notation).run();
}

}  // namespace lsp::features::solve
