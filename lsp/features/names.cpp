#include "lsp/features/names.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <string>
#include <utility>

#include "lsp/features/builtins.h"
#include "lsp/text/word.h"

namespace lsp::features {
namespace {

constexpr double doubt = 2;
// What a look at the document with the text in it may take; less where there was no time for the
// document without it. Without a look, nothing is doubted.
constexpr std::chrono::microseconds look_budget{1200};
constexpr std::chrono::microseconds short_look_budget{600};

using text::is_name;

bool starts_word(std::string_view text, size_t at) {
  return is_name(text[at]) && std::isdigit(static_cast<unsigned char>(text[at])) == 0 &&
         (at == 0 || !is_name(text[at - 1]));
}

char last_mark(std::string_view text) {
  const size_t last = text.find_last_not_of(" \t\r\n");
  return last == std::string_view::npos ? '\0' : text[last];
}

// Whether the word refers to something that a scope must hold, by what stands around it: members,
// names of arguments and keys do not, and what is assigned to need not.
bool refers(std::string_view before, std::string_view after) {
  const char left = last_mark(before);
  if (left == '.' || before.ends_with("::") || before.ends_with("->") || left == '@') return false;
  if (before.ends_with("<") || before.ends_with("</")) return false;  // a tag of JSX
  const size_t next = after.find_first_not_of(" \t");
  if (next == std::string_view::npos) return true;
  after.remove_prefix(next);
  if (after.starts_with(":") && !after.starts_with("::")) return left == '?' || left == '\0';
  return !after.starts_with("=") || after.starts_with("==") || after.starts_with("=>");
}

// Whether there is an `import *`, by the words alone: one in a comment costs a doubt and no more.
bool has_import_of_all(std::string_view text) {
  constexpr std::string_view import = "import";
  for (size_t at = text.find(import); at != std::string_view::npos; at = text.find(import, at)) {
    at += import.size();
    const size_t next = text.find_first_not_of(" \t\\", at);
    if (next != std::string_view::npos && text[next] == '*') return true;
  }
  return false;
}

std::shared_ptr<const syntax::Tree> with_text(const Suggested& suggested) {
  if (!suggested.here.tree) return nullptr;
  const text::Document& document = *suggested.here.document;
  const bool had_time = suggested.here.tree->is_exact();
  return syntax::Tree::parse(document.edit(suggested.range, suggested.text, document.version() + 1),
                             suggested.here.tree.get(),
                             {.time = had_time ? look_budget : short_look_budget});
}

class Search {
 public:
  Search(const Suggested& suggested, std::span<const context::OpenText> others)
      : suggested_(suggested),
        others_(others),
        language_(suggested.here.tree->language()),
        old_(suggested.here.document->text()) {}

  std::vector<text::Range> run() {
    std::vector<text::Range> unknown;
    const std::string_view text = suggested_.text;
    for (size_t at = 0; at < text.size(); ++at) {
      if (!starts_word(text, at)) continue;
      size_t end = at;
      while (end < text.size() && is_name(text[end])) ++end;
      const text::Range word{at, end};
      if (!occurs(text.substr(at, end - at)) && refers_to_nothing(word)) unknown.push_back(word);
      at = end;
    }
    return unknown;
  }

 private:
  // Cheap, and true of nearly all names.
  bool occurs(std::string_view name) const {
    return name == "_" || is_builtin(language_, name) ||
           has_word(old_.substr(0, suggested_.range.begin), name) ||
           has_word(old_.substr(suggested_.range.end), name) ||
           std::any_of(others_.begin(), others_.end(), [&](const context::OpenText& other) {
             return has_word(other.document->text(), name);
           });
  }

  bool refers_to_nothing(text::Range word) {
    if (!std::exchange(looked_, true)) parse();
    if (!tree_) return false;
    const std::string_view whole = tree_->document().text();
    const size_t begin = suggested_.range.begin + word.begin;
    const std::string_view name = whole.substr(begin, word.end - word.begin);
    if (!refers(whole.substr(0, begin), whole.substr(begin + name.size()))) return false;
    const syntax::Node node = tree_->node_at(begin);
    const bool is_identifier =
        node.kind == "identifier" || node.kind == "shorthand_property_identifier";
    if (!is_identifier || node.range.end - node.range.begin != name.size()) return false;
    // It occurs nowhere else, so that nothing else can bind it.
    const text::Range inserted{suggested_.range.begin,
                               suggested_.range.begin + suggested_.text.size()};
    const auto visible = tree_->visible_at(begin, inserted);
    return std::none_of(visible.begin(), visible.end(),
                        [&](const syntax::Definition& each) { return each.name == name; });
  }

  void parse() {
    const bool imports_everything = language_ == syntax::Language::python &&
                                    (has_import_of_all(old_) || has_import_of_all(suggested_.text));
    if (!imports_everything) tree_ = with_text(suggested_);
  }

  const Suggested& suggested_;
  std::span<const context::OpenText> others_;
  const syntax::Language language_;
  const std::string_view old_;
  bool looked_ = false;
  // With the suggestion in it; null before it is needed, and where nothing can be told from it.
  std::shared_ptr<const syntax::Tree> tree_;
};

}  // namespace

bool has_word(std::string_view text, std::string_view word) {
  for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || !is_name(text[at - 1])) && (end == text.size() || !is_name(text[end]))) {
      return true;
    }
  }
  return false;
}

std::vector<text::Range> unknown_names(const Suggested& suggested,
                                       std::span<const context::OpenText> others) {
  if (!suggested.here.tree || !binds_all_names(suggested.here.tree->language())) return {};
  return Search(suggested, others).run();
}

size_t known_length(const Suggested& suggested, size_t typed, std::span<const ScoredPiece> pieces,
                    double least, std::span<const context::OpenText> others) {
  const size_t all = suggested.text.size() - typed;
  const std::vector<text::Range> unknown = unknown_names(suggested, others);
  const auto first = std::find_if(unknown.begin(), unknown.end(), [&](const text::Range& name) {
    return name.end > typed;  // before that it is the user's own
  });
  if (first == unknown.end()) return all;
  if (log_probability_of(pieces, all) >= std::log(doubt * least)) return all;
  const size_t newline = suggested.text.rfind('\n', first->begin);
  return newline == std::string_view::npos || newline < typed ? 0 : newline - typed;
}

bool parses(const Suggested& suggested) {
  using syntax::Language;
  const auto tree = with_text(suggested);
  if (!tree || tree->language() == Language::markdown || tree->language() == Language::bash) {
    return false;
  }
  const text::Document& document = tree->document();
  const size_t end = suggested.range.begin + suggested.text.size();
  return !tree->has_error({document.line_range(document.line_at(suggested.range.begin)).begin,
                           document.line_range(document.line_at(end)).end});
}

}  // namespace lsp::features
