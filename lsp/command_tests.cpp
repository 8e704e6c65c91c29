// `lemma tests FILE:LINE`: tests for a function, from its examples and a model's.
#include <csignal>
#include <filesystem>
#include <iostream>

#include "engine/base/format.h"
#include "engine/base/json_object.h"
#include "lsp/commands.h"
#include "lsp/engine_model.h"
#include "lsp/features/testing/testing.h"
#include "lsp/questions.h"

namespace lsp {
namespace {

namespace testing = features::testing;
using engine::base::fail;
using engine::base::Result;

Result<testing::Target> target_at(const FilePlace& place, const std::string& text,
                                  testing::Examples examples) {
  const auto tree = code_tree(place.file, text);
  if (!tree) return fail("'", place.file, "' is no Python and no JavaScript that can be parsed");
  std::vector<testing::Target> all = testing::targets_in(*tree, examples);
  std::erase_if(all, [&](const testing::Target& each) {
    return !holds(place, tree->document(), each.definition);
  });
  if (all.size() == 1) return all.front();
  if (all.empty()) {
    return fail("there is no function ", place.line ? "in that line of '" : "in '", place.file,
                "' that tests could be written for: one at the top of the file, with a body, and "
                "with examples, in Python (>>>) in its docstring, in JavaScript (// =>) in the "
                "comment before it",
                examples == testing::Examples::needed
                    ? "; without examples it takes a model that follows instructions"
                    : "");
  }
  const size_t first = tree->document().line_at(all.front().definition.begin) + 1;
  return fail("'", place.file, "' has ", all.size(), " such functions: name a line of ", "one, as ",
              place.file, ":", first);
}

}  // namespace

int run_tests(const std::string& text, Output output) {
  const auto failed = [](const engine::base::Error& error) {
    std::cerr << "lemma tests: " << error.message << '\n';
    return 1;
  };
  const FilePlace place = place_in(text);
  const auto question = question_about(place.file);
  if (!question) return failed(question.error());
  sandbox::runner::Runner sandbox({.ready = 0});
  std::signal(SIGPIPE, SIG_IGN);  // an endpoint may go while it is written to
  const auto shared = std::make_shared<SharedEngine>(read_machine_settings({}).settings);
  const auto model = may_be_shown(question->file) ? shared->chat_model.get() : nullptr;
  const auto target =
      target_at(place, question->text,
                model == nullptr ? testing::Examples::needed : testing::Examples::optional);
  if (!target) return failed(target.error());
  const auto made = testing::write_tests(*question, *target, sandbox, {.model = model});
  if (!made) return failed(made.error());
  if (output == Output::json) {
    std::cout << engine::base::JsonObject()
                     .text("file", made->file)
                     .text("text", made->text)
                     .text("evidence", made->evidence)
                     .str()
              << '\n';
  } else {
    std::cout << made->text;
    std::cerr << "lemma tests: " << made->evidence << "; to be put into " << made->file << '\n';
  }
  return 0;
}

}  // namespace lsp
