#include "lsp/bench/validity.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>

#include "lsp/features/builtins.h"
#include "lsp/features/names.h"
#include "lsp/syntax/nodes.h"

namespace lsp::bench {
namespace {

using syntax::Language;
using syntax::Nodes;
using syntax::Range;
using syntax::Tree;

// A busy machine must not change what is counted.
constexpr std::chrono::seconds parsing{10};

std::shared_ptr<const Tree> parse(const std::string& language_id, std::string text) {
  return Tree::parse(std::make_shared<const text::Document>("", language_id, 1, std::move(text)),
                     nullptr, {.time = parsing});
}

size_t errors_in(const Nodes& nodes) {
  const auto is_broken = [](const syntax::FlatNode& node) { return node.broken; };
  return static_cast<size_t>(std::count_if(nodes.all().begin(), nodes.all().end(), is_broken));
}

bool overlap(Range a, Range b) { return a.begin < b.end && b.begin < a.end; }

bool has_members_without_this(Language language) {
  return language == Language::c || language == Language::cpp || language == Language::java;
}

bool is_member(const Nodes& nodes, size_t node) {
  const syntax::FlatNode& name = nodes[node];
  if (name.kind == "property_identifier" || name.kind == "field_identifier") return true;
  if (name.field == "name" && nodes[name.parent].kind == "keyword_argument") return true;
  const std::string_view before = nodes.text().substr(0, name.range.begin);
  const std::string_view left = before.substr(0, before.find_last_not_of(" \t\r\n") + 1);
  // Three dots spread what follows.
  return (left.ends_with('.') && !left.ends_with("...")) || left.ends_with("->") ||
         left.ends_with("::");
}

// A place with the author's text there, and what is known of it whatever is suggested.
class Site {
 public:
  Site(const Place& place, std::span<const context::OpenText> related)
      : place_(place),
        related_(related),
        line_end_(place.file->text.size() - place.after().size()),
        author_(parse(place.file->language_id, place.file->text)) {
    if (!author_) return;
    author_errors_ = errors_in(Nodes(*author_));
    const auto before = parse(place.file->language_id, with(""));
    before_errors_ = before ? errors_in(Nodes(*before)) : 0;
    collect_definitions();
  }

  void add(std::string_view name) { defined_.insert(name); }

  Validity judge(std::string_view text) const {
    Validity result;
    if (!author_ || text.empty()) return result;
    const auto tree = parse(place_.file->language_id, with(text));
    if (!tree) return result;
    const Nodes nodes(*tree);
    const size_t errors = errors_in(nodes);
    result.suggestions = 1;
    result.as_before = errors <= before_errors_;
    result.as_author = errors <= author_errors_;
    count_names(*tree, nodes, {place_.offset, place_.offset + text.size()}, result);
    return result;
  }

 private:
  std::string with(std::string_view text) const {
    return std::string(place_.before()) + std::string(text) + std::string(place_.after());
  }

  // Of the author's text, without what only the rest of the line defines.
  void collect_definitions() {
    const Range rest{place_.offset, line_end_};
    // Behind the indentation: at a line's start Python's blocks are not open yet.
    const size_t first = place_.file->text.find_first_not_of(" \t", place_.offset);
    for (const syntax::Definition& each : author_->visible_at(std::min(first, line_end_))) {
      if (!overlap(each.name_range, rest)) add(each.name);
    }
    for (const syntax::Import& each : author_->imports()) {
      if (overlap(each.range, rest)) continue;
      for (const std::string_view name : each.names) add(name);
    }
    if (!has_members_without_this(author_->language())) return;
    for (const syntax::Symbol& each : author_->symbols()) {
      if (!overlap(each.name_range, rest)) add(each.name);
    }
  }

  void count_names(const Tree& tree, const Nodes& nodes, Range suggested, Validity& result) const {
    const std::vector<syntax::Import> imports = tree.imports();
    for (size_t i = 0; i < nodes.size(); ++i) {
      const syntax::FlatNode& node = nodes[i];
      const bool is_name = node.end == i + 1 && !node.broken &&
                           node.kind.find("identifier") != std::string_view::npos;
      if (!is_name || !overlap(node.range, suggested)) continue;
      if (std::any_of(imports.begin(), imports.end(), [&](const syntax::Import& import) {
            return overlap(import.range, node.range);
          })) {
        continue;
      }
      if (is_member(nodes, i)) {
        ++result.members;
        result.members_seen += is_seen(nodes.text(i));
      } else {
        ++result.names;
        result.names_resolved += resolves(tree, nodes.text(i), node.range, suggested);
      }
    }
  }

  bool is_seen(std::string_view name) const {
    return features::has_word(place_.before(), name) || features::has_word(place_.after(), name) ||
           std::any_of(related_.begin(), related_.end(), [&](const context::OpenText& file) {
             return features::has_word(file.document->text(), name);
           });
  }

  bool resolves(const Tree& tree, std::string_view name, Range at, Range suggested) const {
    if (defined_.contains(name) || features::is_builtin(tree.language(), name)) return true;
    if (tree.language() == Language::cpp && name == "std") return true;
    const size_t line = place_.before().rfind('\n') + 1;  // npos + 1 is 0
    // A parameter that stands alone is where its scope begins.
    const auto bound = tree.visible_at(at.end, Range{line, suggested.end});
    return std::any_of(bound.begin(), bound.end(),
                       [&](const syntax::Definition& each) { return each.name == name; });
  }

  const Place& place_;
  const std::span<const context::OpenText> related_;
  const size_t line_end_;
  const std::shared_ptr<const Tree> author_;  // null in a language without a grammar
  size_t author_errors_ = 0;
  size_t before_errors_ = 0;
  std::set<std::string_view> defined_;
};

}  // namespace

Validity& Validity::operator+=(const Validity& other) {
  suggestions += other.suggestions;
  as_before += other.as_before;
  as_author += other.as_author;
  names += other.names;
  names_resolved += other.names_resolved;
  members += other.members;
  members_seen += other.members_seen;
  return *this;
}

const Validator::Names& Validator::defined_in(const context::OpenText& file) {
  const auto [entry, is_new] = defined_.try_emplace(file.path);
  if (!is_new) return entry->second;
  const auto tree = Tree::parse(file.document, nullptr, {.time = parsing});
  if (!tree) return entry->second;
  const bool with_members = has_members_without_this(tree->language());
  for (const syntax::Symbol& each : tree->symbols()) {
    const bool is_member =
        each.kind == syntax::SymbolKind::method || each.kind == syntax::SymbolKind::field;
    if (with_members || !is_member) entry->second.emplace_back(each.name);
  }
  return entry->second;
}

std::vector<Validity> Validator::judge(const Place& place,
                                       std::span<const context::OpenText> related,
                                       std::span<const std::string_view> texts) {
  Site site(place, related);
  for (const context::OpenText& file : related) {
    for (const std::string& name : defined_in(file)) site.add(name);
  }
  std::vector<Validity> results;
  std::map<std::string_view, Validity> judged;  // many say the same
  for (const std::string_view text : texts) {
    const auto [entry, is_new] = judged.try_emplace(text);
    if (is_new) entry->second = site.judge(text);
    results.push_back(entry->second);
  }
  return results;
}

}  // namespace lsp::bench
