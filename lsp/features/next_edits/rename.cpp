#include "lsp/features/next_edits/rename.h"

#include <algorithm>

#include "engine/base/format.h"
#include "lsp/features/builtins.h"

namespace lsp::features::next_edits {
namespace {

using engine::base::concat;
using syntax::Symbol;
using syntax::SymbolKind;

class Rename {
 public:
  Rename(const Occurrences& document, const Change& change, const std::vector<Change>& changes,
         const std::vector<text::Fresh>& fresh)
      : document_(document),
        change_(change),
        changes_(changes),
        fresh_(fresh),
        here_(document.at(change.range)),
        old_(document.of(change.before)) {}

  std::vector<Edit> edits() const {
    std::vector<Edit> found = of_variable();
    const std::vector<Edit> arguments = of_arguments(found), members = of_member();
    found.insert(found.end(), arguments.begin(), arguments.end());
    found.insert(found.end(), members.begin(), members.end());
    std::sort(found.begin(), found.end(),
              [](const Edit& a, const Edit& b) { return a.range.begin < b.range.begin; });
    found.erase(std::unique(found.begin(), found.end(),
                            [](const Edit& a, const Edit& b) { return a.range == b.range; }),
                found.end());
    return found;
  }

 private:
  // Where the new name stands for this one: in its place, or as `old: new` in that of a shorthand.
  bool is_new(Range place) const {
    return std::any_of(changes_.begin(), changes_.end(), [&](const Change& each) {
      return holds(each.range, place) &&
             (are_alike(each, change_) || each.after.ends_with(": " + change_.after));
    });
  }

  // Whether somebody has written it since: he knew the new name.
  bool is_later(Range place) const {
    return std::any_of(fresh_.begin(), fresh_.end(), [&](const text::Fresh& each) {
      return each.order > change_.order && each.range.begin < place.end &&
             place.begin < each.range.end;
    });
  }

  // Whether somebody else bears the new name within `scope` already: then another variable was
  // meant here.
  bool is_taken(Range scope) const {
    for (const Occurrence& each : document_.of(change_.after)) {
      const bool is_variable = each.role == Role::variable || each.role == Role::shorthand;
      const bool inside = document_.is_whole(scope) || holds(scope, each.range);
      const bool is_later_use = !each.binds && is_later(each.range);
      if (is_variable && inside && !is_new(each.range) && !is_later_use) return true;
    }
    return false;
  }

  std::vector<Edit> of_variable() const {
    const bool is_pattern = here_.role == Role::shorthand && here_.binds;
    if (here_.role != Role::variable && !is_pattern) return {};
    return here_.binds ? of_definition(*here_.binds) : of_use();
  }

  std::vector<Edit> of_definition(Range scope) const {
    if (is_taken(scope)) return {};
    std::optional<Range> only;
    for (const Occurrence& each : old_) {
      if (!each.binds || *each.binds != scope) continue;
      const auto statement = document_.own_statement(change_.range);
      if (statement && !holds(*statement, each.range)) only = statement;
      if (!only && each.range.begin < change_.range.begin) return {};
    }
    return places(scope, only);
  }

  // Neither a file's nor a namespace's nor a type's.
  bool is_local(Range scope) const {
    bool local = !document_.is_whole(scope);
    for (const Symbol& around : document_.tree().enclosing(change_.range.begin)) {
      const bool is_function =
          around.kind == SymbolKind::function || around.kind == SymbolKind::method;
      if (holds(around.range, scope)) local = is_function;
    }
    return local;
  }

  // Who changes a use of what more than a function sees may want another thing there, and only
  // there.
  std::vector<Edit> of_use() const {
    const auto scope = document_.scope_at(change_.range, old_);
    if (!scope || !is_local(*scope) || is_taken(*scope)) return {};
    if (is_builtin(document_.tree().language(), change_.after)) return {};
    return places(*scope, {});
  }

  std::vector<Edit> places(Range scope, std::optional<Range> only) const {
    std::vector<Edit> found;
    for (const Occurrence& each : old_) {
      if (each.role != Role::variable && each.role != Role::shorthand) continue;
      if (only && !holds(*only, each.range)) continue;
      const auto bound = document_.scope_at(each.range, old_, scope);
      if ((!bound || *bound != scope) && !is_constructor(each.range)) continue;
      if (is_later(each.range)) {
        if (each.binds) return {};  // the old name is another variable now
        continue;
      }
      found.push_back({each.range, each.role == Role::shorthand
                                       ? concat(change_.before, ": ", change_.after)
                                       : change_.after});
    }
    return found;
  }

  // Of calls that name the parameter, whose other places are `variables`; or the field, of a type
  // whose constructor is made of its fields.
  std::vector<Edit> of_arguments(const std::vector<Edit>& variables) const {
    const auto called = called_with_name(variables);
    const bool is_other = variables.empty() && (!here_.binds || is_taken(*here_.binds));
    if (!called || is_other) return {};
    std::vector<Edit> found;
    for (const Occurrence& each : old_) {
      const auto callee = document_.called_with(each.range);
      if (callee && !is_later(each.range) && is_called(*called, *callee)) {
        found.push_back({each.range, change_.after});
      }
    }
    return found;
  }

  // The function or type whose callers may name what is renamed.
  std::optional<Symbol> called_with_name(const std::vector<Edit>& variables) const {
    std::optional<Range> name = document_.function_of_parameter(change_.range);
    for (size_t i = 0; i < variables.size() && !name; ++i) {
      name = document_.function_of_parameter(variables[i].range);
    }
    const auto type = document_.type_around(name.value_or(change_.range));
    const auto function = name ? document_.symbol_at(*name) : std::nullopt;
    if (function) return function->name == "__init__" ? type : function;
    const bool is_field = symbol_ && symbol_->kind == SymbolKind::field && type &&
                          document_.is_annotated(change_.range);
    return is_field && !is_method("__init__", type->range) ? type : std::nullopt;
  }

  // Whether what is called at `callee` is plainly this function or type.
  bool is_called(const Symbol& symbol, Range callee) const {
    const Occurrence call = document_.at(callee);
    if (symbol.kind == SymbolKind::method) {
      const auto type = document_.type_around(symbol.name_range);
      if (call.role != Role::member || !type || !is_named(callee, symbol.name)) return false;
      const bool is_own = holds(type->range, callee) && is_of_own_object(callee);
      return is_own || document_.owner(callee) == type->name;
    }
    if (call.role != Role::variable || !is_named(callee, symbol.name)) return false;
    const std::vector<Occurrence> all = document_.of(symbol.name);
    const auto scope = document_.scope_at(callee, all);
    const auto is_bound = [&](const Occurrence& each) { return each.binds && each.binds == scope; };
    return scope && scope == document_.at(symbol.name_range).binds &&
           std::count_if(all.begin(), all.end(), is_bound) == 1;
  }

  bool is_named(Range place, std::string_view name) const {
    return document_.tree().document().text().substr(place.begin, place.end - place.begin) == name;
  }

  // Of the type that is renamed: these bear its name, and some languages have them as functions of
  // its own scope.
  bool is_constructor(Range place) const {
    return symbol_ && symbol_->kind == SymbolKind::type && holds(symbol_->range, place);
  }

  bool is_of_own_object(Range member) const {
    const std::string_view owner = document_.owner(member);
    return owner == "self" || owner == "this" || owner == "cls" || owner == "Self";
  }

  bool is_method(const std::string& name, Range within) const {
    for (const Symbol& symbol : document_.tree().symbols()) {
      const bool is_one = symbol.kind == SymbolKind::method || symbol.kind == SymbolKind::function;
      if (is_one && symbol.name == name && holds(within, symbol.range)) return true;
    }
    return false;
  }

  // Of methods and fields, as far as it is plain whose they are.
  std::vector<Edit> of_member() const {
    const auto type = document_.type_around(change_.range);
    if (symbol_ && symbol_->kind == SymbolKind::type) return of_constructors();
    if (!type) return {};
    const bool is_use = here_.role == Role::member;
    if (is_use && !is_of_own_object(change_.range)) return {};
    if (is_use && is_method(change_.before, type->range)) return {};
    if (!is_use && !defines_member()) return {};
    for (const Occurrence& each : document_.of(change_.after)) {
      if (each.role == Role::member && holds(type->range, each.range) &&
          is_of_own_object(each.range) && !is_new(each.range)) {
        return {};
      }
    }
    std::vector<Edit> found;
    for (const Occurrence& each : old_) {
      if (each.role == Role::other || each.role == Role::shorthand) continue;
      const bool is_within =
          holds(type->range, each.range) || document_.type_of_function(each.range) == type->name;
      const bool is_own = is_within && is_of_own_object(each.range);
      const bool is_named = !is_use && document_.owner(each.range) == type->name;
      // C++'s members need no object in their type's functions.
      const bool is_bare =
          is_within && !is_use &&
          (each.role == Role::initialized ||
           (each.role == Role::variable && document_.tree().language() == syntax::Language::cpp &&
            !document_.scope_at(each.range, old_)));
      const bool is_its = each.role == Role::member ? is_own || is_named : is_bare;
      if (is_its && !is_later(each.range)) found.push_back({each.range, change_.after});
    }
    return found;
  }

  // C++'s `Type::Type()`, apart from the type.
  std::vector<Edit> of_constructors() const {
    std::vector<Edit> found;
    for (const Occurrence& each : old_) {
      const bool is_one =
          each.role == Role::member && document_.owner(each.range) == change_.before;
      if (is_one && !is_later(each.range)) found.push_back({each.range, change_.after});
    }
    return found;
  }

  bool defines_member() const {
    if (document_.is_parameter_property(change_.range)) return true;
    return symbol_ && (symbol_->kind == SymbolKind::method || symbol_->kind == SymbolKind::field);
  }

  const Occurrences& document_;
  const Change& change_;
  const std::vector<Change>& changes_;
  const std::vector<text::Fresh>& fresh_;
  const Occurrence here_;
  const std::vector<Occurrence> old_;
  const std::optional<Symbol> symbol_ = document_.symbol_at(change_.range);
};

}  // namespace

Change whole_words(std::string_view text, const text::Hunk& hunk, IsName is_name) {
  const Range range = hunk.range;
  const std::string_view after = text.substr(range.begin, range.end - range.begin);
  Range whole = range;
  const auto begins = [&](std::string_view part) { return !part.empty() && is_name(part.front()); };
  const auto ends = [&](std::string_view part) { return !part.empty() && is_name(part.back()); };
  if (begins(hunk.before) || begins(after)) {
    whole.begin = widened(text, {range.begin, range.begin}, is_name).begin;
  }
  if (ends(hunk.before) || ends(after)) {
    whole.end = widened(text, {range.end, range.end}, is_name).end;
  }
  const std::string_view left = text.substr(whole.begin, range.begin - whole.begin);
  const std::string_view right = text.substr(range.end, whole.end - range.end);
  return {whole, concat(left, hunk.before, right), concat(left, after, right), hunk.order};
}

bool renames(const Change& change, IsName is_name) {
  const auto is_one = [&](std::string_view text) {
    const bool digit = !text.empty() && text.front() >= '0' && text.front() <= '9';
    return !text.empty() && !digit && std::all_of(text.begin(), text.end(), is_name);
  };
  return change.before != change.after && is_one(change.before) && is_one(change.after);
}

std::vector<Edit> renamed(const Occurrences& document, const Change& change,
                          const std::vector<Change>& changes,
                          const std::vector<text::Fresh>& fresh) {
  return Rename(document, change, changes, fresh).edits();
}

}  // namespace lsp::features::next_edits
