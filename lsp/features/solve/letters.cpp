#include "lsp/features/solve/letters.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "engine/base/format.h"

namespace lsp::features::solve {
namespace {

bool has_symbol(const Expression& tree, std::string_view name) {
  return (tree.is_symbol() && tree.text == name) ||
         std::any_of(tree.arguments.begin(), tree.arguments.end(),
                     [&](const Expression& each) { return has_symbol(each, name); });
}

// e^x
bool is_raised(const Expression& tree, std::string_view name) {
  return (tree.is_call("pow") && tree.arguments[0].is_symbol() && tree.arguments[0].text == name) ||
         std::any_of(tree.arguments.begin(), tree.arguments.end(),
                     [&](const Expression& each) { return is_raised(each, name); });
}

void rename(Expression& tree, std::string_view name, const std::string& other) {
  if (tree.is_symbol() && tree.text == name) tree.text = other;
  for (Expression& argument : tree.arguments) rename(argument, name, other);
}

// U, R, V, but neither constants nor x
bool is_quantity(const std::string& name) {
  return name.size() == 1 && name[0] >= 'A' && name[0] <= 'Z' && name != "I" && name != "E";
}

// E = m c^2; U = R I
bool is_of_quantities(const Expression& equation, std::string_view letter) {
  if (!equation.is_call("eq") || !has_symbol(equation, letter)) return false;
  const auto [left, right] = std::pair(equation.arguments[0], equation.arguments[1]);
  if (left.is_symbol() && left.text == letter) return !names_in(right).empty();
  const auto names = names_in(equation);
  return std::any_of(names.begin(), names.end(), is_quantity);
}

}  // namespace

void name_letters(Expression& task, std::vector<std::string>& notes) {
  if (!task.is_call("solve") || task.arguments.size() < 2) return;
  const Expression& relations = task.arguments[0];
  for (const auto& [letter, meaning] :
       {std::pair{"I", "the imaginary unit"}, std::pair{"E", "Euler's number"}}) {
    const bool named =
        is_of_quantities(relations, letter) ||
        std::any_of(relations.arguments.begin(), relations.arguments.end(),
                    [&](const Expression& each) { return is_of_quantities(each, letter); }) ||
        has_symbol(task.arguments[1], letter);
    if (!named) continue;
    rename(task, letter, std::string(letter) + "_");
    notes.push_back(engine::base::concat(letter, " was read as a name, not as ", meaning));
  }
}

bool names_e(const Expression& task, std::vector<std::string>& notes) {
  const bool in_row = has_symbol(task, "d") && has_symbol(task, "e") && has_symbol(task, "f") &&
                      task.is_call("solve") && !is_raised(task, "e");
  if (in_row) notes.push_back("e was read as a name, not as Euler's number");
  return in_row;
}

std::string with_letters(std::string text) {
  const auto is_of_name = [&](size_t at) {
    return at < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[at])) != 0 || text[at] == '_');
  };
  for (const char letter : {'I', 'E'}) {
    std::vector<size_t> marks;
    bool constant = false;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] != letter || (i > 0 && is_of_name(i - 1))) continue;
      const bool named = i + 1 < text.size() && text[i + 1] == '_' && !is_of_name(i + 2);
      if (named) marks.push_back(i + 1);
      constant = constant || (!named && !is_of_name(i + 1));
    }
    if (constant) continue;
    for (auto mark = marks.rbegin(); mark != marks.rend(); ++mark) text.erase(*mark, 1);
  }
  return text;
}

}  // namespace lsp::features::solve
