#include "lsp/rewrites.h"

#include <algorithm>
#include <sstream>
#include <vector>

#include "engine/base/format.h"
#include "lsp/features/chat/code_block.h"
#include "lsp/features/debug/grammar.h"
#include "lsp/text/fence.h"

namespace lsp {
namespace {

namespace chat = features::chat;
namespace debug = features::debug;
using engine::base::concat;
using engine::base::Result;

constexpr const char* instructions =
    "You mend one function of a program whose tests fail. Reply with the whole function, mended, "
    "in one code block, and with nothing else. Keep its name and its parameters, and change as "
    "little as is needed. Mend what is wrong, and do not answer the tests' values one by one.";
constexpr int samples = 2;      // the likeliest, and another one
constexpr double warmth = 0.7;  // of the other

std::string name_of_function(const std::string& text, syntax::Language language) {
  const auto tree = debug::parse(text, language);
  if (!tree) return "";
  const syntax::Nodes nodes(*tree);
  for (size_t node = 1; node < nodes.size(); ++node) {
    if (debug::role_of(nodes[node].kind) != debug::Role::function) continue;
    const size_t name = nodes.child(node, "name");
    return name == syntax::no_node ? "" : std::string(nodes.text(name));
  }
  return "";
}

// Without the indentation that all lines share, and with that of a text behind the first.
std::string indented(const std::string& code, const std::string& indentation) {
  std::vector<std::string> lines;
  std::istringstream input(code);
  size_t shared = std::string::npos;
  for (std::string line; std::getline(input, line);) {
    const size_t begin = line.find_first_not_of(" \t\r");
    if (begin == std::string::npos) line.clear();
    if (begin != std::string::npos) shared = std::min(shared, begin);
    lines.push_back(line);
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  while (!lines.empty() && lines.front().empty()) lines.erase(lines.begin());
  std::string text;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) text += "\n";
    if (lines[i].empty()) continue;
    if (i > 0) text += indentation;
    text += lines[i].substr(shared);
  }
  return text;
}

// What the model is shown.
std::string question_of(const debug::Subject& subject, const std::string& function) {
  const auto block = [](const char* what, const std::string& text) {
    return concat(what, ":\n", text::fenced(text, ""), "\n");
  };
  std::string text = block("The program", subject.question.text);
  if (!subject.own_tests() && !subject.tests_text.empty()) {
    text += block("Its tests", subject.tests_text);
  }
  return text + block("The function", function);
}

size_t begin_of_line(const std::string& text, size_t at) {
  return at == 0 ? 0 : text.rfind('\n', at - 1) + 1;  // npos + 1 is 0
}

// What stands before a place in its line, as blanks: tabs stay tabs.
std::string indentation_of(const std::string& text, size_t at) {
  const size_t begin = begin_of_line(text, at);
  std::string blanks = text.substr(begin, at - begin);
  for (char& c : blanks) c = c == '\t' ? c : ' ';
  return blanks;
}

// What stands in a reply's code, indented so; empty where there is no code. A function of that name
// alone, where the code has more.
std::string function_in(const std::string& reply, const std::string& name,
                        const std::string& indentation, syntax::Language language) {
  const std::string code = indented(chat::last_code_block(reply).value_or(reply), "");
  const auto tree = debug::parse(code, language);
  if (!tree || code.empty()) return "";
  const syntax::Nodes nodes(*tree);
  for (size_t node = 1; node < nodes.size() && !name.empty(); ++node) {
    if (debug::role_of(nodes[node].kind) != debug::Role::function) continue;
    const size_t named = nodes.child(node, "name");
    if (named == syntax::no_node || nodes.text(named) != name) continue;
    const size_t from = begin_of_line(code, nodes[node].range.begin);
    return indented(code.substr(from, nodes[node].range.end - from), indentation);
  }
  return name.empty() ? indented(code, indentation) : "";
}

}  // namespace

decltype(debug::Models::rewrites) rewrites_by(std::shared_ptr<chat::Model> model,
                                              const debug::Subject& subject) {
  return [model = std::move(model), &subject](
             const text::Range& range,
             const std::stop_token& stop) -> Result<std::vector<std::string>> {
    using Role = chat::Message::Role;
    const std::string& text = subject.question.text;
    const std::string function = text.substr(range.begin, range.end - range.begin);
    const std::string name = name_of_function(function, subject.language);
    const std::string indentation = indentation_of(text, range.begin);
    std::vector<std::string> functions;
    for (int sample = 0; sample < samples && !stop.stop_requested(); ++sample) {
      const chat::Sampling sampling{.temperature = sample == 0 ? 0 : warmth, .seed = sample};
      const auto reply = model->chat(
          {{Role::system, instructions}, {Role::user, question_of(subject, function)}}, sampling,
          [](const chat::Piece&) { return true; }, stop);
      if (!reply && sample == 0) return reply.error();
      if (!reply) break;
      std::string written = function_in(reply->text, name, indentation, subject.language);
      const bool known = std::find(functions.begin(), functions.end(), written) != functions.end();
      if (!written.empty() && !known) functions.push_back(std::move(written));
    }
    return functions;
  };
}

}  // namespace lsp
