// Small changes of a program that mend what people get wrong: by syntax alone, each once, with how
// likely it is before anything was run.
#pragma once

#include <chrono>
#include <functional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/features/debug/grammar.h"
#include "lsp/features/debug/types_cpp.h"

namespace lsp::features::debug {

struct Edit {
  text::Range range;      // bytes of the program
  std::string text;       // in its place
  std::string_view what;  // the kind of the change: "comparison", "constant", "missing import"
  double prior;           // relative to others; 1 is the likeliest
  double score = 0;       // the prior, by how much an edit is wanted there
};

inline constexpr std::string_view spelling = "spelling";  // a kind of change
inline constexpr std::string_view superfluous_token = "superfluous token";

// What the failure says besides where it is.
struct Clues {
  std::string type;     // "NameError"
  std::string message;  // with compilers' hints
  std::string tests;    // the tests' text, whose calls name what the program has to offer
  // A module, file or header that is not there, and those at hand that may be meant.
  std::string missing = {};
  std::vector<std::string> meant = {};
};

// Which edits are made, and how long others are looked for.
struct Wanted {
  // How much an edit of that kind is wanted at a range: a factor, 0 for not at all. `what` is ""
  // for any small change of the range. Nothing: 1 everywhere.
  std::function<double(text::Range range, std::string_view what)> weight = {};
  std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max();
  std::stop_token stop = {};
};

// The 20,000 of the highest score, in no order; none of them touches a protected part.
std::vector<Edit> edits_of(const syntax::Nodes& nodes, const Grammar& grammar, const Clues& clues,
                           const Wanted& wanted = {});

std::string applied(std::string_view text, const Edit& edit);

// Versions of a program that parse, each once.
class Versions {
 public:
  // `seen` are left out, whoever adds them. `alike` is the tree of a text like them, which outlives
  // this.
  Versions(const syntax::Tree& alike, std::set<std::string> seen)
      : alike_(alike), seen_(std::move(seen)) {}

  void add(std::string text);
  // What the edits make of a text, the likeliest first, until there are `most`.
  void add(std::string_view text, std::vector<Edit> edits, size_t most);
  std::vector<std::string> take() { return std::move(texts_); }

 private:
  const syntax::Tree& alike_;
  std::set<std::string> seen_;
  std::vector<std::string> texts_;
};

// Text in place of a range; an edit may be made of several.
struct Part {
  text::Range range;
  std::string text;
};

// Each adds the edits of its kind. Internal to this folder.
class Edits;
void add_token_edits(Edits& edits);
void add_expression_edits(Edits& edits);
void add_name_edits(Edits& edits);
void add_constant_edits(Edits& edits);
void add_statement_edits(Edits& edits);
void add_import_edits(Edits& edits);
void add_await_edits(Edits& edits);
void add_update_edits(Edits& edits);
void add_loop_edits(Edits& edits);
void add_condition_edits(Edits& edits);
void add_cpp_edits(Edits& edits);
void add_bracket_edits(Edits& edits);

// What the rules add to. Internal to this folder.
class Edits {
 public:
  Edits(const syntax::Nodes& its_nodes, const Grammar& its_grammar, const Clues& its_clues,
        const Wanted& wanted);

  const syntax::Nodes& nodes;
  const Grammar& grammar;
  const Clues& clues;
  const DeclaredTypes types;  // of C and C++

  void replace(size_t node, std::string text, std::string_view what, double prior) {
    add({nodes[node].range, std::move(text), what, prior});
  }
  void add(Edit edit);
  // Two neighbours in each other's place; what stands between them stays.
  void swap(size_t first, size_t second, std::string_view what, double prior);
  // One edit of several places, which do not overlap.
  void add_parts(std::vector<Part> parts, std::string_view what, double prior);
  std::vector<Edit> take();

  // Whether an edit of a range would be kept that is as likely as that. In a long program few are,
  // and the others need not be made.
  bool wants(text::Range range, double prior) const;
  // Nothing more is to be looked for.
  bool is_over() const;

  std::string text(size_t node) const { return std::string(nodes.text(node)); }
  Role role(size_t node) const { return role_of(nodes[node].kind); }
  bool is_c_like() const;
  // Whether `node` is a value that is read.
  bool is_value(size_t node) const;
  // A statement of a block, or the body that stands for one.
  bool is_statement(size_t node) const;
  size_t function_around(size_t node) const;  // 0, the file, where there is none
  bool can_await(size_t node) const;
  std::string indentation(size_t node) const;                  // of its line
  std::vector<std::string> parameters(size_t function) const;  // their names, without `self`

 private:
  double weight(text::Range range, std::string_view what) const;
  void thin();

  const Wanted& wanted_;
  const bool crlf_;  // how the text ends its lines, and an edit does then
  std::vector<text::Range> protected_;
  std::vector<Edit> found_;
  double floor_ = 0;  // a score that is too low by now
};

}  // namespace lsp::features::debug
